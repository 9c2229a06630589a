package model_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// DeepSeek's form: logits, losses, gradients, the loads of experts and steps of training
// are those of a model in PyTorch that is written as the papers have it.
func TestDeepSeekFollowsPyTorch(t *testing.T) {
	for name, c := range deepSeekCases(t) {
		t.Run(name, func(t *testing.T) { c.follow(t) })
	}
}

func deepSeekCases(t *testing.T) map[string]goldenCase {
	t.Helper()
	text, err := os.ReadFile("testdata/deepseek.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) < 4 {
		t.Fatalf("deepseek.json has only %d cases", len(g.Cases))
	}
	return g.Cases
}

// The parts of a batch add up to the whole, in loss and gradients.
func TestDeepSeekBatches(t *testing.T) {
	m, b := deepSeek(t)
	r, _ := recipe.ByName("deepseek")
	r.Model = m.Config
	m.Train(r)
	tape := tensor.NewTape(cpu.New())
	loss := float64(m.Grad(tape, b).Number())
	whole := m.Gradients.Numbers()
	parts, sum := make([]float64, len(whole)), 0.0
	for row := range 4 {
		sum += float64(m.Grad(tape, b.Rows(row, row+1, m.Context)).Number())
		for i, g := range m.Gradients.Numbers() {
			parts[i] += float64(g)
		}
	}
	if off := math.Abs(sum - loss); off > 1e-6 {
		t.Errorf("the losses of parts are off by %.2g", off)
	}
	for i, g := range whole {
		if off := math.Abs(float64(g) - parts[i]); off > 1e-6*(1+math.Abs(parts[i])) {
			t.Fatalf("gradient %d of the whole is %v, of its parts together %v", i, g, parts[i])
		}
	}
}

// No token counts what comes after it, nor those of another sequence beside it; a
// sequence of one token has no word after the next.
func TestDeepSeekSequences(t *testing.T) {
	m, b := deepSeek(t)
	tape := tensor.NewTape(cpu.New())
	tape.Reset(false)
	packed := m.Forward(model.Whole(tape, b.IDs[:24], []int{1, 13, 10})).Numbers()
	at := 0
	for _, n := range []int{1, 13, 10} {
		tape.Reset(false)
		alone := m.Forward(model.Whole(tape, b.IDs[at:at+n], []int{n})).Numbers()
		for i, z := range alone {
			if off := math.Abs(float64(packed[at*m.Vocab+i] - z)); off > 1e-6 {
				t.Fatalf("a sequence of %d beside others is off by %.2g", n, off)
			}
		}
		at += n
	}
	short := data.Batch{IDs: b.IDs[:3], Targets: b.Targets[:3], Weights: []float32{1, 1, 1}, Spans: []int{1, 1, 1}}
	r, _ := recipe.ByName("deepseek")
	r.Model = m.Config
	m.Train(r)
	if loss := m.Grad(tape, short).Number(); !(loss > 0) {
		t.Errorf("sequences of one token have a loss of %v", loss)
	}
	if right, all := m.Expects(tape, short, nil); right != 0 || all != 0 {
		t.Errorf("of sequences of one token %d of %d second words are right", right, all)
	}
}

// deepSeek is a small model of the form, and the batch that its golden steps begin with.
func deepSeek(t *testing.T) (*model.GPT, data.Batch) {
	c := deepSeekCases(t)["deepseek"]
	m := model.New(cpu.New(), c.Model)
	hashWeights(m)
	return m, window(c.Model, 0, 4)
}

// What a token's experts say adds up to what the loads count, and the router alone deals
// otherwise where there is a balance.
func TestTurns(t *testing.T) {
	m, b := deepSeek(t)
	for i, p := range m.Config.Tensors() {
		if p.Role == recipe.Load {
			balance := make([]float32, m.Config.Experts.Count)
			balance[0] = 5 // so that all tokens go to the first
			m.Parameters[i].Upload(balance)
		}
	}
	tape, with, alone := tensor.NewTape(cpu.New()), m.NewLoads(), m.NewLoads()
	m.Expects(tape, b, with)
	m.LoadsAlone(tape, b, alone)
	ids := b.IDs[:10]
	turns := m.Turns(tape, ids)
	for block := range m.Layers {
		if !m.Mixed(block) {
			if turns[block] != nil {
				t.Errorf("block %d has no experts and tells of %v", block, turns[block])
			}
			continue
		}
		if with[block][0] != len(b.IDs) || alone[block][0] == len(b.IDs) {
			t.Errorf("block %d: with the balance %v, without %v", block, with[block], alone[block])
		}
		for i := range ids {
			sum, first := 0.0, false
			for _, turn := range turns[block][i] {
				sum += turn.Weight
				first = first || turn.Expert == 0
			}
			if !first || len(turns[block][i]) != m.Config.Experts.Chosen || math.Abs(sum-m.Config.Experts.Scale) > 1e-5 {
				t.Errorf("block %d: token %d goes to %+v", block, i, turns[block][i])
			}
		}
	}
}
