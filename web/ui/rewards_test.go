package ui

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"hornbook/model/data/chat"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/web/protocol"
)

func rewarding(p *Page) *Rewards { return of[*Rewards](p) }

// laboratory is a page whose trainer has labs and tasks.
func laboratory() (*Page, *paper) {
	p, h := opened()
	ready := p.Ready
	ready.Labs, ready.Tasks = recipe.Labs(), slices.Clone(task.Names)
	for i := range ready.Labs { // whatever the labs' own are
		r := &ready.Labs[i]
		r.Steps += 150 - r.Rewards.WarmUp
		r.Rewards.WarmUp = 150
	}
	p.Apply(&ready)
	return p, h
}

// tried is a page on which a lab runs: it was shown examples, and has tried.
func tried(t *testing.T, lab string, after ...*protocol.Eval) (*Page, *paper) {
	t.Helper()
	p, h := laboratory()
	rewarding(p).ChooseLab(lab)
	rewarding(p).Train()
	r := last[*protocol.Train](t, h).Recipe
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Recipe: r, Chat: true, Questions: []recipe.Question{{Prompt: "1101", Answer: "O"}, {Prompt: "11", Answer: "E"}}})
	p.Apply(&protocol.State{State: "training"})
	for _, e := range append([]*protocol.Eval{rewardEval(0, .04, 0, 512), rewardEval(r.Rewards.WarmUp, .5, .12, 512)}, after...) {
		p.Apply(e)
	}
	p.Apply(&protocol.Step{Step: r.Rewards.WarmUp + 1, Steps: r.Steps, Loss: 1e-4})
	p.Apply(&protocol.Round{Step: r.Rewards.WarmUp, Prompt: "1101", Wanted: "O", Reward: .5, Flat: .25, Cut: .5, Replies: []protocol.Scored{
		{Text: "<|think|>OEEO<|/think|>O", Tokens: 8, Ended: true, Reward: 1, Right: true, Advantage: .5},
		{Text: "<|think|>OE", Tokens: 4, Reward: 0, Advantage: -.5},
		{Text: "E O", Tokens: 4, Ended: true, Reward: 1, Advantage: .5},
		{Text: "E", Tokens: 2, Ended: true, Reward: 0, Advantage: -.5},
	}})
	return p, h
}

func rewardEval(step int, right, working float64, questions int) *protocol.Eval {
	return protocol.NewEval(recipe.Measurement{Step: step, Measures: recipe.Measures{{Name: recipe.PassAt1, Value: right}, {Name: recipe.PassAt8, Value: .99},
		{Name: recipe.HeldReward, Value: .9}, {Name: recipe.Working, Value: working}, {Name: recipe.Length, Value: 4}, {Name: recipe.Questions, Value: float64(questions)}},
		Replies: []recipe.Replied{{Text: "<|think|>OEEO<|/think|>O", Right: true}, {Text: "O"}}})
}

// Each experiment sends its recipe as it is, whatever text and tokenizer there
// are; the numbers can be changed, and all is found again.
func TestLabs(t *testing.T) {
	p, h := laboratory()
	r := rewarding(p)
	for _, lab := range p.Ready.Labs {
		r.ChooseLab(lab.Preset)
		r.Train()
		if c := last[*protocol.Train](t, h); c.Recipe != lab || c.Name != english.Preset(lab.Preset) {
			t.Errorf("%s sends %q %+v", lab.Preset, c.Name, c.Recipe)
		}
	}
	r.ChooseLab("silent")
	r.Set("group", "4")
	r.Set("reward", "strict=1, working=0.2")
	r.Train()
	if w := last[*protocol.Train](t, h).Recipe.Rewards; w.Group != 4 || w.Reward != "strict=1,working=0.2" || w.Working != 0 {
		t.Errorf("it sends %+v", w)
	}
	r.Set("group", "1")
	sent := len(h.sent)
	r.Train()
	if len(h.sent) != sent || h.focused != "n-group" {
		t.Errorf("a group of one is sent, or the field not shown: %q", h.focused)
	}
	r.Set("group", "4")
	other, _ := laboratory()
	if left := other.restore(p.Experiment()); len(left) > 0 {
		t.Errorf("it leaves out %v", left)
	}
	if o := rewarding(other); o.Lab != "silent" || !reflect.DeepEqual(o.Draft.Fields, r.Draft.Fields) {
		t.Errorf("it is found again as %q %v", o.Lab, o.Draft.Fields)
	}
}

