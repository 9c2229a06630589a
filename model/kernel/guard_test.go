package kernel

import (
	"math"
	"testing"
)

// guards words on both sides of a slice catch stray writes. Their value is a
// NaN that no kernel makes, so a stray read shows as well.
const guards = 24

var guardWord = math.Float32frombits(0x7fc0beef)

type guarded struct{ all, x []float32 }

func guard(x []float32) guarded {
	all := make([]float32, len(x)+2*guards)
	for i := range all {
		all[i] = guardWord
	}
	g := guarded{all, all[guards : guards+len(x) : guards+len(x)]}
	copy(g.x, x)
	return g
}

func (g guarded) check(t *testing.T) {
	t.Helper()
	for i, v := range g.all {
		if (i < guards || i >= guards+len(g.x)) && math.Float32bits(v) != math.Float32bits(guardWord) {
			t.Fatalf("stray write %d beside a slice of %d", i-guards, len(g.x))
		}
	}
}

// padding sets or checks the guard words between the rows of m, whose data has
// rows·stride numbers.
func (m Matrix) padding(visit func(p *float32)) {
	for i := range m.Rows {
		for j := m.Cols; j < m.Stride; j++ {
			visit(&m.Data[i*m.Stride+j])
		}
	}
}
