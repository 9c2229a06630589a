package session

import (
	"reflect"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// logOf is a log of evaluations after these steps.
func logOf(best int, steps ...int) (log []checkpoint.Entry) {
	for _, step := range steps {
		log = append(log, checkpoint.Entry{Step: max(1, step), Loss: 5}, checkpoint.Evaluation(recipe.Measurement{Step: step, Best: step == best,
			Measures: recipe.Measures{{Name: recipe.ValLoss, Value: float64(100 - step)}}, Replies: []recipe.Replied{{Text: "so"}}}))
	}
	return log
}

// Before is where learning begins: for rewards, where the demonstrations end. After is
// what the weights are of: the best where they were taken, the last where the run was
// stopped.
func TestOutcomeOf(t *testing.T) {
	lm := brief()
	patient := recipe.FineTune(lm, recipe.Full, 5000)
	rewarded, _ := recipe.ByName("r1")
	rewarded.Rewards.WarmUp, rewarded.Steps = 20, 40
	for name, c := range map[string]struct {
		kept                 checkpoint.Run
		start, before, after int
	}{
		"a text":         {checkpoint.Run{Recipe: lm, State: "done", Log: logOf(0, 0, 10, 20)}, -1, 0, 20},
		"the best":       {checkpoint.Run{Recipe: patient, State: "done", Log: logOf(10, 0, 10, 20)}, -1, 0, 10},
		"stopped":        {checkpoint.Run{Recipe: patient, State: "paused", Log: logOf(10, 0, 10, 20)}, -1, 0, 20},
		"rewards":        {checkpoint.Run{Recipe: rewarded, State: "done", Log: logOf(0, 0, 10, 20, 30, 40)}, 0, 20, 40},
		"demonstrations": {checkpoint.Run{Recipe: rewarded, State: "paused", Log: logOf(0, 0, 10, 20)}, -1, 0, 20},
	} {
		o := outcomeOf("a", c.kept)
		start := -1
		if !o.Start.None() {
			start = o.Start.Step
		}
		if start != c.start || o.Before.Step != c.before || o.After.Step != c.after || !o.Whole() {
			t.Errorf("%s: it starts at %d, before is %d, after %d", name, start, o.Before.Step, o.After.Step)
		}
		if m := o.Measured(); m.After.Replies != nil || o.After.Replies == nil || m.After.Measures == nil {
			t.Errorf("%s: measured alone it is %+v", name, m)
		}
	}
	if o := outcomeOf("", checkpoint.Run{Recipe: lm}); o.Whole() {
		t.Errorf("of nothing measured the outcome is %+v", o)
	}
}

// What a run came to is told when it is over, stands on its card without what was said,
// and can be asked for with it; as it is when the model is opened again.
func TestOutcomeIsTold(t *testing.T) {
	d := at(t, folder(t))
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	id := next[*protocol.Model](d).ModelID
	told := next[*protocol.Told](d).Outcomes[0]
	card := next[*protocol.Shelf](d).Cards[0].Outcome
	if told.ModelID != id || told.Tokens != brief().Steps*brief().TokensPerStep() || told.FLOPs <= 0 || told.Held <= 0 || !told.Whole() {
		t.Errorf("it is told %+v", told)
	}
	if n := len(told.Questions); n == 0 || len(told.Before.Replies) != n || len(told.After.Replies) != n || told.Questions[0].Prompt == "" {
		t.Errorf("%d openings, %d and %d replies", n, len(told.Before.Replies), len(told.After.Replies))
	}
	if card.Questions != nil || card.After.Replies != nil || card.After.Measures.Value(recipe.ValLoss) != told.After.Measures.Value(recipe.ValLoss) {
		t.Errorf("on its card stands %+v", card)
	}
	d.commands <- &protocol.Open{ModelID: id}
	if again := next[*protocol.Told](d).Outcomes[0]; !reflect.DeepEqual(again, told) {
		t.Errorf("opened again it is %+v, was %+v", again, told)
	}
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	next[*protocol.Told](d)
	d.commands <- &protocol.Outcomes{Request: as(9), ModelIDs: []string{id, "gone"}}
	asked := next[*protocol.Told](d)
	if len(asked.Outcomes) != 1 || asked.ID != 9 || asked.Outcomes[0].ModelID != id || len(asked.Outcomes[0].After.Replies) == 0 {
		t.Errorf("asked for, it is %+v", asked)
	}
}

// A student learns from a model of the shelf, its twin from the text alone; what the
// teacher computes counts.
func TestStudent(t *testing.T) {
	disk := folder(t)
	d, id := learned(t, disk)
	d.leave()
	d = at(t, disk)
	d.give(own)
	var cost [2]float64
	for i, hard := range []bool{false, true} {
		r := recipe.Distilled(brief(), id)
		r.Distillation.Hard = hard
		d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
		if m := next[*protocol.Model](d); (m.Teacher == "") != hard {
			t.Errorf("hard %v: its teacher is %q", hard, m.Teacher)
		}
		o := next[*protocol.Told](d).Outcomes[0]
		_, compared := o.After.Measures.Of(recipe.Divergence)
		if cost[i] = o.FLOPs; compared == hard || !o.Whole() || len(o.After.Replies) == 0 {
			t.Errorf("hard %v: it came to %+v", hard, o)
		}
	}
	if cost[0] < 1.3*cost[1] {
		t.Errorf("with a teacher of its size it costs %v, without %v", cost[0], cost[1])
	}
}
