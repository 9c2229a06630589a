package train

import (
	"math"
	"testing"

	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// conversations is a corpus of documents of which the later half counts.
func conversations(n int) Data {
	var c data.Corpus
	for i := range n {
		length := 3 + i*7%14
		for at := range length {
			c.IDs = append(c.IDs, int32((i+at*at)%13))
			target := int32(-1)
			if at >= length/2 {
				target = int32((i + (at+1)*(at+1)) % 13)
			}
			c.Targets = append(c.Targets, target)
		}
		c.Lengths = append(c.Lengths, int32(length))
	}
	return Data{Text: c}
}

// splitTolerance is how much a loss or a gradient may differ where a batch is
// divided otherwise, of the largest.
const splitTolerance = 1e-6

// However a batch is divided, among ranks or into steps of the memory's size,
// its loss and its gradient are the same: of a text, of masked and padded rows,
// and of packed conversations, in which rows count very different numbers of
// tokens.
func TestAnyDivisionIsTheSameBatch(t *testing.T) {
	masked := func() data.Batch { // one target in the first row, all in the others
		ids, targets := rhyme(8*16), rhyme(8*16 + 1)[1:]
		for i := 1; i < 16; i++ {
			targets[i] = -1
		}
		for i := 40; i < 48; i++ { // padding
			targets[i], ids[i] = -1, 0
		}
		return data.Even(ids, targets, 8)
	}
	r := brief("quick")
	for name, batch := range map[string]func() data.Batch{
		"masked": masked,
		"text":   func() data.Batch { return data.NewSampler(rhyme(500), 8, 16, 3).Next() },
		"packed": func() data.Batch { return data.NewPacker(conversations(60).Text, 8, 16, 3).Next() },
	} {
		m := blank(cpu.New(), r)
		m.Init("gpt2", 3)
		m.Train(r)
		tape, b := tensor.NewTape(cpu.New()), batch()
		want := float64(m.Grad(tape, b).Number())
		whole := m.Gradients.Numbers()
		largest := 0.0
		for _, g := range whole {
			largest = max(largest, math.Abs(float64(g)))
		}
		for parts := 2; parts <= 8; parts++ {
			var loss float64
			sum := make([]float64, len(whole))
			for i := range parts {
				lo, hi := i*8/parts, (i+1)*8/parts
				loss += float64(m.Grad(tape, b.Rows(lo, hi, 16)).Number())
				for j, g := range m.Gradients.Numbers() {
					sum[j] += float64(g)
				}
			}
			if math.Abs(loss-want) > splitTolerance*want {
				t.Errorf("%s in %d parts: the loss is %v, want %v", name, parts, loss, want)
			}
			for j, g := range sum {
				if math.Abs(g-float64(whole[j])) > splitTolerance*largest {
					t.Fatalf("%s in %d parts: gradient %d is %v, want %v (the largest is %v)", name, parts, j, g, whole[j], largest)
				}
			}
		}
	}
}

// A step whose rows go through the model in several passes learns what it learns in one,
// and so with what an adapter drops; an evaluation says the same.
func TestPasses(t *testing.T) {
	r := brief("quick")
	r.Trains, r.From, r.Batch = recipe.Adapter, recipe.Existing, 8
	r.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 4, Dropout: 0.3, Targets: "query,down"}
	var want []float32
	var loss float64
	for most := 8; most > 0; most -= 3 {
		m := blank(cpu.New(), r)
		m.Init("gpt2", 3)
		m.InitAdapter(4)
		p, err := newReplica(m, r, Data{Text: data.Corpus{IDs: rhyme(900)}})
		if err != nil {
			t.Fatal(err)
		}
		p.batch = p.plan.batches.Next()
		p.backwardIn(0, 8, most)
		evaluated := make([]float32, 2)
		eval.Losses(evaluated, 0, most, m, p.tape, p.plan.sets[0].batches, 1, nil)
		got, sum := m.Gradients.Numbers(), p.lossPart()+eval.Mean(evaluated)
		if want == nil {
			want, loss = got, sum
		}
		largest := 0.0
		for _, g := range want {
			largest = max(largest, math.Abs(float64(g)))
		}
		for i, g := range got {
			if math.Abs(float64(g-want[i])) > splitTolerance*largest || math.Abs(sum-loss) > splitTolerance*loss {
				t.Fatalf("%d rows a pass: gradient %d is %v, want %v; losses %v, want %v", most, i, g, want[i], sum, loss)
			}
		}
	}
}

// Fine-tuning on conversations goes the same way with 1, 2 and 3 ranks.
func TestSharedConversations(t *testing.T) {
	r := brief("quick")
	r.Objective, r.Steps = recipe.SFT, 12
	var want []float64
	for size := 1; size <= 3; size++ {
		run, err := New(r, conversations(60))
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Share(size, Goroutines); err != nil {
			t.Fatal(err)
		}
		got := steps(t, run, 12)
		run.Close()
		if size == 1 {
			want = got
		}
		for i := range got {
			if math.Abs(got[i]-want[i]) > ranksTolerance {
				t.Errorf("with %d ranks the losses go %v, with one %v", size, got, want)
				break
			}
		}
	}
	if want[11] >= want[0] {
		t.Errorf("nothing is learned: %v", want)
	}
}
