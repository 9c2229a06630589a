package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// packedTogether is how much the sums of gradients over rows may differ where
// they are cut otherwise, of the largest gradient.
const packedTogether = 1e-6

// Sequences that are packed into one pass have the losses and gradients of
// those that are read one by one: none sees its neighbour.
func TestPackedEqualsAlone(t *testing.T) {
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		m.Train(allOf(c))
		lengths := []int{3, 8, 1, 4}
		n := 16
		b := data.Batch{IDs: make([]int32, n), Targets: make([]int32, n), Weights: make([]float32, n), Spans: lengths}
		for i := range n {
			b.IDs[i], b.Targets[i], b.Weights[i] = int32(i*5%c.Vocab), int32(i*3%c.Vocab), float32(i%3)/12
		}
		tape := tensor.NewTape(cpu.New())
		together := m.Grad(tape, b).Number()
		gradients := m.Gradients.Numbers()
		alone, sum, at := 0.0, make([]float64, len(gradients)), 0
		for _, length := range lengths {
			one := data.Batch{IDs: b.IDs[at : at+length], Targets: b.Targets[at : at+length], Weights: b.Weights[at : at+length], Spans: []int{length}}
			alone += float64(m.Grad(tape, one).Number())
			for i, g := range m.Gradients.Numbers() {
				sum[i] += float64(g)
			}
			at += length
		}
		if math.Abs(float64(together)-alone) > packedTogether*alone {
			t.Errorf("%s: together the loss is %v, one by one %v", name, together, alone)
		}
		largest := 0.0
		for _, g := range sum {
			largest = max(largest, math.Abs(g))
		}
		for i, g := range gradients {
			if math.Abs(float64(g)-sum[i]) > packedTogether*largest {
				t.Errorf("%s: gradient %d is %v together, %v one by one", name, i, g, sum[i])
				break
			}
		}
	}
}

// A token whose target has weight 0 and that nobody after it learns from has a
// gradient of exactly 0.
func TestUncountedTokensTeachNothing(t *testing.T) {
	c := forms()["qwen3"]
	m := model.New(cpu.New(), c)
	hashWeights(m)
	m.Train(allOf(c))
	b := data.Even([]int32{1, 2, 3, 4, 5, 6}, []int32{2, 3, -1, 5, -1, -1}, 2)
	b.IDs[5] = 9 // comes after all that counts
	m.Grad(tensor.NewTape(cpu.New()), b)
	row := m.Parameters[0].Grad.Numbers()[9*c.Channels:][:c.Channels]
	if slices.ContainsFunc(row, func(g float32) bool { return g != 0 }) {
		t.Errorf("the embedding of a token that nothing counts of has the gradient %v", row)
	}
	if row := m.Parameters[0].Grad.Numbers()[1*c.Channels:][:c.Channels]; !slices.ContainsFunc(row, func(g float32) bool { return g != 0 }) {
		t.Error("no token has a gradient")
	}
}

// A probe that gives back what it is shown changes nothing, wherever it looks;
// one that replaces it changes what follows.
func TestProbe(t *testing.T) {
	c := forms()["qwen3"]
	m := model.New(cpu.New(), c)
	hashWeights(m)
	ids, tape := []int32{3, 1, 4, 1, 5}, tensor.NewTape(cpu.New())
	logits := func(probe model.Probe) []float32 {
		tape.Reset(false)
		p := model.Whole(tape, ids, []int{len(ids)})
		p.Probe = probe
		return m.Forward(p).Numbers()
	}
	plain := logits(nil)
	shown := map[string][]int{}
	if seen := logits(func(place string, x *tensor.Tensor) *tensor.Tensor {
		shown[place] = slices.Clone(x.Dims)
		return x
	}); !slices.Equal(seen, plain) {
		t.Error("looking changes the logits")
	}
	stream, heads := []int{5, c.Channels}, []int{5, c.Heads, c.HeadSize()}
	for place, dims := range map[string][]int{"embedding": stream, "blocks.0.query": heads, "blocks.0.key": {5, c.KVHeads, c.HeadSize()},
		"blocks.1.value": {5, c.KVHeads, c.HeadSize()}, "blocks.1.heads": {5, c.Heads * c.HeadSize()}, "blocks.0.attention": stream,
		"blocks.1.mlp": stream, "blocks.1": stream, "norm": stream} {
		if !slices.Equal(shown[place], dims) {
			t.Errorf("at %s a tensor of %v is shown, want %v", place, shown[place], dims)
		}
		changed := logits(func(at string, x *tensor.Tensor) *tensor.Tensor {
			if at != place {
				return x
			}
			return tape.Scale(x, 0.5)
		})
		if slices.Equal(changed, plain) {
			t.Errorf("what is replaced at %s changes nothing", place)
		}
	}
	for place := range shown {
		if strings.HasPrefix(place, "blocks.2") {
			t.Errorf("a model of two blocks shows %s", place)
		}
	}
}

// allOf trains all of c.
func allOf(c model.Config) recipe.Recipe {
	return recipe.Recipe{Objective: recipe.LM, Trains: recipe.All, From: recipe.New, Model: c}
}

// Two passes on one tape leave each other's outcome alone, though each frees what it no
// longer needs: a student and its teacher are compared so.
func TestTwoPassesOnOneTape(t *testing.T) {
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		first, second := []int32{1, 2, 3, 4, 5}, []int32{5, 4, 3, 2, 1}
		tape := tensor.NewTape(cpu.New())
		alone := func(ids []int32) []float32 {
			tape.Reset(false)
			return slices.Clone(m.Forward(model.Whole(tape, ids, []int{len(ids)})).Numbers())
		}
		wantFirst, wantSecond := alone(first), alone(second)
		tape.Reset(false)
		a := m.Forward(model.Whole(tape, first, []int{len(first)}))
		b := m.Forward(model.Whole(tape, second, []int{len(second)}))
		if !slices.Equal(a.Numbers(), wantFirst) || !slices.Equal(b.Numbers(), wantSecond) {
			t.Errorf("%s: a pass changed what the other gave", name)
		}
	}
}
