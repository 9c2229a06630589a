package ui

import (
	"fmt"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// preferring is a page at Preferences, with judges.
func preferring() (*Page, *paper, *Preferences) {
	p, h := welcomed()
	p.Ready.Tastes = []string{"shorter", "happy"}
	p.Go("preferences")
	return p, h, of[*Preferences](p)
}

// answer tells of n prompts that a Draw was answered for: of the even ones a judge
// prefers an answer.
func (p *Page) answer(id, from, n int, judged bool) {
	for i := from; i < from+n; i++ {
		e := &protocol.Drawn{Reply: to(id), Prompt: fmt.Sprintf("Tale %d", i), Messages: []protocol.Message{}, Said: []string{" long and dull.\n", " short.\n"}, Chosen: -1, Rejected: -1}
		if judged && i%2 == 0 {
			e.Chosen, e.Rejected = 1, 0
		}
		p.Apply(e)
	}
}

// A judge makes pairs, says of how many prompts there were none, and gives them to
// the trainer when it is done; with too few nothing can be trained.
func TestJudge(t *testing.T) {
	p, h, prefs := preferring()
	has(t, drawAt(t, p, "preferences"), english.Say("prefs_lead"), "First make 10 more pairs", english.Say("prefs_taste_shorter_about"))
	prefs.ChoosePrompts("50")
	prefs.Judging()
	c := last[*protocol.Draw](t, h)
	if c.Taste != "shorter" || c.Prompts != 50 || c.Answers != judgedOf || c.Temperature != 1 {
		t.Errorf("it asks for %+v", c)
	}
	sent := len(h.sent)
	p.answer(c.ID, 0, 10, true)
	p.answer(c.ID+100, 10, 10, true) // of another
	if len(prefs.List.Pairs) != 5 || len(h.sent) != sent {
		t.Errorf("there are %d pairs, and %d commands", len(prefs.List.Pairs), len(h.sent)-sent)
	}
	prefs.Train()
	p.answer(c.ID, 20, 20, true)
	p.Apply(&protocol.DrawOver{Reply: to(c.ID), Prompts: 30, Pairs: 15, Unclear: 14, Unended: 1})
	has(t, drawAt(t, p, "preferences"), "Of 30 prompts came 15 pairs. To 14 the answers", "To 1 fewer than two answers", "by 15 pairs")
	if given := last[*protocol.SetPairs](t, h); given.Source != "page" || len(given.Pairs) != 15 || given.Pairs[0].Chosen != " short.\n" {
		t.Errorf("it gives %+v", given)
	}
	p.Apply(&protocol.PairList{Reply: to(h.asked()), Hash: "abc", Count: 15})
	if x := p.Experiment(); x["here.pairs"] != "abc" || x["judge"] != "shorter" {
		t.Errorf("kept are %v", x)
	}
	prefs.Train()
	r := last[*protocol.Train](t, h).Recipe
	if want := recipe.Prefer(p.Model.Recipe, recipe.Lora, 15); r.Steps != want.Steps || r.Objective != recipe.DPO || r.Preferences.Taste != "shorter" || r.Trains != recipe.Adapter {
		t.Errorf("it trains by %+v", r)
	}
}

// What the judge has found stays when it is stopped.
func TestJudgeStopped(t *testing.T) {
	p, h, prefs := preferring()
	prefs.Judging()
	id := h.asked()
	p.answer(id, 0, 4, true)
	prefs.Judging()
	if c := last[*protocol.Cancel](t, h); c.ID != id {
		t.Errorf("it cancels %d", c.ID)
	}
	p.Apply(&protocol.Problem{Reply: to(id), Code: protocol.Cancelled})
	if given := last[*protocol.SetPairs](t, h); len(given.Pairs) != 2 || prefs.Drawing() {
		t.Errorf("it gives %+v", given)
	}
}

// By hand: keys choose, the next are drawn before the last are read, a tie makes
// no pair, and what is to be decided later comes again.
func TestChooseByHand(t *testing.T) {
	p, h, prefs := preferring()
	prefs.OpenHand()
	c := last[*protocol.Draw](t, h)
	if c.Taste != "" || c.Answers != 2 || h.focused != "choose" {
		t.Errorf("it asks for %+v, with the focus on %q", c, h.focused)
	}
	has(t, drawAt(t, p, "preferences"), english.Say("prefs_hand_waits"))
	p.answer(c.ID, 0, 4, false)
	p.Apply(&protocol.DrawOver{Reply: to(c.ID), Prompts: 4, Unclear: 4})
	has(t, drawAt(t, p, "preferences"), "Tale 0", " long and dull.", english.Say("prefs_tie"))
	for _, key := range []string{"x", "2", "t"} {
		prefs.pressed(key)
	}
	if next := last[*protocol.Draw](t, h); next.ID == c.ID || next.Seed == c.Seed || len(prefs.Hand.queue) != 2 {
		t.Errorf("with %d left it asks for %+v", len(prefs.Hand.queue), next)
	}
	prompts := []string{prefs.Hand.queue[0].prompt.Prompt, prefs.Hand.queue[1].prompt.Prompt}
	prefs.pressed("s")
	if prefs.handPrompt() != prompts[1] || len(prefs.Hand.queue) != 2 || prefs.Hand.queue[1].prompt.Prompt != prompts[0] {
		t.Errorf("after %q the queue is %+v", prompts, prefs.Hand.queue)
	}
	if l := prefs.List.Pairs; len(l) != 1 || l[0].Prompt != "Tale 0" || l[0].Chosen != " short.\n" || l[0].Rejected != " long and dull.\n" {
		t.Errorf("chosen are %+v", l)
	}
	for range handTries {
		p.Apply(&protocol.DrawOver{Reply: to(prefs.Hand.id), Prompts: 4, Unended: 4})
		prefs.Choose(tie)
	}
	for prefs.Hand.id > 0 {
		p.Apply(&protocol.DrawOver{Reply: to(prefs.Hand.id), Prompts: 4, Unended: 4})
	}
	has(t, drawAt(t, p, "preferences"), "do not come to an end")
}

// Pairs are looked at, switched round, edited, deleted, put back and taken out.
func TestPairList(t *testing.T) {
	p, h, prefs := preferring()
	for i := range 7 {
		prefs.List.add(protocol.Pair{Prompt: fmt.Sprint("Tale ", i), Chosen: " a.", Rejected: " b."})
	}
	prefs.List.add(protocol.Pair{Prompt: "Tale 3", Chosen: " a.", Rejected: " b."})
	prefs.List.Open = true
	has(t, drawAt(t, p, "preferences"), "7 pairs", "1 to 5 of 7", "Tale 6", `aria-label="Switch round: pair 2"`)
	prefs.Swap(0)
	prefs.Edit(1)
	prefs.List.Edited.Chosen = ""
	if prefs.SaveEdit(); !prefs.Edges || prefs.List.Edits != 1 {
		t.Error("an empty answer is saved")
	}
	prefs.List.Edited.Chosen = " c <d>."
	prefs.List.ask("Once")
	prefs.SaveEdit()
	prefs.Delete(2)
	has(t, drawAt(t, p, "preferences"), "1 pair was deleted.", ">Undo<")
	prefs.Back()
	prefs.TakeOut()
	lines := strings.Split(h.saved, "\n")
	if len(lines) != 8 || lines[0] != `{"prompt":"Tale 6","chosen":" b.","rejected":" a."}` || lines[1] != `{"prompt":"Once","chosen":" c <d>.","rejected":" b."}` {
		t.Errorf("taken out as %s", h.saved)
	}
	prefs.Delete(-1)
	if last[*protocol.SetPairs](t, h); len(prefs.List.Pairs) != 0 {
		t.Error("not all are deleted")
	}
	prefs.Back()
	prefs.List.Turn(1)
	has(t, drawAt(t, p, "preferences"), "6 to 7 of 7")
}

// A file of pairs is the list; a conversation in it is written as one.
func TestPairsOfTheText(t *testing.T) {
	p, h, prefs := preferring()
	p.Apply(&protocol.Text{Source: "upload", Name: "mine.jsonl", Pairs: true})
	if c := last[*protocol.SetPairs](t, h); c.Source != "text" {
		t.Errorf("it asks for %+v", c)
	}
	talk := protocol.Pair{Messages: []protocol.Message{{Role: "user", Content: "Who?"}}, Chosen: "I.", Rejected: "You."}
	p.Apply(&protocol.PairList{Reply: to(last[*protocol.SetPairs](t, h).ID), Hash: "def", Count: 1, Pairs: []protocol.Pair{talk}})
	if got := prefs.List.lines(); got != `{"prompt":[{"role":"user","content":"Who?"}],"chosen":[{"role":"assistant","content":"I."}],"rejected":[{"role":"assistant","content":"You."}]}`+"\n" {
		t.Errorf("it is written as %s", got)
	}
	has(t, drawAt(t, p, "text"), english.Say("prefs_lead_to"))
}

// After a run stands who wins, what changed, what is known of DPO, and the same
// prompts before and after.
func TestPreferred(t *testing.T) {
	p, _, prefs := preferring()
	r := recipe.Prefer(p.Model.Recipe, recipe.Lora, 20)
	r.Preferences.Taste = "shorter"
	p.Apply(&protocol.Model{ModelID: "n", Name: "base › preferences", From: "base", Recipe: r, Questions: []recipe.Question{{Prompt: "One day"}}})
	p.Apply(&protocol.State{State: "training"})
	for i := range 2 {
		x := float64(i)
		p.Apply(protocol.NewEval(recipe.Measurement{Step: 20 * i, Measures: recipe.Measures{{Name: recipe.TrainLoss, Value: .69}, {Name: recipe.ValLoss, Value: .69 - .1*x},
			{Name: recipe.OldLoss, Value: .24 + .2*x}, {Name: recipe.Margins, Value: x}, {Name: recipe.ChosenLogP, Value: -40 - x}, {Name: recipe.RejectedLogP, Value: -40 - 9*x}, {Name: recipe.WinRate, Value: .5 + .3*x}}}))
	}
	has(t, drawAt(t, p, "preferences"), "In 80 % of the comparisons", "judge: shorter answers", "Both answers became less likely", "forgotten some of the old text: 0.20", `data-measure-rewards-margins="1.0000"`)
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	o := came("n", recipe.DPO, recipe.Lora, measures(recipe.WinRate, .5), measures(recipe.WinRate, .8))
	o.Questions = []recipe.Question{{Prompt: "One day"}}
	o.Before.Replies, o.After.Replies = []recipe.Replied{{Text: " it rained long."}}, []recipe.Replied{{Text: " it rained."}}
	p.Apply(&protocol.Told{Outcomes: []protocol.Outcome{o}})
	has(t, drawAt(t, p, "preferences"), `id="outcome"`, ">50 % → 80 %<", "One day", " it rained long.", " it rained.")
	for _, a := range aspects {
		prefs.ChooseAspect(a)
		picture, is := p.Picture()
		if !is || len(picture.Series) == 0 || len(picture.Series[0].Steps) != 2 {
			t.Errorf("of %s it shows %+v", a, picture)
		}
	}
}