// Tasks of one's own: the text is looked through, what counts as right is shown before
// anything is trained, and the choice is found again.
func TestOwnTasks(t *testing.T) {
	p, h := laboratory()
	p.Ready.Verifiers = task.Verifiers
	r := rewarding(p)
	r.verifier = task.Verifiers[0]
	p.Apply(&protocol.Model{ModelID: "a", Name: "Ada", Recipe: pre(p).Draft.Base})
	p.Apply(&protocol.Text{Source: "upload", Name: "mine.jsonl", Hash: "abc"})
	r.ChooseLab("")
	r.ChooseTask("")
	r.ChooseVerifier("number")
	if c := last[*protocol.CheckTasks](t, h); c.Verifier != "number" || r.canTrain() {
		t.Errorf("it asks %+v, and may train before it knows", c)
	}
	has(t, drawAt(t, p, "rewards"), "Bring in a file with one task a line")
	p.Apply(&protocol.Checked{Verifier: "number", Kept: 60, Held: 8, Shown: []protocol.Judgment{{Prompt: "2 + 3?", Wanted: "5", Right: "<|think|>2, 3<|/think|>5", Wrong: ""}}})
	has(t, drawAt(t, p, "rewards"), "Your file holds 60 tasks; 8 of them", "(2, 3) 5", english.Say("rewards_counts_not"), english.VerifierAbout("number"))
	p.Apply(&protocol.Checked{Verifier: "number", Kept: 6, Shown: []protocol.Judgment{}})
	has(t, drawAt(t, p, "rewards"), "Your file holds 6 tasks, too few to keep some back")
	r.Train()
	if w := last[*protocol.Train](t, h).Recipe.Rewards; w.Task != "" || w.Verifier != "number" {
		t.Errorf("it sends %+v", w)
	}
	other, _ := laboratory()
	other.Ready.Verifiers = task.Verifiers
	if left := other.restore(p.Experiment()); len(left) > 0 {
		t.Errorf("it leaves out %v", left)
	}
	if o := rewarding(other); o.Lab != "" || o.task != "" || o.verifier != "number" {
		t.Errorf("it is found again as %q %q %q", o.Lab, o.task, o.verifier)
	}
}

// The open model is taught a task: shown how first, if that is new to it.
func TestTeachATask(t *testing.T) {
	p, h := laboratory()
	r := rewarding(p)
	r.ChooseLab("")
	if has(t, drawAt(t, p, "rewards"), english.Say("blocked_model")); r.canTrain() {
		t.Error("no model is open, and it trains")
	}
	p.Apply(&protocol.Model{ModelID: "a", Name: "Ada", Recipe: pre(p).Draft.Base})
	r.ChooseTask("clock")
	r.ChooseMethod(recipe.Lora)
	r.Train()
	c := last[*protocol.Train](t, h)
	if w := c.Recipe.Rewards; w.Task != "clock" || w.WarmUp == 0 || c.Recipe.Method() != recipe.Lora || c.Recipe.From != recipe.Existing || c.Name != "Ada › "+english.Task("clock") {
		t.Errorf("it sends %q %+v", c.Name, c.Recipe)
	}
	other, _ := laboratory()
	other.restore(p.Experiment())
	if o := rewarding(other); o.Lab != "" || o.task != "clock" || o.Method() != recipe.Lora {
		t.Errorf("it is found again as %q %q %q", o.Lab, o.task, o.Method())
	}
	p.Apply(&protocol.Model{ModelID: "b", Name: "Bea", From: "Ada", Chat: true, Recipe: c.Recipe})
	if w := r.Draft.Base.Rewards; w.WarmUp != 0 || w.Task != "clock" {
		t.Errorf("who knows the task is shown %d steps of examples of %s", w.WarmUp, w.Task)
	}
}

