package webgpu

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall/js"
	"testing"

	"hornbook/model"
	"hornbook/model/backendtest"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/eval"
	"hornbook/model/opcheck"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/tokenizer"
)

// opened is the card of these tests: the one that HORNBOOK_GPU=required asks for, or one
// that happens to be there.
var opened = sync.OnceValues(Open)

func card(t *testing.T) *Card {
	t.Helper()
	c, err := opened()
	if err != nil {
		if os.Getenv("HORNBOOK_GPU") == "required" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return c
}

func TestBackend(t *testing.T) {
	c := card(t)
	t.Logf("%s, a program: %v, at most %d numbers in one piece", c.Name, c.Software, c.most)
	backendtest.Run(t, func() tensor.Backend { return New(c) })
}

func TestOps(t *testing.T) {
	if err := opcheck.Compare(New(card(t)), cpu.New(), nil); err != nil {
		t.Error(err)
	}
}

// Everything is computed to the same bits twice.
func TestSameBits(t *testing.T) {
	c := card(t)
	step := func() []float32 {
		r, _ := recipe.ByName("tiny")
		run := begun(t, r, c, nil)
		if err := run.Step(); err != nil {
			t.Fatal(err)
		}
		return run.Model.Weights.Numbers()
	}
	if a, b := step(), step(); !slices.Equal(a, b) {
		t.Error("a step has other bits the second time")
	}
}

// small is r with as few weights as still have its shape.
func small(r recipe.Recipe) recipe.Recipe {
	m := &r.Model
	m.Vocab, m.Layers, m.Channels, m.Hidden, m.Context = 33, 1, 32, 48, 20
	m.Heads, m.KVHeads = min(m.Heads, 4), min(m.KVHeads, 2)
	if m.Heads%m.KVHeads != 0 {
		m.KVHeads = m.Heads
	}
	r.Batch, r.Steps, r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 3, 24, 12, 1, 1, 0
	return r
}

// begun is a run on the card, or for nil on the processor, from the same weights.
func begun(t *testing.T, r recipe.Recipe, c *Card, failing func(why string)) *train.Run {
	t.Helper()
	r = small(r)
	ids := make([]int32, 4000)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range ids {
		ids[i] = int32(i*i+rng.IntN(5)) % int32(r.Model.Vocab)
	}
	run, err := train.New(r, train.Data{Text: data.Corpus{IDs: ids, Bytes: len(ids)}})
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		if err := run.Use(New(c), failing); err != nil {
			t.Fatal(err)
		}
	}
	return run
}

// Steps of each preset have the processor's losses.
func TestTrains(t *testing.T) {
	c := card(t)
	for _, r := range recipe.Presets() {
		t.Run(r.Preset, func(t *testing.T) {
			host, device := begun(t, r, nil, nil), begun(t, r, c, nil)
			for step := range 5 {
				for _, run := range []*train.Run{host, device} {
					if err := run.Step(); err != nil {
						t.Fatal(err)
					}
					if err := run.Tell(); err != nil {
						t.Fatal(err)
					}
				}
				if off := math.Abs(host.Loss - device.Loss); !(off <= 1e-3) {
					t.Fatalf("step %d: the card's loss is %v, the processor's %v", step, device.Loss, host.Loss)
				}
			}
			t.Logf("at last %.6f and %.6f", host.Loss, device.Loss)
		})
	}
}

