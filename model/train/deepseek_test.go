package train

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
)

// deep is a brief run of DeepSeek's form, by AdamW.
func deep() recipe.Recipe {
	r := brief("deepseek")
	m := &r.Model
	m.Latent = recipe.Latent{Query: 16, Rank: 8, Plain: 8, Turned: 4, Value: 8}
	m.Experts = recipe.Experts{Count: 4, Chosen: 2, Shared: 1, Hidden: 12, Dense: 1, Normed: true, Scale: 1}
	r.Optimizer, r.LearningRate, r.Init = "adamw", 5e-3, "gpt2"
	return r
}

// balances are the numbers of r's experts that no gradient moves.
func balances(r *Run) (x []float32) {
	for i, t := range r.Recipe.Model.Tensors() {
		if t.Role == recipe.Load {
			x = r.Model.Parameters[i].Append(x)
		}
	}
	return x
}

// Ranks learn what one learns, agree to the bit on how much experts had to do, and a run
// that goes on ends with the same bits.
func TestDeepRanks(t *testing.T) {
	r := deep()
	alone, together := begin(t, r), shared(t, r, 2, Goroutines)
	one, two := steps(t, alone, 8), steps(t, together, 8)
	for i := range one {
		if off := math.Abs(one[i] - two[i]); off > 1e-6 {
			t.Errorf("at step %d two ranks are off by %.2g", i, off)
		}
	}
	if got, want := balances(together), balances(alone); !slices.Equal(got, want) || slices.Max(want) < 4e-3 {
		t.Errorf("two ranks balance by %v, one by %v", got, want)
	}
	later, err := On(alone.Model.Clone(), r, text(5000))
	if err != nil {
		t.Fatal(err)
	}
	if err := later.Resume(alone.State()); err != nil {
		t.Fatal(err)
	}
	steps(t, alone, 4)
	steps(t, later, 4)
	if !slices.Equal(alone.Model.Weights.Numbers(), later.Model.Weights.Numbers()) {
		t.Error("a run that goes on ends with other bits")
	}
}

// skewed is a run whose router sends nearly all tokens to the first experts at first.
func skewed(t *testing.T) *Run {
	r := deep()
	run := begin(t, r)
	for i, p := range r.Model.Tensors() {
		if p.Role == recipe.Load {
			run.Model.Parameters[i].Upload([]float32{.05, .05, -.05, -.05})
		}
	}
	run.keep()
	return run
}

// Experts that have nearly all to do share it after some steps, by the bias alone; the
// word after the next is expected more often, and what is measured of it is no part of
// the loss.
func TestBalance(t *testing.T) {
	run := skewed(t)
	before := measures(run)
	steps(t, run, 120)
	after := measures(run)
	load := func(m recipe.Measures) float64 { return m.Value(recipe.ExpertLoad) }
	if load(before) < 1.8 || load(after) > 1.5 {
		t.Errorf("the expert with the most to do has %.2f of the mean, then %.2f", load(before), load(after))
	}
	if was, is := before.Value(recipe.SecondWord), after.Value(recipe.SecondWord); was > 0.3 || is < 0.6 {
		t.Errorf("the second word is right in %.2f, then %.2f", was, is)
	}
	if val, loss := after.Value(recipe.ValLoss), run.Loss; math.Abs(val-loss) > 0.2 {
		t.Errorf("a step says a loss of %.3f, validation %.3f", loss, val)
	}
	speculates(t, run.Model)
	var sum float32
	for _, b := range balances(run)[:4] {
		sum += b
	}
	if math.Abs(float64(sum)) > 1e-6 {
		t.Errorf("the balance adds up to %v", sum)
	}
}

// What an adapter trains leaves the balance, and what looks ahead, as they are.
func TestDeepAdapter(t *testing.T) {
	r := deep()
	m := model.New(cpu.New(), r.Model)
	m.Init("gpt2", 3)
	r = recipe.FineTune(r, recipe.Lora, 5000)
	r.MuonRate, r.WarmUp = 0.05, 0
	m.Adapt(r.Tuning.LoRA)
	m.InitAdapter(1)
	before := m.Weights.Numbers()[:m.Config.Parameters()]
	run, err := On(m, r, text(5000))
	if err != nil {
		t.Fatal(err)
	}
	losses := steps(t, run, 40)
	if losses[39] > losses[0]-0.2 {
		t.Errorf("the loss goes from %.3f to %.3f", losses[0], losses[39])
	}
	if !slices.Equal(before, m.Weights.Numbers()[:len(before)]) {
		t.Error("an adapter changed the model's own weights")
	}
}

// speculates: what is written with drafts is what is written without, in fewer passes.
func speculates(t *testing.T, m *model.GPT) {
	t.Helper()
	g, s := model.NewGenerator(m), model.NewSpeculator(m)
	for _, n := range []int{1, 3, 7, 15} {
		prompt := rhyme(40)[n : 2*n]
		var want []int32
		for logits := g.Prompt(prompt); len(want) < m.Context-n; logits = g.Next(want[len(want)-1]) {
			want = append(want, model.Likeliest(logits))
		}
		if got := s.Write(prompt, 100); !slices.Equal(got, want) {
			t.Errorf("after %v it writes %v, without drafts %v", prompt, got, want)
		}
		if got := s.Write(prompt, 1); !slices.Equal(got, want[:1]) {
			t.Errorf("after %v it writes first %v, without drafts %v", prompt, got, want)
		}
	}
	if s.Drafts == 0 || 2*s.Kept < s.Drafts {
		t.Errorf("of %d drafts %d are kept", s.Drafts, s.Kept)
	}
}

// What is not to be balanced is left as it is.
func TestUnbalanced(t *testing.T) {
	r := deep()
	r.Model.Experts.Unbalanced = true
	run := begin(t, r)
	before := balances(run)
	steps(t, run, 4)
	if got := balances(run); len(got) == 0 || !slices.Equal(got, before) {
		t.Errorf("%v became %v", before, got)
	}
}
