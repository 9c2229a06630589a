package checkpoint_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// A large model whose weights lie in 16 bits is kept so, opens so, and is told to need as
// much; an adapter beside it is float32. In float32 it stays float32.
func TestNarrowIsKept(t *testing.T) {
	shape := recipe.Model{Context: 16, Layers: 1, Heads: 2, KVHeads: 1, Channels: 1024, Hidden: 6000, Norm: "rmsnorm", NormEps: 1e-6,
		Position: "rope", RoPEBase: 1e4, MLP: "swiglu", Tied: true}
	run := checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))
	for _, dtype := range []tensor.DType{tensor.F32, tensor.BF16} {
		kept := run
		if dtype != tensor.F32 {
			kept.Model = run.Model.Narrow(dtype)
		}
		kept.Recipe.SetMethod(recipe.Lora)
		kept.Recipe.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 4, Targets: "query"}
		kept.Model = kept.Model.Beside()
		kept.Model.Adapt(kept.Recipe.Tuning.LoRA)
		kept.Model.InitAdapter(3)
		files := checkpointtest.Files{}
		if err := checkpoint.Write(files, kept); err != nil {
			t.Fatal(err)
		}
		o, err := checkpoint.Open(fstest.MapFS(files))
		if err != nil {
			t.Fatal(err)
		}
		need := o.Needs()
		o.Close()
		got, err := checkpoint.Read(fstest.MapFS(files))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Model.Weights.Numbers(), kept.Model.Weights.Numbers()) || !slices.Equal(got.Model.Types(), kept.Model.Types()) {
			t.Errorf("type %d: it opens as another model, of types %v", dtype, got.Model.Types())
		}
		if weights := float64(got.Model.Bytes()); need.Bytes < weights || need.Bytes > 1.6*weights+8*6000*1024 {
			t.Errorf("type %d: opening is said to need %.0f MB for weights of %.0f", dtype, need.Bytes/1e6, weights/1e6)
		}
	}
}
