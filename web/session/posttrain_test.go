package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// lab is r1, grown small.
func lab() recipe.Recipe {
	r, _ := recipe.ByName("r1")
	r.Model.Layers, r.Model.Channels, r.Model.Hidden, r.Batch, r.EvalBatches, r.LastEvalBatches, r.EvalEvery = 1, 32, 48, 8, 1, 1, 5
	w := &r.Rewards
	w.WarmUp, w.Prompts, w.Group, w.Asked, w.MostAsked, w.Examples = 8, 6, 4, 3, 12, 200
	r.Steps = w.WarmUp + 12
	return r
}

// preferring are pairs in which the letter that was asked for was chosen.
func preferring(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		letter, other := string(rune('a'+i%6)), string(rune('a'+(i+1)%6))
		fmt.Fprintf(&b, `{"prompt":"%s","chosen":"%s","rejected":"%s"}`+"\n", letter, strings.Repeat(letter, 3), strings.Repeat(other, 2+i%2))
	}
	return b.Bytes()
}

// posttraining are runs of the objectives that came after sft, each begun at a desk.
var posttraining = map[string]func(d *desk){
	"grpo": func(d *desk) { d.commands <- &protocol.Train{Request: as(5), Recipe: lab(), Ranks: 2} },
	"grpo of a file": func(d *desk) {
		var file bytes.Buffer
		for i := range 60 {
			fmt.Fprintf(&file, `{"prompt":"say %d","answer":"%d"}`+"\n", i, i)
		}
		r := recipe.Reward(brief(), recipe.Full, "")
		r.Steps, r.EvalEvery, r.Batch = 20, 5, 4
		w := lab().Rewards
		w.Task, w.Verifier, w.ReplyMost, w.Updates, w.KL = "", "number", 6, 2, 0.1
		r.Rewards = w
		d.commands <- &protocol.SetText{Source: "upload", Name: "tasks.jsonl", Data: file.Bytes()}
		d.commands <- &protocol.Train{Request: as(5), Recipe: r, Ranks: 2}
	},
	"dpo": func(d *desk) {
		r := recipe.Prefer(brief(), recipe.Full, 60)
		r.Steps, r.EvalEvery, r.Preferences.Taste = 20, 5, ""
		d.commands <- &protocol.SetText{Source: "upload", Name: "pairs.jsonl", Data: preferring(60)}
		d.commands <- &protocol.Train{Request: as(5), Recipe: r, Ranks: 2}
	},
}

// Each goes on to the same bits when the tab was closed in the middle, and tells the
// same questions and answers.
func TestPosttrainingGoesOn(t *testing.T) {
	for name, begin := range posttraining {
		t.Run(name, func(t *testing.T) {
			start := func(pause int) (*desk, shelf.Storage) {
				disk := folder(t)
				d, _ := learned(t, disk)
				if pause > 0 {
					d.pauseAt(pause)
				}
				begin(d)
				return d, disk
			}
			whole, _ := start(0)
			m := next[*protocol.Model](whole)
			if name != "dpo" && (len(m.Questions) == 0 || m.Questions[0].Answer == "") {
				t.Errorf("the questions are %+v", m.Questions)
			}
			var last *protocol.Eval
			for last == nil || last.Step < 20 {
				if last = next[*protocol.Eval](whole); name != "dpo" && len(last.Replies) == 0 {
					t.Errorf("at step %d nothing is replied", last.Step)
				}
			}
			whole.state("done")
			want := whole.weights()

			d, disk := start(15)
			id := next[*protocol.Model](d).ModelID
			d.state("paused")
			for next[*protocol.Saved](d).Step < 15 {
			}
			d.leave()
			d = at(t, disk)
			d.commands <- &protocol.Open{ModelID: id}
			d.state("paused")
			d.commands <- &protocol.Resume{}
			var again *protocol.Eval
			for again == nil || again.Step < 20 {
				again = next[*protocol.Eval](d)
			}
			d.state("done")
			if !bytes.Equal(d.weights(), want) {
				t.Error("the model that was left and opened again is another")
			}
			if fmt.Sprint(again.Measures, again.Replies) != fmt.Sprint(last.Measures, last.Replies) {
				t.Errorf("at the end it measures\n%v, want\n%v\nreplies\n%+v, want\n%+v", again.Measures, last.Measures, again.Replies, last.Replies)
			}
		})
	}
}