// Steps of every kind agree with the processor's: of rewards, of preferences by an adapter
// and by all weights, of a student, of conversations.
func TestPosttrains(t *testing.T) {
	c := card(t)
	tok, err := tokenizer.NewChars([]byte("01EO"), chat.Specials...)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := chat.Of(tok)
	parity, _ := task.ByName("parity")
	try := func(name string, r recipe.Recipe, d train.Data) {
		t.Run(name, func(t *testing.T) {
			r.Model.Vocab = tok.Size()
			m := model.New(cpu.New(), r.Model)
			if r.Trains == recipe.Adapter {
				m.Adapt(r.Tuning.LoRA)
				m.InitAdapter(r.Seed)
			}
			m.Init("gpt2", 3)
			run, err := train.On(m, r, d)
			if err != nil {
				t.Fatal(err)
			}
			trial, err := run.Try(New(c), nil)
			if err != nil {
				t.Error(err)
			}
			t.Logf("steps were apart by %.1e of them, losses by %.1e", trial.Apart, trial.LossOff)
		})
	}
	r, _ := recipe.ByName("r1")
	r.Model.Layers, r.Model.Channels, r.Model.Hidden, r.Batch = 1, 32, 48, 4
	w := &r.Rewards
	w.Prompts, w.Group, w.Examples, w.KL, w.ReplyMost = 2, 4, 50, .05, 8
	d := train.Data{Ask: new(eval.NewAsker(tok))}
	d.Text, _ = template.Corpus(parity.Demonstrations(task.Mix{Working: .5}, 1, 50), r.Model.Context)
	if d.Job, err = train.NewJob(r, parity); err != nil {
		t.Fatal(err)
	}
	try("conversations", r, d)
	w.WarmUp = 0
	r.Steps = 12
	try("rewards", r, d)

	r = small(recipe.Presets()[1])
	r.From, r.Objective, r.Steps, r.Rewards = recipe.Existing, recipe.DPO, 12, recipe.Rewards{}
	r.Preferences = recipe.Preferences{Loss: "sigmoid", Beta: 0.1, Pairs: 4}
	sequence := func(i, by int) data.Sequence {
		ids := make([]int32, 12)
		for j := range ids {
			ids[j] = int32((i + j*by) % 4)
		}
		return data.Sequence{IDs: ids, Prompt: 3}
	}
	d = train.Data{}
	for i := range 20 {
		d.Chosen, d.Rejected = append(d.Chosen, sequence(i, 1)), append(d.Rejected, sequence(i, 3))
	}
	try("preferences", r, d)
	r.Trains, r.Tuning.LoRA = recipe.Adapter, recipe.LoRA{Rank: 2, Alpha: 4, Targets: "query,up"}
	try("preferences, adapter", r, d)

	r = recipe.Distilled(small(recipe.Presets()[1]), "teacher")
	r.Steps, r.Distillation.Beta = 12, .5
	d = train.Data{Teacher: r.Model, Text: data.Corpus{}}
	d.Teacher.Channels, d.Teacher.Hidden, d.Teacher.Vocab = 48, 64, tok.Size()
	for i := range 2000 {
		d.Text.IDs = append(d.Text.IDs, int32(i*i%4))
	}
	teacher := model.New(cpu.New(), d.Teacher)
	teacher.Init("gpt2", 9)
	d.Frozen = teacher.Weights.Numbers()
	try("a student", r, d)
}

// plain is a recipe of few operations.
func plain() recipe.Recipe {
	r := small(recipe.Presets()[0])
	r.Optimizer = "adamw"
	return r
}

// work is a run whose steps are looked at, and the most calls that one of them may be.
type work struct {
	name  string
	r     recipe.Recipe
	calls int
}

func works() []work {
	nano, _ := recipe.ByName("nanogpt-cpu")
	wide := nano
	m := &wide.Model
	m.Layers, m.Heads, m.KVHeads, m.Channels, m.Hidden, m.Context, wide.Batch = 6, 6, 6, 384, 1536, 256, 4
	stories, _ := recipe.ByName("stories")
	return []work{{"nanogpt-cpu", nano, 420}, {"6 layers of 384 channels", wide, 620}, {"stories", stories, 1600}}
}

// on is the work's run on a backend, which reads nothing back until it is told to.
func (w work) on(t testing.TB, b tensor.Backend) *train.Run {
	t.Helper()
	w.r.Model.Vocab = 65
	ids := make([]int32, 20000)
	for i := range ids {
		ids[i] = int32(i * i % 65)
	}
	run, err := train.On(model.New(b, w.r.Model), w.r, train.Data{Text: data.Corpus{IDs: ids}})
	if err != nil {
		t.Fatal(err)
	}
	run.Done = 1
	return run
}

func (w work) flops() float64 { return w.r.Model.FLOPsPerToken() * float64(w.r.TokensPerStep()) }

// A step is few calls: what it costs a card however small the model is. The numbers of their
// operands are what it must move at least.
func TestCalls(t *testing.T) {
	c := card(t)
	for _, w := range works() {
		w.r.Batch = 1
		run, before := w.on(t, New(c)), c.asked
		if err := run.Step(); err != nil {
			t.Fatal(err)
		}
		calls, numbers := c.asked.calls-before.calls, c.asked.numbers-before.numbers
		t.Logf("%s: %d calls, %.0f MB, %.1f GFLOP a step: %.0f operations a byte", w.name, calls, 4*float64(numbers)/1e6, w.flops()/1e9, w.flops()/4/float64(numbers))
		if calls > w.calls {
			t.Errorf("%s: a step is %d calls, at most %d were expected", w.name, calls, w.calls)
		}
	}
}

