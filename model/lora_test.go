package model_test

import (
	"math"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// An adapter's gradients are those of finite differences, in every form, on
// whichever matrices, with dropout.
func TestAdapterGradients(t *testing.T) {
	for form, c := range forms() {
		for _, targets := range []string{"query,key,value,output,gate,up,down", "query", "value,down", "up"} {
			l := recipe.LoRA{Rank: 2, Alpha: 6, Dropout: 0.2, Targets: targets}
			m := model.New(c)
			m.Init("gpt2", 1)
			m.Adapt(l)
			m.InitAdapter(2)
			for i := range m.Weights { // B too
				m.Weights[i] += float32(math.Sin(float64(7*i))) * 0.1
			}
			m.Train(recipe.Recipe{Trains: recipe.Adapter, Model: c, Tuning: recipe.Tuning{LoRA: l}})
			differences(t, form+" "+targets, m)
		}
	}
}

// differencesTolerance of a slope of losses in float32, over a step of 1/64.
const differencesTolerance = 3e-3

func differences(t *testing.T, what string, m *model.GPT) {
	tape := tensor.NewTape(cpu.New())
	ids, targets := make([]int32, 2*m.Context), make([]int32, 2*m.Context)
	for i := range ids {
		ids[i], targets[i] = int32(i*5%m.Vocab), int32(i*3%m.Vocab)
	}
	loss := func() float64 {
		m.Draw(tensor.Draw{Seed: 5, Row: 1, Time: m.Context})
		return float64(m.Grad(tape, data.Even(ids, targets, 2)))
	}
	loss()
	for _, p := range m.Trained {
		for i := 0; i < p.Len(); i += 1 + p.Len()/5 {
			loss()
			got, at := float64(p.Grad.Data[i]), p.Data[i]
			const h = 1.0 / 64
			p.Data[i] = at + h
			up := loss()
			p.Data[i] = at - h
			want := (up - loss()) / (2 * h)
			p.Data[i] = at
			if math.Abs(got-want) > differencesTolerance*(1+math.Abs(want)) {
				t.Errorf("%s: the gradient of %s at %d is %v, want %v", what, p.Name, i, got, want)
			}
		}
	}
}
