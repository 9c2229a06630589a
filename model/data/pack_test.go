package data

import (
	"math"
	"math/rand/v2"
	"testing"
)

// told is a corpus of documents of many lengths; the ids of each are its number
// and the places in it, and its second half counts.
func told(n, longest int) (c Corpus) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		length := 2 + rng.IntN(longest-1)
		for at := range length {
			c.IDs = append(c.IDs, int32(1000*(i+1)+at))
			target := int32(-1)
			if at >= length/2 {
				target = int32(1000*(i+1) + at + 1)
			}
			c.Targets = append(c.Targets, target)
		}
		c.Lengths = append(c.Lengths, int32(length))
	}
	return c
}

// Each document comes whole, once an epoch, with its own targets; no span
// crosses a row, and the weights of a batch add up to 1.
func TestPacker(t *testing.T) {
	c := told(57, 20)
	p := NewPacker(c, 3, 24, 5)
	seen := make([]int, 57)
	filled, drawn := 0, 0
	for range 60 {
		b := p.Next()
		at, sum := 0, 0.0
		for _, n := range b.Spans {
			if at/24 != (at+n-1)/24 {
				t.Fatalf("a sequence of %d crosses from row %d", n, at/24)
			}
			for i := at; i < at+n; i++ {
				sum += float64(b.Weights[i])
				if (b.Targets[i] >= 0) != (b.Weights[i] > 0) {
					t.Fatalf("target %d has weight %v", b.Targets[i], b.Weights[i])
				}
				if b.IDs[at] > 0 && b.IDs[i] != b.IDs[at]+int32(i-at) {
					t.Fatalf("a sequence goes from %d to %d", b.IDs[at], b.IDs[i])
				}
			}
			if doc := int(b.IDs[at])/1000 - 1; doc >= 0 {
				seen[doc]++
				filled += n
				if int(c.Lengths[doc]) != n || b.Targets[at+n-1] != b.IDs[at+n-1]+1 {
					t.Fatalf("document %d of %d tokens comes as %d", doc, c.Lengths[doc], n)
				}
			}
			at += n
		}
		drawn += at
		if at != 3*24 || math.Abs(sum-1) > 1e-5 {
			t.Fatalf("a batch of %d tokens, weights of %v in all", at, sum)
		}
	}
	for doc, n := range seen {
		if n < seen[0]-1 || n > seen[0]+1 {
			t.Errorf("document %d came %d times, the first %d times", doc, n, seen[0])
		}
	}
	t.Logf("%.0f %% of the rows are filled", 100*float64(filled)/float64(drawn))
	if filled < drawn*3/4 {
		t.Errorf("%d of %d tokens are of documents", filled, drawn)
	}
}

func TestPackerFollowsItsSeed(t *testing.T) {
	c := told(30, 9)
	first := func(p *Packer) int32 {
		var sum int32
		for range 20 {
			sum = sum*31 + p.Next().IDs[0]
		}
		return sum
	}
	p := NewPacker(c, 2, 16, 1)
	one := first(p)
	p.Seed(1)
	if one != first(p) || one != first(NewPacker(c, 2, 16, 1)) || one == first(NewPacker(c, 2, 16, 2)) {
		t.Error("the seed does not decide the batches")
	}
}

func TestSplitDocuments(t *testing.T) {
	for _, n := range []int{2, 9, 10, 57} {
		c := told(n, 8)
		train, val := SplitDocuments(c)
		if len(val.Lengths) != max(1, n-n*9/10) || len(train.Lengths)+len(val.Lengths) != n || len(train.IDs)+len(val.IDs) != len(c.IDs) {
			t.Errorf("%d documents are cut into %d and %d", n, len(train.Lengths), len(val.Lengths))
		}
		if val.IDs[0]%1000 != 0 {
			t.Errorf("validation begins with %d", val.IDs[0])
		}
	}
}