// What comes of the tries stands there: curves, the newest group, what teaches
// nothing, and the same questions through time.
func TestTries(t *testing.T) {
	p, _ := tried(t, "r1", rewardEval(160, .9, .8, 64))
	html := drawAt(t, p, "rewards")
	has(t, html, `data-objective="grpo"`, `data-measure-pass-at-1="0.9000"`, ">(OEEO) <", ">"+english.Say("rewards_right")+"<", ">"+english.Say("rewards_cheated")+"<",
		">"+english.Say("rewards_wrong")+"<", english.Say("rewards_unended"), ">+0.5<", ">−0.5<", "4 of this round’s 16 questions teach nothing", "50 % of the replies did not end within 24 tokens",
		"On 64 questions", "90 % ± 7.5", "reward 50 %", "working 80 %", "1 of 2 right", `role="img" aria-label="Reward and right answers. reward`, "reward 0.50", "1101 → (OEEO) O")
	if strings.Contains(html, "loss 0.00") || strings.Contains(html, "think|") {
		t.Error("it tells the loss, or shows the marks of thoughts")
	}
	r := rewarding(p)
	r.SlideTo("100")
	has(t, drawAt(t, p, "rewards"), english.Say("rewards_moment_shown", "step", "150"), "pass@1 50 %", "On 512 questions")
	p.Apply(rewardEval(170, .95, .9, 64))
	if r.moment().Step != 150 {
		t.Errorf("while one looks back the slider goes to %d", r.moment().Step)
	}
	r.SlideTo("270")
	if p.Apply(rewardEval(180, .95, .9, 64)); r.moment().Step != 180 {
		t.Errorf("at its end the slider stays at %d", r.moment().Step)
	}
	r.AsTable = true
	has(t, drawAt(t, p, "rewards"), ">"+english.Measure(recipe.PassAt1)+"<", ">95 %<")
	if s := r.Picture().Series; len(s) != 5 {
		t.Errorf("%d curves are saved", len(s))
	}
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	has(t, drawAt(t, p, "rewards"), english.Say("rewards_end_rose", "from", "50 %", "to", "95 %"), english.Say("rewards_next", "name", english.Preset("silent")))
	r.GoNext()
	if r.Lab != "silent" || r.mine() {
		t.Errorf("the next is %q", r.Lab)
	}
}

// While the run rests, one update is worked out by numbers.
func TestUpdateByNumbers(t *testing.T) {
	p, _ := tried(t, "r1")
	if strings.Contains(drawAt(t, p, "rewards"), `id="worked"`) {
		t.Error("numbers that change while one reads")
	}
	p.Apply(&protocol.State{State: "paused"})
	has(t, drawAt(t, p, "rewards"), "(1 + 0 + 1 + 0) / 4 = 0.5", "Try 1: 1 − 0.5 = +0.5. Each of its 8 tokens gets a bit likelier.",
		"Try 2: 0 − 0.5 = −0.5. Each of its 4 tokens gets a bit less likely.", "clip(ρ, 0.8, 1.2)", english.Say("rewards_loss_about"))
	p.Model.Recipe.Rewards.Scale = true
	p.Round.Replies[0].Advantage = .866
	has(t, drawAt(t, p, "rewards"), "deviation): 0.577", "(1 − 0.5) / 0.577 = +0.866")
	p.Uneven = nil
	for i := range p.Round.Replies {
		p.Round.Replies[i].Reward = 1
	}
	has(t, drawAt(t, p, "rewards"), english.Say("rewards_sum_flat"))
}

