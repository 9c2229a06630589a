package train

import (
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/memtest"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// What a run holds after two steps and an evaluation is what its recipe says but for what
// writes, within 15 %: of all weights, of an adapter beside weights of 16 bits, of the last
// layers, with the vocabulary, the MLP, or short contexts large, by one rank or several.
func TestMemoryIsSaid(t *testing.T) {
	if testing.Short() {
		t.Skip("memory is the same whatever computes")
	}
	base := brief("quick")
	base.Model.Context, base.Model.Vocab, base.Batch, base.EvalBatches, base.LastEvalBatches = 128, 2000, 2, 1, 1
	base.Model.Layers, base.Model.Channels, base.Model.Hidden, base.Model.Heads, base.Model.KVHeads = 4, 256, 700, 4, 2
	gpt2 := base
	gpt2.Optimizer, gpt2.Model.Norm, gpt2.Model.Position, gpt2.Model.MLP, gpt2.Model.QKNorm = "adamw", "layernorm", "learned", "gelu_tanh", false
	short := base
	short.Model.Context, short.Batch = 64, 16
	adapter := recipe.FineTune(base, recipe.Lora, 0)
	adapter.Batch, adapter.WeightBytes = 2, 2*float64(base.Model.Parameters())
	many := base
	many.Batch, many.Model.Layers = 3, 2
	for name, c := range map[string]struct {
		recipe.Recipe
		ranks int
	}{"all": {base, 1}, "gpt2": {gpt2, 1}, "short": {short, 1}, "adapter": {adapter, 1}, "two ranks": {many, 2}, "three ranks": {many, 3}} {
		r := c.Recipe
		r.EvalBatches, r.LastEvalBatches = 1, 1
		ids := make([]int32, 4000)
		for i := range ids {
			ids[i] = int32(i * i % 2000)
		}
		took := memtest.Live(func() any {
			run := begunFor(t, r, ids)
			t.Cleanup(run.Close)
			if err := run.Share(c.ranks, Goroutines); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := run.Step(); err != nil {
					t.Fatal(err)
				}
			}
			run.Evaluate(nil)
			return run
		})
		said := r.BytesOn(c.ranks) - recipe.Writers*r.Model.WritingBytes(1, r.Model.Context)
		if apart := took / said; apart > 1.15 || apart < 1/1.15 {
			t.Errorf("%s: it holds %.1f MB, and %.1f are said", name, took/1e6, said/1e6)
		}
		t.Logf("%s: %.1f MB, said %.1f", name, took/1e6, said/1e6)
	}
}

// begunFor is a run of r, of an adapter beside weights of 16 bits.
func begunFor(t *testing.T, r recipe.Recipe, ids []int32) *Run {
	t.Helper()
	m := model.New(cpu.New(), r.Model)
	m.Init(r.Init, 1)
	if r.Trains == recipe.Adapter {
		m = m.Narrow(tensor.BF16)
		m.Adapt(r.Tuning.LoRA)
		m.InitAdapter(1)
	}
	run, err := On(m, r, Data{Text: data.Corpus{IDs: ids}})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