// A round is told by a group that teaches something, where there is one.
func TestRoundsAreTold(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.Train{Request: as(5), Recipe: lab(), Ranks: 1}
	round := next[*protocol.Round](d)
	if len(round.Replies) != 4 || len(round.Prompt) != 12 || round.Wanted != "E" && round.Wanted != "O" || round.Length <= 0 {
		t.Errorf("a round is told as %+v", round)
	}
	d.state("done")
}

// A student learns from a teacher of the shelf; one that cuts text otherwise, or is
// not there, is refused with a sentence.
func TestDistil(t *testing.T) {
	disk := folder(t)
	d, id := learned(t, disk)
	r := brief()
	r.Model.Channels, r.Steps, r.EvalEvery = 16, 20, 10
	r = recipe.Distilled(r, id)
	r.Distillation.Lambda = 0.3
	d.commands <- &protocol.Train{Request: as(5), Recipe: r, Ranks: 2}
	if m := next[*protocol.Model](d); m.Teacher == "" || m.Recipe.Model.Channels != 16 {
		t.Errorf("the student is told as %+v", m)
	}
	var e *protocol.Eval
	for e == nil || e.Step < 20 {
		e = next[*protocol.Eval](d)
	}
	if e.Measures.Value(recipe.TeacherLoss) <= 0 || e.Measures.Value(recipe.Agreement) <= 0 {
		t.Errorf("measured is %+v", e.Measures)
	}
	d.state("done")
	r.Distillation.Teacher = "0123456789abcdef"
	d.commands <- &protocol.Train{Request: as(6), Recipe: r, Ranks: 1}
	d.problem(protocol.TeacherGone)
}