// Where the reward can be cheated, right answers stay hidden until one has
// guessed; then the checker is mended.
func TestCheating(t *testing.T) {
	p, h := tried(t, "cheat", rewardEval(230, .3, .9, 512))
	r := rewarding(p)
	html := drawAt(t, p, "rewards")
	has(t, html, english.Say("rewards_guess_asks"), english.Say("rewards_paid"), english.Say("rewards_unpaid"))
	for _, told := range []string{"pass@1 ", english.Say("rewards_right"), "of 2 right", `id="mend"`} {
		if strings.Contains(html, told) {
			t.Errorf("before the guess it tells %q", told)
		}
	}
	r.ChooseGuess("rose")
	has(t, drawAt(t, p, "rewards"), "pass@1 30 %", english.Say("rewards_guess_off"), english.Say("rewards_did_fall", "from", "50 %", "to", "30 %"), english.Say("rewards_cheated"), `id="mend"`)
	if r.rule() != 1 {
		t.Errorf("the checker begins as %b", r.rule())
	}
	r.Close(1, true)
	r.Close(2, true)
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	o := rewarded()
	o.ModelID = p.Model.ModelID
	p.Apply(&protocol.Told{Outcomes: []protocol.Outcome{o}})
	has(t, drawAt(t, p, "rewards"), `id="outcome"`)
	r.Guess = ""
	if strings.Contains(drawAt(t, p, "rewards"), `id="outcome"`) {
		t.Error("what came of it is told before the guess")
	}
	r.Guess = "rose"
	r.Train()
	if w := last[*protocol.Train](t, h).Recipe.Rewards; w.Reward != "rule:reply+after_thoughts+whole" || w.Hedged == 0 {
		t.Errorf("run again it sends %+v", w)
	}
}

// Who is never shown the working finds nothing, and is told so.
func TestNothingFound(t *testing.T) {
	p, _ := tried(t, "silent", rewardEval(270, .52, 0, 512))
	p.Evals[1].Measures[3].Value = 0
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	has(t, drawAt(t, p, "rewards"), english.Say("rewards_end_silent", "from", "50 %", "to", "52 %"))
	if lab, is := rewarding(p).nextLab(); !is || lab != "r1" {
		t.Errorf("the next is %q", lab)
	}
}

// A model that was rewarded and is opened again shows what it had learned.
func TestRewardsReopened(t *testing.T) {
	p, _ := laboratory()
	r1, _ := recipe.ByName("r1")
	p.Apply(&protocol.Model{ModelID: "x", Name: "R", Recipe: r1, Questions: []recipe.Question{{Prompt: "1101", Answer: "O"}, {Prompt: "11", Answer: "E"}}})
	e := rewardEval(270, .97, .9, 512).Measurement
	e.Measures = append(e.Measures, recipe.Measure{Name: recipe.RewardMean, Value: .98})
	p.Apply(&protocol.History{Steps: []int{1, 270}, Losses: []float64{3, 0}, Evals: []recipe.Measurement{rewardEval(150, .5, .1, 512).Measurement, e}})
	has(t, drawAt(t, p, "rewards"), "reward 98 %", "pass@1 97 %", "1 of 2 right", english.Say("rewards_end_rose", "from", "50 %", "to", "97 %"))
	if s := pre(p).Stand(); s.How == "done" || pre(p).mine() {
		t.Errorf("pre-training takes it for its own: %+v", s)
	}
}

// What the page knows of replies and checkers is what model/task knows.
func TestSamplesAgree(t *testing.T) {
	if beginThought != chat.Think || endThought != chat.EndThink {
		t.Error("thoughts stand between other marks")
	}
	if got := parts("a<|think|>b<|/think|>c<|think|>d"); !reflect.DeepEqual(got, []part{{false, "a"}, {true, "b"}, {false, "c"}, {true, "d"}}) {
		t.Errorf("parts are %v", got)
	}
	p, _ := laboratory()
	r := rewarding(p)
	r.ChooseLab("cheat")
	for closed := range 8 {
		for i := range switches {
			r.Close(i, closed>>i&1 == 1)
		}
		v, known := task.VerifierByName(r.Draft.Fields["reward"])
		if !known || r.rule() != closed {
			t.Fatalf("there is no checker %q", r.Draft.Fields["reward"])
		}
		for _, s := range samples {
			if want := v.Right(task.Example{Prompt: samplePrompt, Answer: sampleAnswer}, s.Reply); want != (s.Counts[closed] == '1') {
				t.Errorf("%s: %q counts: %v", v.Name, s.Reply, want)
			}
		}
	}
	for _, name := range []string{"prompted", "anywhere", "listed"} {
		v, _ := task.VerifierByName(name)
		closed, known := closedBy(name)
		for _, s := range samples {
			if want := v.Right(task.Example{Prompt: samplePrompt, Answer: sampleAnswer}, s.Reply); !known || want != (s.Counts[closed] == '1') {
				t.Errorf("%s: %q counts: %v", name, s.Reply, want)
			}
		}
	}
}
