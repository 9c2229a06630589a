package data

import (
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
		s.Next()
		for i, x := range s.X {
			if s.Y[i] != x+1 {
				t.Fatalf("after %d comes %d", x, s.Y[i])
			}
			if i%9 > 0 && x != s.X[i-1]+1 {
				t.Fatalf("a row goes from %d to %d", s.X[i-1], x)
			}
			last = max(last, s.Y[i])
		}
	}
	if last != 99 {
		t.Errorf("the last id that was drawn is %d, want 99", last)
	}
}

func TestSeedDecidesTheBatches(t *testing.T) {
	draw := func(s *Sampler) []int32 {
		s.Next()
		return slices.Clone(s.X)
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
