package eval

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data/chat"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/tokenizer"

	"gonum.org/v1/gonum/stat/combin"
)

// near is for numbers that were computed in float64 in two ways.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestPassAt(t *testing.T) {
	for k, want := range map[int]float64{1: .25, 2: .464285714285714, 4: .785714285714286, 7: 1, 8: 1} {
		if got := passAt(8, 2, k); !near(got, want) {
			t.Errorf("pass@%d of 2 in 8 is %v, want %v", k, got, want)
		}
	}
	for n := 1; n <= 20; n++ {
		for c := range n + 1 {
			for k := 1; k <= n; k++ {
				want := 1.0
				if n-c >= k {
					want = 1 - float64(combin.Binomial(n-c, k))/float64(combin.Binomial(n, k))
				}
				if got := passAt(n, c, k); !near(got, want) {
					t.Fatalf("pass@%d of %d in %d is %v, want %v", k, c, n, got, want)
				}
			}
		}
	}
	r := Result{Samples: 8, Right: []int{2, 0, 8}}
	if got := r.PassAt(1); !near(got, (.25+0+1)/3) {
		t.Errorf("the mean is %v", got)
	}
}

// A model of zeros holds all tokens for as likely and takes the first: what it
// replies is known.
func TestExam(t *testing.T) {
	examples := []task.Example{{Prompt: "a", Answer: "!!!"}, {Prompt: "a longer one", Answer: "b"}, {Prompt: "c", Answer: "!!!."}}
	for _, specials := range [][]string{nil, chat.Specials} {
		tok, err := tokenizer.NewChars([]byte("!abcdefghijklmnopqrstuvwxyz \n"), specials...)
		if err != nil {
			t.Fatal(err)
		}
		c := recipe.Base().Model
		c.Vocab, c.Layers, c.Channels, c.Heads, c.KVHeads, c.Hidden, c.Context = tok.Size(), 1, 16, 2, 2, 16, 32
		m := model.New(cpu.New(), c)
		e := Exam{Examples: examples, Verifier: task.Exact, Samples: 1, Tokens: 3}
		passes := 0
		r, whole := e.Take(NewAsker(tok), model.NewWriter(m).Write, func() bool { passes++; return true })
		want := "" // the first token ends the line
		if specials != nil {
			want = "\n\n\n"
		}
		if !whole || passes == 0 || r.Replies[1][0] != want {
			t.Errorf("the reply is %q after %d passes", r.Replies, passes)
		}
		if cut := map[bool]int{false: 0, true: len(examples)}[specials != nil]; r.Cut != cut {
			t.Errorf("%d replies were cut, want %d", r.Cut, cut)
		}
		e.Samples, e.Heat = 8, 1
		one, _ := e.Take(NewAsker(tok), model.NewWriter(m).Write, nil)
		e.Seed = 1
		two, _ := e.Take(NewAsker(tok), model.NewWriter(m).Write, nil)
		alone := e
		alone.Examples = examples[:1]
		if first, _ := alone.Take(NewAsker(tok), model.NewWriter(m).Write, nil); !slices.Equal(first.Replies[0], two.Replies[0]) {
			t.Errorf("beside others the first example's replies are %q, alone %q", two.Replies[0], first.Replies[0])
		}
		if len(one.Replies[0]) != 8 || slices.EqualFunc(one.Replies, two.Replies, slices.Equal) {
			t.Errorf("8 samples of two seeds are %q and %q", one.Replies, two.Replies)
		}
		if _, whole := e.Take(NewAsker(tok), model.NewWriter(m).Write, func() bool { return false }); whole {
			t.Error("an exam that was to end was whole")
		}
	}
}