// Files of tasks and of pairs that nobody can learn from are refused with what is
// wrong, where, and nothing that was there is lost.
func TestBadTasksAndPairs(t *testing.T) {
	d, _ := learned(t, folder(t))
	task := recipe.Reward(brief(), recipe.Full, "")
	task.Rewards = lab().Rewards
	task.Rewards.Task, task.Rewards.ReplyMost, task.Steps = "", 6, 20
	pattern := task
	pattern.Rewards.Verifier = "regexp"
	pairs := recipe.Prefer(brief(), recipe.Full, 60)
	many := bytes.Repeat([]byte(`{"prompt":"a","answer":"b"}`+"\n"), 100_001)
	manyPairs := bytes.Repeat([]byte(`{"prompt":"a","chosen":"b","rejected":"c"}`+"\n"), 100_001)
	for name, c := range map[string]struct {
		recipe recipe.Recipe
		file   string
		code   protocol.Code
		says   string
	}{
		"prose for tasks":        {task, strings.Repeat("It was a fine day. ", 20), protocol.TasksWrong, "line 1"},
		"an answer of a number":  {task, `{"prompt":"a","answer":"b"}` + "\n" + strings.Repeat(`{"prompt":"a","answer":3}`+"\n", 20), protocol.TasksWrong, "line 2"},
		"no answer":              {task, strings.Repeat(`{"prompt":"a"}`+"\n", 20), protocol.TasksWrong, "line 1"},
		"too many tasks":         {task, string(many), protocol.TasksWrong, "100000"},
		"a broken expression":    {pattern, strings.Repeat(`{"prompt":"Say something","answer":"(b"}`+"\n", 10), protocol.TasksWrong, "line 1"},
		"one that never matches": {pattern, strings.Repeat(`{"prompt":"Say something","answer":"b\\bc"}`+"\n", 10), protocol.TasksWrong, "line 1"},
		"prose for pairs":        {pairs, strings.Repeat("It was a fine day. ", 20), protocol.PairsWrong, "chosen"},
		"a pair without":         {pairs, strings.Repeat(`{"prompt":"Say something","chosen":"b"}`+"\n", 10), protocol.PairsWrong, "rejected"},
		"a pair of numbers":      {pairs, strings.Repeat(`{"prompt":"Say something","chosen":1,"rejected":2}`+"\n", 10), protocol.PairsWrong, ""},
		"no pair that differs":   {pairs, strings.Repeat(`{"prompt":"a","chosen":"b","rejected":"b"}`+"\n", 30), protocol.PairsWrong, "differs"},
		"too many pairs":         {pairs, string(manyPairs), protocol.PairsWrong, "100000"},
		"few pairs":              {pairs, string(preferring(9)), protocol.PairsFew, ""},
	} {
		if testing.Short() && len(c.file) > 1<<21 {
			continue // it takes long, and no variant could change it
		}
		d.commands <- &protocol.SetText{Request: as(3), Source: "upload", Name: name, Data: []byte(c.file)}
		d.commands <- &protocol.Train{Request: as(5), Recipe: c.recipe, Ranks: 1}
		p := d.problem(c.code)
		if p.ID != 5 || !strings.Contains(p.Detail+" line "+p.Got, c.says) {
			t.Errorf("%s: %+v, which should say %q", name, p, c.says)
		}
	}
	d.commands <- &protocol.Train{Recipe: recipe.Recipe{}, Ranks: 1}
	d.problem(protocol.RecipeWrong)
	d.commands <- &protocol.Predict{Prompt: "Tom"}
	if len(next[*protocol.Prediction](d).Choices) == 0 {
		t.Error("the model that was open is gone")
	}
	reward := lab()
	reward.Rewards.Reward = "beauty"
	d.commands <- &protocol.Train{Request: as(5), Recipe: reward, Ranks: 1}
	if p := d.problem(protocol.RewardUnknown); !strings.Contains(p.Want, "strict") {
		t.Errorf("an unknown reward is told as %+v", p)
	}
}

// A file of tasks is told before it is used: how many there are, and what its
// verifier takes for right.
func TestCheckTasks(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.CheckTasks{Verifier: "exact"}
	d.problem(protocol.TextMissing)
	var file bytes.Buffer
	for i := range 60 {
		fmt.Fprintf(&file, `{"prompt":"say %d","answer":"%d"}`+"\n", i, i)
	}
	d.commands <- &protocol.SetText{Source: "upload", Name: "tasks.jsonl", Data: file.Bytes()}
	d.commands <- &protocol.CheckTasks{Request: as(7), Verifier: "number"}
	next[*protocol.Text](d)
	if c := next[*protocol.Checked](d); c.ID != 7 || c.Kept != 60 || c.Held < 1 || c.Held > 20 || len(c.Shown) != 3 || c.Shown[0].Wanted != "0" || c.Shown[0].Right == c.Shown[0].Wrong {
		t.Errorf("told is %+v", c)
	}
	d.commands <- &protocol.SetText{Source: "upload", Name: "few.jsonl", Data: bytes.Join(bytes.SplitAfter(file.Bytes(), []byte("\n"))[:15], nil)}
	next[*protocol.Text](d)
	d.commands <- &protocol.CheckTasks{Request: as(8), Verifier: "number"}
	if c := next[*protocol.Checked](d); c.ID != 8 || c.Kept != 15 || c.Held != 0 {
		t.Errorf("of few is told %+v", c)
	}
	d.commands <- &protocol.CheckTasks{Request: as(8), Verifier: "beauty"}
	d.problem(protocol.TasksWrong)
	d.give(own)
	d.commands <- &protocol.CheckTasks{Request: as(9), Verifier: "exact"}
	if p := d.problem(protocol.TasksWrong); p.ID != 9 || !strings.Contains(p.Detail, "line 1") {
		t.Errorf("prose is told as %+v", p)
	}
}
