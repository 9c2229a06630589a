package recipe

import (
	"math"
	"testing"
)

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		share     float64
		n         int
		low, high float64
	}{{0.85, 200, 0.7939, 0.8929}, {0, 10, 0, 0.2775}, {1, 10, 0.7225, 1}} {
		if low, high := Wilson(c.share, c.n); math.Abs(low-c.low) > 5e-4 || math.Abs(high-c.high) > 5e-4 {
			t.Errorf("%v of %d lies from %v to %v, want %v to %v", c.share, c.n, low, high, c.low, c.high)
		}
	}
}
