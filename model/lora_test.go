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
		all := []string{"query,key,value,output,gate,up,down", "query", "value,down", "up"}
		if testing.Short() {
			all = all[:1]
		}
		for _, targets := range all {
			l := recipe.LoRA{Rank: 2, Alpha: 6, Dropout: 0.2, Targets: targets}
			m := model.New(cpu.New(), c)
			m.Init("gpt2", 1)
			m.Adapt(l)
			m.InitAdapter(2)
			weights := m.Weights.Numbers()
			for i := range weights { // B too
				weights[i] += float32(math.Sin(float64(7*i))) * 0.1
			}
			m.Weights.Upload(weights)
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
		return float64(m.Grad(tape, data.Even(ids, targets, 2)).Number())
	}
	loss()
	for _, p := range m.Trained {
		for i := 0; i < p.Len(); i += 1 + p.Len()/5 {
			loss()
			got, weights := float64(p.Grad.Numbers()[i]), p.Numbers()
			const h = 1.0 / 64
			move := func(by float32) {
				weights[i] += by
				p.Upload(weights)
			}
			move(h)
			up := loss()
			move(-2 * h)
			want := (up - loss()) / (2 * h)
			move(h)
			if math.Abs(got-want) > differencesTolerance*(1+math.Abs(want)) {
				t.Errorf("%s: the gradient of %s at %d is %v, want %v", what, p.Name, i, got, want)
			}
		}
	}
}
