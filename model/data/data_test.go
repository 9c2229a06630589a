package data

import (
	"reflect"
	"slices"
	"testing"
)

func count(n int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(i)
	}
	return ids
}

func TestSplitSharesNothing(t *testing.T) {
	for _, c := range []struct{ n, train int }{{36, 27}, {50, 41}, {90, 81}, {100, 90}, {1001, 900}, {12345, 11110}} {
		train, val := Split(count(c.n), 8)
		if !slices.Equal(slices.Concat(train, val), count(c.n)) || len(train) != c.train {
			t.Errorf("%d ids were cut into %d and %d", c.n, len(train), len(val))
		}
	}
}

// MinTokens is enough for both parts, whatever the context.
func TestMinTokensIsEnough(t *testing.T) {
	for context := 1; context < 300; context++ {
		train, val := Split(count(MinTokens(context)), context)
		if len(val) < context+1 || len(train) < 3*(context+1) {
			t.Fatalf("context %d: %d ids are cut into %d and %d", context, MinTokens(context), len(train), len(val))
		}
	}
}

func TestTargetsFollowTheirInputs(t *testing.T) {
	s := NewSampler(count(100), 7, 9, 1)
	last := int32(0)
	for range 200 {
		b := s.Next()
		for i, x := range b.IDs {
			if b.Targets[i] != x+1 {
				t.Fatalf("after %d comes %d", x, b.Targets[i])
			}
			if i%9 > 0 && x != b.IDs[i-1]+1 {
				t.Fatalf("a row goes from %d to %d", b.IDs[i-1], x)
			}
			last = max(last, b.Targets[i])
		}
	}
	if last != 99 {
		t.Errorf("the last id that was drawn is %d, want 99", last)
	}
}

func TestSeedDecidesTheBatches(t *testing.T) {
	draw := func(s *Sampler) []int32 {
		return slices.Clone(s.Next().IDs)
	}
	a, b, c := NewSampler(count(5000), 4, 8, 1), NewSampler(count(5000), 4, 8, 1), NewSampler(count(5000), 4, 8, 2)
	first := draw(a)
	if !slices.Equal(first, draw(b)) || slices.Equal(first, draw(c)) {
		t.Error("the seed does not decide the batch")
	}
	if slices.Equal(first, draw(a)) {
		t.Error("the second batch is the first again")
	}
	a.Seed(1)
	if !slices.Equal(first, draw(a)) {
		t.Error("seeding again does not begin again")
	}
}

func TestTooFewIDsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a sampler took fewer ids than a sequence needs")
		}
	}()
	NewSampler(count(8), 1, 8, 1)
}

// The rows of a batch are a batch: its parts, one after the other, are the whole.
func TestRows(t *testing.T) {
	whole := Even(count(24), []int32{1, 2, -1, 4, 5, 6, -1, 8, 9, 10, 11, 12, 13, 14, 15, 16, -1, -1, 19, 20, 21, 22, 23, 24}, 4)
	whole.Spans = []int{4, 2, 6, 1, 2, 3, 6}
	var total float32
	for _, w := range whole.Weights {
		total += w
	}
	if total < 0.999 || total > 1.001 || whole.Weights[2] != 0 {
		t.Errorf("the weights %v add up to %v", whole.Weights, total)
	}
	for cut := range 5 {
		a, b := whole.Rows(0, cut, 6), whole.Rows(cut, 4, 6)
		again := Batch{slices.Concat(a.IDs, b.IDs), slices.Concat(a.Targets, b.Targets), slices.Concat(a.Weights, b.Weights), slices.Concat(a.Spans, b.Spans)}
		if !reflect.DeepEqual(again, whole) {
			t.Errorf("cut at %d: %+v and %+v", cut, a, b)
		}
		sum := 0
		for _, n := range a.Spans {
			sum += n
		}
		if sum != 6*cut {
			t.Errorf("the spans of %d rows are %v", cut, a.Spans)
		}
	}
}