// Steps on the card and on the processor's one core, of wasm.
func BenchmarkStep(b *testing.B) {
	c, err := opened()
	if err != nil {
		b.Skip(err)
	}
	for _, w := range works() {
		for name, backend := range map[string]tensor.Backend{"card": New(c), "processor": cpu.New()} {
			b.Run(name+"/"+w.name, func(b *testing.B) {
				run := w.on(b, backend)
				step := func() {
					if err := run.Step(); err != nil {
						b.Fatal(err)
					}
				}
				step()
				if err := run.Tell(); err != nil {
					b.Fatal(err)
				}
				b.ResetTimer() // b.Loop would stop it before the card is done
				for range b.N {
					step()
				}
				if err := run.Tell(); err != nil { // waits for the card
					b.Fatal(err)
				}
				b.ReportMetric(w.flops()*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// own is a card of a test's own, which may do to it what it likes.
func own(t *testing.T) *Card {
	t.Helper()
	card(t)
	c, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// A device that is destroyed in the middle of a run is left, and the run ends.
func TestDestroyed(t *testing.T) {
	c, r := own(t), plain()
	var why string
	run := begun(t, r, c, func(s string) { why = s })
	outcome, err := run.Loop(train.Hooks{Stepped: func() {
		if run.Done == 19 && why == "" {
			c.js.Get("device").Call("destroy")
		}
	}})
	if outcome != train.Finished || err != nil || run.Device() != "cpu" || why == "" {
		t.Errorf("%v, %v, on %s, because %q", outcome, err, run.Device(), why)
	}
}

// A shader that computes something else, or cannot be compiled, is found before a run, and
// in one.
func TestBrokenShader(t *testing.T) {
	was := rmsnorm.source
	defer func() { rmsnorm.source = was }()
	for what, source := range map[string]string{
		"a wrong number": strings.Replace(was, "set_y(at + i, v);", "set_y(at + i, v * select(1.0, 1.5, i == 17u));", 1),
		"wrong numbers":  strings.Replace(was, "set_y(at + i, v);", "set_y(at + i, v * 1.5);", 1),
		"a stray write":  strings.Replace(was, "set_y(at + i, v);", "set_y(at + i, v); if (row == 0u && i == 0u) { set_y(4294967295u, 7.0); }", 1),
		"no WGSL":        strings.Replace(was, "set_y(at + i, v);", "nonsense", 1),
	} {
		rmsnorm.source = was
		r, why := plain(), ""
		rmsnorm.source = source
		if err := opcheck.Compare(New(own(t)), cpu.New(), nil); err == nil {
			t.Errorf("%s is not found", what)
		} else {
			t.Logf("%s: %v", what, err)
		}
		if strings.HasPrefix(what, "a ") { // too little to be seen in one step of a new model
			continue
		}
		run := begun(t, r, own(t), func(s string) { why = s })
		outcome, err := run.Loop(train.Hooks{})
		t.Logf("%s, in a run: %s", what, why)
		if outcome != train.Finished || err != nil || run.Device() != "cpu" || why == "" {
			t.Errorf("%s: %v, %v, on %s, because %q", what, outcome, err, run.Device(), why)
		}
	}
}

// Without an adapter, or with too little memory, there is an error and nothing else.
func TestRefused(t *testing.T) {
	c := own(t)
	c.most = 1 << 12
	run := begun(t, recipe.Presets()[0], nil, nil)
	var lost tensor.Lost
	if err := run.Use(New(c), nil); !errors.As(err, &lost) || run.Device() != "cpu" {
		t.Errorf("with no room: %v, on %s", err, run.Device())
	}
	if err := run.Step(); err != nil {
		t.Error(err)
	}
	gpu := js.Global().Get("navigator").Get("gpu")
	js.Global().Get("navigator").Set("gpu", js.Undefined())
	defer js.Global().Get("navigator").Set("gpu", gpu)
	if _, err := Open(); !errors.Is(err, ErrNone) {
		t.Errorf("with no card: %v", err)
	}
}
