package backendtest_test

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/backendtest"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/model/train"
)

func TestShadow(t *testing.T) {
	backendtest.Run(t, func() tensor.Backend { return backendtest.NewShadow() })
}

// Neither of two backends takes the other's tensors, even of the same kind.
func TestShadowsKeepToThemselves(t *testing.T) {
	backends := []tensor.Backend{backendtest.NewShadow(), backendtest.NewShadow(), cpu.New()}
	for i, b := range backends {
		for j, other := range backends {
			if i != j && !panics(func() { b.Copy(tensor.Zeros(b, 2), tensor.Zeros(other, 2)) }) {
				t.Errorf("backend %d, %s, has read the memory of backend %d, %s", i, b.Name(), j, other.Name())
			}
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// brief are the presets, and one that trains an adapter, with models of few
// numbers.
func brief() map[string]recipe.Recipe {
	all := map[string]recipe.Recipe{}
	for _, r := range recipe.Presets() {
		r.Model.Vocab, r.Model.Context, r.Model.Layers = 13, 16, min(2, r.Model.Layers)
		r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = 2, 2, 16, 24
		r.Model.Trigrams = min(64, r.Model.Trigrams)
		r.Batch, r.EvalBatches = 3, 1
		all[r.Preset] = r
	}
	r := recipe.FineTune(all["quick"], recipe.Lora, 1000)
	r.Batch, r.EvalBatches, r.Tuning.LoRA.Dropout = 3, 1, 0.1
	all["adapter"] = r
	return all
}

// made is a model of r on the CPU. unit's zeros would give an adapter nothing to
// learn and a writer nothing to say.
func made(r recipe.Recipe) *model.GPT {
	m := model.New(cpu.New(), r.Model)
	m.Init("gpt2", r.Seed)
	if r.Trains == recipe.Adapter {
		m.Adapt(r.Tuning.LoRA)
		m.InitAdapter(r.Seed)
	}
	return m
}

func begun(t *testing.T, m *model.GPT, r recipe.Recipe) *train.Run {
	t.Helper()
	ids := make([]int32, 1000)
	for i := range ids {
		ids[i] = int32((i*i/3 + i) % 13)
	}
	run, err := train.On(m, r, train.Data{Text: data.Corpus{IDs: ids, Bytes: len(ids)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	return run
}

// none is where nothing goes in or out.
var none backendtest.Transfers

// fetched are transfers out by some downloads of so many numbers in all.
func fetched(calls, floats int) backendtest.Transfers {
	return backendtest.Transfers{Download: backendtest.Transfer{Calls: calls, Floats: floats}}
}

// Training has the same bits on either backend. A step moves nothing but ids,
// targets and their weights, unless it is to be told what its loss was: a number,
// and the square of each gradient.
func TestTrainingOnAShadow(t *testing.T) {
	for name, r := range brief() {
		t.Run(name, func(t *testing.T) {
			shadow := backendtest.NewShadow()
			m := made(r)
			here, there := begun(t, m, r), begun(t, m.On(shadow), r)
			told := fetched(2, 1+len(there.Model.Trained))
			moved := func(what string, want backendtest.Transfers) {
				if got := shadow.Transfers(); got != want {
					t.Errorf("%s moves %+v, want %+v", what, got, want)
				}
			}
			shadow.Transfers()
			for i, want := range []backendtest.Transfers{told, none, none} {
				must(t, here.Step())
				must(t, there.Step())
				moved([]string{"step 0, which tells,", "step 1", "step 2"}[i], want)
			}
			must(t, here.Tell())
			must(t, there.Tell())
			moved("telling", told)
			must(t, there.Tell())
			moved("telling again", none)
			same(t, here, there)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same fails unless two runs have come to the same bits.
func same(t *testing.T, here, there *train.Run) {
	t.Helper()
	if here.Loss != there.Loss || here.GradNorm != there.GradNorm || here.GradNorm == 0 {
		t.Errorf("loss %v and norm %v, on the CPU %v and %v", there.Loss, there.GradNorm, here.Loss, here.GradNorm)
	}
	for i, p := range here.Model.Parameters {
		if !slices.Equal(p.Numbers(), there.Model.Parameters[i].Numbers()) {
			t.Errorf("%s is another than on the CPU", p.Name)
		}
	}
	moments := there.State().Moments
	for i, m := range here.State().Moments {
		if !slices.Equal(m.Numbers(), moments[i].Numbers()) {
			t.Errorf("%s is another than on the CPU", m.Name)
		}
	}
	want, _ := here.Evaluate(nil)
	if got, _ := there.Evaluate(nil); !slices.Equal(got.Measures, want.Measures) {
		t.Errorf("measures %v, on the CPU %v", got.Measures, want.Measures)
	}
}

// A run that has gone wrong is found, and goes back, on either.
func TestDivergenceOnAShadow(t *testing.T) {
	r := brief()["quick"]
	m := made(r).On(backendtest.NewShadow())
	run := begun(t, m, r)
	good := m.Weights.Numbers()
	m.Backend.Fill(m.Parameters[2], float32(math.NaN()))
	if err := run.Step(); err != train.ErrDiverged {
		t.Fatalf("a step with weights that are no numbers gave %v", err)
	}
	if !slices.Equal(m.Weights.Numbers(), good) {
		t.Error("the weights are not those that were kept")
	}
}

// A generator says the same on either backend, past the end of the context too,
// and fetches the logits of one token at a time.
func TestGeneratorOnAShadow(t *testing.T) {
	for name, r := range brief() {
		m, shadow := made(r), backendtest.NewShadow()
		here, there := model.NewGenerator(m), model.NewGenerator(m.On(shadow))
		shadow.Transfers()
		prompt := []int32{3, 1, 4, 1, 5}
		want, got := here.Prompt(prompt), there.Prompt(prompt)
		for i := range 2 * r.Model.Context {
			if moved := shadow.Transfers(); moved != fetched(1, 13) {
				t.Fatalf("%s: token %d moves %+v", name, i, moved)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s: the logits of token %d are %v, on the CPU %v", name, i, got, want)
			}
			id := int32(i * i % 13)
			want, got = here.Next(id), there.Next(id)
		}
	}
}

// A writer writes the same on either backend, and fetches in each pass the
// logits of the sequences that it reads.
func TestWriterOnAShadow(t *testing.T) {
	prompts := []model.Prompt{{IDs: []int32{3, 1, 4}, Seeds: []uint64{1, 2, 3}}, {IDs: []int32{1}, Seeds: []uint64{4}}}
	rule := model.Rule{Sampling: model.Sampling{Temperature: 1, TopP: 0.9}, Tokens: 20}
	for name, r := range brief() {
		m, shadow := made(r), backendtest.NewShadow()
		there := model.NewWriter(m.On(shadow))
		shadow.Transfers()
		logits := 2 // in the first pass: of each prompt
		got := there.Write(prompts, rule, func() bool {
			if moved := shadow.Transfers(); moved.Download.Floats != 13*logits || moved != fetched(1, moved.Download.Floats) {
				t.Errorf("%s: a pass that is to fetch the logits of %d moves %+v", name, logits, moved)
			}
			logits = 4
			return true
		})
		if want := model.NewWriter(m).Write(prompts, rule, nil); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: writes %v, on the CPU %v", name, got, want)
		}
	}
}
