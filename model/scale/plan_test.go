package scale

import (
	"errors"
	"testing"
)

// TestPlan has each plan keep what it promises, for texts and budgets of many sizes.
func TestPlan(t *testing.T) {
	for _, text := range []Text{TextOf(200_000, 60, 200_000), TextOf(1_115_394, 65, 1_115_394), TextOf(20_000_000, 3000, 60_000_000)} {
		for _, ops := range []float64{1e12, 1e13, 1e15} {
			p, err := New(text, 3, 2, Ratio, ops)
			if err != nil {
				t.Errorf("%v with %g: %v", text, ops, err)
				continue
			}
			if p.Ops() > ops || p.Next.Tokens > MostReadings*text.learns() {
				t.Errorf("%v with %g: %g operations, %d tokens", text, ops, p.Ops(), p.Next.Tokens)
			}
			all := append(append([]Size{}, p.Sizes...), p.Next)
			for i, s := range all {
				if err := s.Recipe(text, 1).Check(); err != nil {
					t.Errorf("%v with %g: %v", text, ops, err)
				}
				if s.Tokens < Ratio*s.Weights {
					t.Errorf("%v with %g: %d tokens for %d weights", text, ops, s.Tokens, s.Weights)
				}
				if i > 0 && (s.Ops < 1.8*all[i-1].Ops || s.Ops > 8*all[i-1].Ops) {
					t.Errorf("%v with %g: %g operations after %g", text, ops, s.Ops, all[i-1].Ops)
				}
			}
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	var short *TooShort
	if _, err := New(TextOf(20_000, 60, 20_000), 3, 2, Ratio, 1e13); !errors.As(err, &short) {
		t.Fatalf("a text of 20,000 characters: %v", err)
	}
	if _, err := New(Text{Tokens: short.Needs, Kinds: 60}, 3, 2, Ratio, 1e13); err != nil {
		t.Errorf("a text of %d characters, as many as were asked for: %v", short.Needs, err)
	}
	var dear *TooDear
	if _, err := New(TextOf(1_000_000, 60, 1_000_000), 3, 2, Ratio, 1e9); !errors.As(err, &dear) {
		t.Fatalf("a budget of nothing: %v", err)
	}
	if _, err := New(TextOf(1_000_000, 60, 1_000_000), 3, 2, Ratio, dear.Needs); err != nil {
		t.Errorf("a budget of as much as was asked for: %v", err)
	}
}

// TestTextOf cuts texts of many characters into bytes.
func TestTextOf(t *testing.T) {
	if text := TextOf(1000, 257, 3000); !text.Bytes || text.Tokens != 3000 {
		t.Errorf("257 different characters: %+v", text)
	}
	if text := TextOf(1000, 256, 3000); text.Bytes || text.Tokens != 1000 {
		t.Errorf("256 different characters: %+v", text)
	}
}

// TestAxes has ticks on the axes, and sizes within.
func TestAxes(t *testing.T) {
	p, err := New(TextOf(1_000_000, 65, 1_000_000), 3, 2, Ratio, 3e12)
	if err != nil {
		t.Fatal(err)
	}
	a := AxesOf(p.Sizes, p.Next, 2.1, 1.6)
	if n := len(a.OpsTicks()); n < 2 || n > 12 {
		t.Errorf("%d ticks of operations", n)
	}
	if n := len(a.LossTicks()); n < 4 || n > 12 {
		t.Errorf("%d ticks of losses", n)
	}
	if x, y := a.X(p.Next.Ops), a.Y(1.6); x <= 0.8 || x >= 1 || y <= 0.8 || y >= 1 {
		t.Errorf("the next size stands at %g, %g", x, y)
	}
}
