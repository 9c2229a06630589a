package train

import (
	"slices"
	"strings"
	"testing"

	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// goingOn is a run of few steps on a text, whose model goes on from openings of it.
func goingOn(t *testing.T, text string, context int, ask bool) *Run {
	t.Helper()
	tok, err := tokenizer.NewChars([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := recipe.ByName("tiny")
	r.Model.Layers, r.Model.Channels, r.Model.Hidden, r.Model.Heads, r.Model.KVHeads, r.Model.Context = 1, 16, 16, 1, 1, context
	r.Model.Vocab, r.Batch, r.Steps, r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = tok.Size(), 2, 4, 2, 1, 1, 0
	d := Data{}
	d.Text.IDs, d.Text.Bytes = tok.Encode([]byte(text)), len(text)
	if ask {
		d.Ask = new(eval.NewAsker(tok))
	}
	run, err := New(r, d)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// measuredOf is all that a run is measured at.
func measuredOf(t *testing.T, run *Run) (list []recipe.Measurement) {
	t.Helper()
	if _, err := run.Loop(Hooks{Measured: func(m recipe.Measurement) { list = append(list, m) }}); err != nil {
		t.Fatal(err)
	}
	return list
}

// A text's model goes on from the beginnings of lines, before the first step and after
// the last, and neither losses nor weights know of it.
func TestOpenings(t *testing.T) {
	text := strings.Repeat("The mill stood by the river. Anna went there each day with a loaf.\nThe end of it.\n\n", 300)
	run := goingOn(t, text, 64, true)
	questions := run.Questions()
	if len(questions) != recipe.MostQuestions {
		t.Fatalf("it has %d openings", len(questions))
	}
	for _, q := range questions {
		if n := len([]rune(q.Prompt)); n != 32 || q.Prompt[0] != 'T' && q.Prompt[0] != '\n' {
			t.Errorf("it opens with %q, %d characters", q.Prompt, n)
		}
	}
	told := measuredOf(t, run)
	for i, m := range told {
		if want := map[int]int{0: 10, len(told) - 1: 10}[i]; len(m.Replies) != want {
			t.Errorf("after step %d there are %d replies, want %d", m.Step, len(m.Replies), want)
		}
	}
	if first, last := told[0].Replies[0].Text, told[len(told)-1].Replies[0].Text; len(first) != 32 || first == last {
		t.Errorf("it writes %q and then %q", first, last)
	}
	plain := goingOn(t, text, 64, false)
	quiet := measuredOf(t, plain)
	for i, m := range quiet {
		if m.Measures.Value(recipe.ValLoss) != told[i].Measures.Value(recipe.ValLoss) || m.Replies != nil {
			t.Errorf("unasked it is measured at %+v, asked at %+v", m, told[i])
		}
	}
	if plain.Questions() != nil || !slices.Equal(plain.Model.Weights.Numbers(), run.Model.Weights.Numbers()) {
		t.Error("to ask changes the weights")
	}
}

// Little text has few openings, of which none is out of it; and what is asked can be
// stopped between two passes.
func TestFewOpenings(t *testing.T) {
	text := strings.Repeat("abcdefg hij", 4)
	for _, context := range []int{8, 9} {
		run := goingOn(t, text, context, true)
		if n := len(run.Questions()); n < 1 || n > 4 {
			t.Errorf("of %d tokens it has %d openings", context, n)
		}
		measuredOf(t, run)
	}
	run := goingOn(t, strings.Repeat(text, 20), 64, true)
	calls := 0
	if _, whole := run.Evaluate(func() bool { calls++; return calls < 8 }); whole || calls != 8 {
		t.Errorf("it is whole after %d calls", calls)
	}
}
