package model_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/optim"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// golden.json is PyTorch's account of a few steps; golden.py made it.
type golden struct {
	Cases map[string]goldenCase `json:"cases"`
}

type goldenCase struct {
	Model   recipe.Model       `json:"model"`
	Recipe  goldenRecipe       `json:"recipe"`
	Steps   int                `json:"steps"`
	Packed  bool               `json:"packed"`
	Logits  summary            `json:"logits"`
	Losses  []float64          `json:"losses"`
	Grads   map[string]summary `json:"grads"`
	Weights map[string]summary `json:"weights"`
}

// goldenRecipe is the part of a recipe that golden.py needs.
type goldenRecipe struct {
	Batch         int     `json:"batch"`
	Steps         int     `json:"steps"`
	Optimizer     string  `json:"optimizer"`
	LearningRate  float64 `json:"learning_rate"`
	MuonRate      float64 `json:"muon_rate"`
	FinalFraction float64 `json:"final_fraction"`
	WarmUp        int     `json:"warm_up"`
	Beta1         float64 `json:"beta1"`
	Beta2         float64 `json:"beta2"`
	Momentum      float64 `json:"momentum"`
	WeightDecay   float64 `json:"weight_decay"`
	Clip          float64 `json:"clip"`
}

func (g goldenRecipe) recipe() recipe.Recipe {
	return recipe.Recipe{Batch: g.Batch, Steps: g.Steps, Optimizer: g.Optimizer, LearningRate: g.LearningRate,
		MuonRate: g.MuonRate, FinalFraction: g.FinalFraction, WarmUp: g.WarmUp, Schedule: "cosine", Beta1: g.Beta1,
		Beta2: g.Beta2, Momentum: g.Momentum, WeightDecay: g.WeightDecay, Clip: g.Clip}
}

// summary is what is kept of an array of numbers.
type summary struct {
	Norm       float64   `json:"norm"`
	Projection float64   `json:"projection"`
	Some       []float32 `json:"some"`
}

// Tolerances against PyTorch: both sides are float32, and differ only in the
// order of sums.
const (
	lossTolerance   = 1e-4 // nats a token, absolute, after up to ten steps
	packedTolerance = 1e-5 // the same of packed batches, after twenty
	gradTolerance   = 1e-3 // of the array's norm
)

// noise is golden.py's hash: n numbers in [-1, 1).
func noise(seed, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		h := uint32(i+1)*2654435761 + uint32(seed)*40503
		h ^= h >> 15
		h *= 2246822519
		h ^= h >> 13
		out[i] = float32(float64(h)/(1<<31) - 1)
	}
	return out
}

func hashWeights(m *model.GPT) {
	for i, p := range m.Parameters {
		weights := noise(i+1, p.Len())
		for j, x := range weights {
			switch {
			case len(p.Dims) >= 2:
				x *= 0.05
			case p.Name[len(p.Name)-4:] == "gain":
				x = 1 + x*0.1
			case strings.HasSuffix(p.Name, "balance"):
				x *= 0.01
			default:
				x *= 0.1
			}
			weights[j] = x
		}
		p.Upload(weights)
	}
}

// window is golden.py's batch: rows of a sequence that can be learned.
func window(c recipe.Model, step, rows int) data.Batch {
	var x, y []int32
	for b := range rows {
		at := (step*977 + b*131) % 1009
		for j := at; j <= at+c.Context; j++ {
			id := int32(((j*j+3*j)/5%97 + j%3) % c.Vocab)
			if j < at+c.Context {
				x = append(x, id)
			}
			if j > at {
				y = append(y, id)
			}
		}
	}
	return data.Even(x, y, rows)
}

// pack is golden.py's packing: two sequences a row, of which the last two
// thirds count.
func pack(b *data.Batch, context, step int) {
	rows := len(b.Spans)
	b.Spans = nil
	var counted int
	for row := range rows {
		first := 5 + (step*3+row*7)%(context-10)
		for _, n := range []int{first, context - first} {
			b.Spans = append(b.Spans, n)
			counted += n - 1 - n/3
		}
	}
	at := 0
	for _, n := range b.Spans {
		for i := range n {
			b.Weights[at+i] = 0
			if n/3 <= i && i < n-1 {
				b.Weights[at+i] = 1 / float32(counted)
			}
		}
		at += n
	}
}

func TestFollowsPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) < 10 {
		t.Fatalf("golden.json has only %d cases", len(g.Cases))
	}
	for name, c := range g.Cases {
		if testing.Short() && name == "nanogpt-cpu" { // takes ten times as long as all others
			continue
		}
		t.Run(name, func(t *testing.T) { c.follow(t) })
	}
}

func (c goldenCase) follow(t *testing.T) {
	m := model.New(cpu.New(), c.Model)
	hashWeights(m)
	tape := tensor.NewTape(cpu.New())
	r := c.Recipe.recipe()
	r.Model = c.Model
	m.Train(r)
	o, clipper := optim.New(m.Backend, r, m.Parameters), optim.NewClipper(m.Backend, r, m.Parameters)
	tape.Reset(false)
	first := window(c.Model, 0, r.Batch)
	c.Logits.compare(t, "logits", m.Forward(model.Whole(tape, first.IDs, first.Spans)).Numbers())
	worst := 0.0
	for step := range c.Steps {
		b := window(c.Model, step, r.Batch)
		if c.Packed {
			pack(&b, c.Model.Context, step)
		}
		loss := m.Grad(tape, b).Number()
		worst = max(worst, math.Abs(float64(loss)-c.Losses[step]))
		if step == 0 {
			for _, p := range m.Parameters {
				c.Grads[p.Name].compare(t, "gradient of "+p.Name, p.Grad.Numbers())
			}
		}
		clipper.Measure()
		clipper.Clip()
		o.Step()
	}
	if worst > lossTolerance {
		t.Errorf("a loss is off by %.2g, more than %g", worst, lossTolerance)
	}
	if c.Packed && worst > packedTolerance {
		t.Errorf("a loss is off by %.2g, more than %g", worst, packedTolerance)
	}
	for _, p := range m.Parameters {
		c.Weights[p.Name].compare(t, "trained "+p.Name, p.Numbers())
	}
	t.Logf("%d steps: losses within %.2g of PyTorch's", c.Steps, worst)
}

// compare fails where got is not the array that s was made of.
func (s summary) compare(t *testing.T, what string, got []float32) {
	t.Helper()
	if len(s.Some) == 0 {
		t.Fatalf("%s: not in golden.json", what)
	}
	var square, projection float64
	for i, w := range noise(77, len(got)) {
		square += float64(got[i]) * float64(got[i])
		projection += float64(got[i]) * float64(w)
	}
	off := math.Abs(math.Sqrt(square) - s.Norm)
	off = max(off, math.Abs(projection-s.Projection))
	for i, want := range s.Some {
		off = max(off, math.Abs(float64(got[i*len(got)/len(s.Some)]-want)))
	}
	if off > gradTolerance*s.Norm+1e-9 || math.IsNaN(off) {
		t.Errorf("%s: off by %.2g of its norm %.3g, more than %g", what, off/s.Norm, s.Norm, gradTolerance)
	}
}
