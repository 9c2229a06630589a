package half

import (
	"math"
	"testing"
)

// Every half comes back; between two neighbours the nearer is taken, and in
// the middle the even one.
func TestHalvesAreRounded(t *testing.T) {
	for h := range uint16(0x7C00) {
		for _, sign := range []uint16{0, 0x8000} {
			if got, fits := To(From(h | sign)); got != h|sign || !fits {
				t.Fatalf("%#04x came back as %#04x", h|sign, got)
			}
		}
		if h == 0x7BFF {
			continue
		}
		low, high := From(h), From(h+1)
		middle := low + (high-low)/2 // exact: a float32 has more digits
		below, above := math.Nextafter32(middle, 0), math.Nextafter32(middle, 1e9)
		for _, c := range []struct {
			x    float32
			want uint16
		}{{below, h}, {middle, h + h&1}, {above, h + 1}} {
			if got, _ := To(c.x); got != c.want {
				t.Fatalf("%v became %#04x, want %#04x", c.x, got, c.want)
			}
		}
	}
	for _, c := range []struct {
		x    float32
		fits bool
	}{{65504, true}, {65519, true}, {65520, false}, {-1e30, false}, {float32(math.Inf(1)), true}, {float32(math.NaN()), true}, {1e-30, true}} {
		h, fits := To(c.x)
		if back := From(h); fits != c.fits || (back != back) != (c.x != c.x) {
			t.Errorf("%v became %v, fits %v", c.x, back, fits)
		}
	}
}
