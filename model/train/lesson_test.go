package train

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// said are lessons of a few prompts, some of which several share.
func said(rng *rand.Rand, vocab int) (list []lesson) {
	for range 4 {
		prompt := make([]int32, 1+rng.IntN(6))
		for i := range prompt {
			prompt[i] = rng.Int32N(int32(vocab))
		}
		for range 1 + rng.IntN(3) {
			ids := slices.Clone(prompt)
			for range 1 + rng.IntN(5) {
				ids = append(ids, rng.Int32N(int32(vocab)))
			}
			list = append(list, lesson{Sequence: data.Sequence{IDs: ids, Prompt: len(prompt)}})
		}
	}
	return list
}

// A prompt that several lessons share is read once, and they say of every token what
// they say when each is read alone; so do the gradients.
func TestSharedPrompts(t *testing.T) {
	for _, name := range []string{"nanogpt-cpu", "quick", "speedrun"} {
		r, _ := recipe.ByName(name)
		r = func() recipe.Recipe {
			b := brief(name)
			b.Model.Lookback, b.Model.Trigrams = r.Model.Lookback, r.Model.Trigrams
			return b
		}()
		m := model.New(cpu.New(), r.Model)
		m.Init("gpt2", 5)
		m.Train(r)
		tape := tensor.NewTape(m.Backend.Beside(false))
		list := said(rand.New(rand.NewPCG(8, 0)), r.Model.Vocab)
		var alone, together []float64
		var gradients [2][]float32
		m.Backend.Fill(m.Gradients, 0)
		learn := func(part []lesson) (nats []float64) {
			in := pack(part)
			tape.Reset(true)
			losses := tape.TokenLoss(m.Forward(in.pass(tape)), in.targets)
			weights := make([]float32, len(in.ids))
			for i, one := range in.learned(part, losses.Numbers()) {
				for j, x := range one {
					nats = append(nats, float64(x))
					in.learned(part, weights)[i][j] = float32(1+j) / 10
				}
			}
			tape.Accumulate(tape.Weigh(losses, weights), m.Trained)
			return nats
		}
		for i := range list {
			alone = append(alone, learn(list[i:i+1])...)
		}
		gradients[0] = m.Gradients.Numbers()
		m.Backend.Fill(m.Gradients, 0)
		together = learn(list)
		gradients[1] = m.Gradients.Numbers()
		if !closeTo(alone, together, 1e-5) || !closeTo(float64s(gradients[0]), float64s(gradients[1]), 1e-4) {
			t.Errorf("%s: together the losses or gradients are others", name)
		}
		all := 0
		for _, l := range list {
			all += len(l.IDs) - 1
		}
		if n := len(pack(list).ids); n >= all {
			t.Errorf("%d rows are read of %d", n, all)
		}
	}
}

func float64s(x []float32) (y []float64) {
	for _, v := range x {
		y = append(y, float64(v))
	}
	return y
}

// closeTo compares with a tolerance relative to 1 and more.
func closeTo(a, b []float64, tolerance float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x-y <= tolerance*max(1, x) && y-x <= tolerance*max(1, x) })
}

// Lessons are dealt and cut in whole units, none is lost and each rank has its part.
func TestLessonsAreDealt(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	for range 50 {
		list := said(rng, 13)
		list = list[:len(list)/2*2]
		for unit := 1; unit <= 2; unit++ {
			for size := 1; size <= 4; size++ {
				var all []lesson
				for rank := range size {
					part := dealt(list, unit, rank, size)
					if len(part)%unit != 0 {
						t.Fatalf("a unit of %d is cut", unit)
					}
					for _, run := range portions(part, unit, 20) {
						if len(run)%unit != 0 {
							t.Fatalf("a unit of %d is cut into portions", unit)
						}
						all = append(all, run...)
					}
				}
				if fmt.Sprint(all) != fmt.Sprint(list) {
					t.Fatalf("%d ranks: %v were dealt as %v", size, list, all)
				}
			}
		}
		if got := decodeLessons(encodeLessons(list)); fmt.Sprint(got) != fmt.Sprint(list) {
			t.Fatalf("%v travel as %v", list, got)
		}
	}
}
