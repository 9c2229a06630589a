package kernel

import (
	"math"
	"testing"
)

// tolerance is |got-want| ≤ atol + rtol·|want|.
type tolerance struct{ atol, rtol float64 }

// usual suits a few float32 operations on numbers of order 1.
var usual = tolerance{1e-6, 2e-6}

// sumOf suits a sum of n products of order 1: each addition may lose half a
// unit in the last place of the sum so far.
func sumOf(n int) tolerance { return tolerance{1e-6 + 2e-7*float64(n), 2e-6} }

func (tol tolerance) holds(got float32, want float64) bool {
	g := float64(got)
	if math.IsNaN(want) || math.IsNaN(g) {
		return math.IsNaN(want) && math.IsNaN(g)
	}
	if math.IsInf(want, 0) || math.IsInf(g, 0) || math.Abs(want) > math.MaxFloat32 {
		return float32(want) == got
	}
	return math.Abs(g-want) <= tol.atol+tol.rtol*math.Abs(want)
}

func (tol tolerance) check(t *testing.T, got []float32, want []float64) {
	t.Helper()
	for i := range want {
		if !tol.holds(got[i], want[i]) {
			t.Fatalf("at %d of %d: got %v, want %v", i, len(want), got[i], want[i])
		}
	}
}
