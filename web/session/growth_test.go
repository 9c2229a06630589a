package session

import (
	"strings"
	"testing"

	"hornbook/model/data/village"
)

// What is measured tells noise, words of the text, its sentences and what is
// only copied apart.
func TestGrowth(t *testing.T) {
	text := village.Text(1, 1<<18)
	g := newGrowth(text)
	other := string(village.Text(2, 1<<12))
	for _, c := range []struct {
		name, writing         string
		known, copied, spaces [2]float64
		sentences             bool
	}{
		{"nothing", "", [2]float64{0, 0}, [2]float64{0, 0}, [2]float64{0, 0}, false},
		{"noise", "xqzv wkjh q xxnv bcd zzk qpw vvx", [2]float64{0, 0.01}, [2]float64{0, 0}, [2]float64{0.5, 2}, false},
		{"no spaces", strings.Repeat("xq", 50), [2]float64{0, 0}, [2]float64{0, 0}, [2]float64{0, 0.01}, false},
		{"words in disorder", "the ball was of she and old to in day morning the had", [2]float64{1, 1}, [2]float64{0, 0}, [2]float64{0.5, 2}, false},
		{"other tales", other, [2]float64{0.98, 1}, [2]float64{0, 0.7}, [2]float64{0.8, 1.2}, true},
		{"copied", string(text[1000:2000]), [2]float64{0.98, 1}, [2]float64{0.9, 1}, [2]float64{0.8, 1.2}, true},
	} {
		got := g.of(c.writing)
		for what, is := range map[string]struct {
			got  float64
			want [2]float64
		}{"known": {got.Known, c.known}, "copied": {got.Copied, c.copied}, "spaces": {got.Spaces, c.spaces}} {
			if is.got < is.want[0] || is.got > is.want[1] {
				t.Errorf("%s: %s %v, want from %v to %v", c.name, what, is.got, is.want[0], is.want[1])
			}
		}
		if (got.Sentences > 2) != c.sentences {
			t.Errorf("%s: %d sentences", c.name, got.Sentences)
		}
	}
}
