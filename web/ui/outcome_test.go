package ui

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// came is what a run of an objective came to: measures before and after, by name.
func came(id, objective, method string, before, after recipe.Measures) protocol.Outcome {
	return protocol.Outcome{ModelID: id, Objective: objective, Method: method, Tokens: 100_000, FLOPs: 3e12, Seconds: 120,
		Before: protocol.Moment{Measures: before}, After: protocol.Moment{Step: 50, Measures: after}}
}

func measures(pairs ...any) (m recipe.Measures) {
	for i := 0; i < len(pairs); i += 2 {
		m = append(m, recipe.Measure{Name: pairs[i].(string), Value: pairs[i+1].(float64)})
	}
	return m
}

// rewarded is what rewards came to, with what the model said.
func rewarded() protocol.Outcome {
	o := came("b", recipe.GRPO, recipe.Pretrain, measures(recipe.PassAt1, .25, recipe.PassAt8, .6, recipe.Questions, 100.), measures(recipe.PassAt1, .85, recipe.PassAt8, .9, recipe.Questions, 200.))
	o.Written = 50_000
	o.Start = protocol.Moment{Measures: measures(recipe.PassAt1, .01), Replies: []recipe.Replied{{Text: "x"}, {}}}
	o.Before.Step, o.Before.Replies = 20, []recipe.Replied{{Text: "<|think|>0+1<|/think|>1", Right: true}, {Text: "7"}}
	o.After.Replies = []recipe.Replied{{Text: "1", Right: true}, {Text: "<|think|>it never ends"}}
	o.Questions = []recipe.Question{{Prompt: "01", Answer: "<|think|>0+1<|/think|>1"}, {Prompt: "11", Answer: "0"}}
	return o
}

// A card says what a run cost, gained, with the interval, and forgot; thoughts are
// thoughts.
func TestOutcomeCard(t *testing.T) {
	p, _ := welcomed()
	r := pre(p).Draft.Base
	p.Apply(&protocol.Model{ModelID: "b", Name: "Tales", Recipe: r})
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Step{Step: 50, Steps: 50, Tokens: 100_000, Seconds: 120})
	o := rewarded()
	p.Apply(&protocol.Told{Outcomes: []protocol.Outcome{o}})
	if html := drawAt(t, p, "pretrain"); strings.Contains(html, `id="outcome"`) {
		t.Error("while it trains it has come to something")
	}
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	html := drawAt(t, p, "pretrain")
	has(t, html, `id="outcome"`, ">100,000<", "and 50,000 that it wrote itself", ">3.0 trillion<", ">2 min 0 s<", ">0.50 Wh<", ">$0.00010<", "1 part in 1.1 trillion", "one of its GPUs: 9 ms",
		">25 % → 85 %<", "79 % to 89 % (95 %, 200 questions); at the very start 1.0 %", ">60 % → 90 %<", "A new model has nothing to forget.",
		`class="thought">It thinks: 0+1<`, `class="thought">It thinks: it never ends<`, "Right: 1<", `class="saying right"`, `class="saying wrong"`, "Before the rewards", "(nothing)")
	for _, part := range []string{"&lt;|think|", "<|think|"} {
		if strings.Contains(html, part) {
			t.Errorf("the page shows %s", part)
		}
	}
}

// Kept models stand side by side: a row that one of them lacks is empty there. What
// their models said is asked for once.
func TestSides(t *testing.T) {
	p, h := welcomed()
	list := cards()[:2]
	list[1].Curve = []float64{6, 4}
	list[0].Outcome = came("a", recipe.SFT, recipe.Full, measures(recipe.Exact, 0., recipe.Questions, 40., recipe.OldLoss, .24), measures(recipe.Exact, .5, recipe.Questions, 40., recipe.OldLoss, .94))
	list[1].Outcome = came("b", recipe.LM, recipe.Lora, measures(recipe.ValLoss, 6., recipe.OldLoss, .24), measures(recipe.ValLoss, 4., recipe.OldLoss, .25))
	p.Apply(&protocol.Shelf{Cards: list})
	m := shelf(p)
	m.Compare("a", true)
	m.Compare("b", true)
	m.ShowSides(true)
	if asked := last[*protocol.Outcomes](t, h); len(asked.ModelIDs) != 2 {
		t.Errorf("it asks for %v", asked.ModelIDs)
	}
	html := drawAt(t, p, "models")
	has(t, html, `id="sides"`, ">0.0 % → 50 %<", ">6.00 → 4.00<", "0.70 nats: before each token it wavers among 2 times as many.", "Nothing to speak of.", "Beside each other")
	if n := strings.Count(html, `data-row="exact"`); n != 2 || strings.Contains(html, `id="chart"`) {
		t.Errorf("right answers stand in %d columns", n)
	}
	p.Apply(&protocol.Told{Outcomes: []protocol.Outcome{list[0].Outcome, list[1].Outcome}})
	sent := len(h.sent)
	m.ShowSides(false)
	m.ShowSides(true)
	if len(h.sent) != sent {
		t.Error("what was told is asked for again")
	}
	m.ShowSides(false)
	has(t, drawAt(t, p, "models"), `id="chart"`)
	m.Unfold(m.shelved()[0], outcomePart)
	has(t, drawAt(t, p, "models"), `class="sides alone"`)
}

// A run that is over can be laid beside those like it, from wherever one is.
func TestLayBeside(t *testing.T) {
	p, h := welcomed()
	list := cards()[:2]
	for i := range list {
		list[i].Curve, list[i].Recipe = []float64{6, 4}, pre(p).Draft.Base
		list[i].Outcome = came(list[i].ID, recipe.LM, recipe.Full, measures(recipe.ValLoss, 6.), measures(recipe.ValLoss, 4.))
	}
	p.Apply(&protocol.Model{ModelID: "b", Name: "Tales", Recipe: list[1].Recipe})
	p.Apply(&protocol.Shelf{Cards: list[1:], Open: "b"})
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	offers := func() bool { return strings.Contains(drawAt(t, p, "try"), `id="next-beside"`) }
	if offers() {
		t.Error("one alone can be laid beside others")
	}
	p.Apply(&protocol.Shelf{Cards: list, Open: "b"})
	if !offers() {
		t.Error("two cannot be laid side by side")
	}
	p.layBeside()
	if m := shelf(p); p.At().Place().ID != "models" || len(m.laid()) != 2 || m.laid()[0].ID != "b" || h.focused != "compare-title" {
		t.Errorf("at %s it lays %+v", p.At().Place().ID, shelf(p).Compared)
	}
}
