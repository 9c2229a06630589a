package ui

import (
	"slices"
	"testing"

	"hornbook/web/protocol"
)

// The phases follow each other as a model learns.
func TestPhases(t *testing.T) {
	for _, c := range []struct {
		g    protocol.Growth
		want string
	}{
		{protocol.Growth{Spaces: 0.1}, "letters"}, {protocol.Growth{Spaces: 4}, "letters"}, {protocol.Growth{Spaces: 1, Known: 0.1}, "spaces"},
		{protocol.Growth{Spaces: 1, Known: 0.6, Sentences: 2}, "words"}, {protocol.Growth{Spaces: 1, Known: 0.95, Sentences: 3, Copied: 0.1}, "sentences"},
		{protocol.Growth{Spaces: 1, Known: 1}, "words"}, {protocol.Growth{Spaces: 1, Known: 1, Sentences: 3, Copied: 0.8}, "copies"},
	} {
		if got := phase(c.g); got != c.want {
			t.Errorf("%+v is called %q, want %q", c.g, got, c.want)
		}
	}
}

// The strip has the first, the last and each beginning of a phase, however many
// pieces there are.
func TestStripOfGrowth(t *testing.T) {
	p, _ := trained()
	p.Samples = nil
	for step := range 100 {
		g := protocol.Growth{Spaces: 1, Known: float64(step) / 100, Sentences: 1}
		p.Apply(&protocol.Sample{Step: step, Text: "x", Growth: g})
	}
	got := pre(p).grown()
	if len(got) != mostGrown || got[0] != 0 || got[len(got)-1] != 99 || !slices.Contains(got, 40) || !slices.Contains(got, 85) {
		t.Errorf("it shows %v", got)
	}
	has(t, drawAt(t, p, "pretrain"), "shapes of words", "whole sentences", "99 % of its words stand in the text")
}
