package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// Attend is its reference and what both must compute, for heads of all sizes
// that share keys or not and any number of keys, which lie among others.
func TestAttend(t *testing.T) {
	var ws Workspace
	for _, d := range []int{1, 4, 7, 8, 16, 24, 32, 48, 64, 128} {
		for _, h := range [][2]int{{1, 1}, {4, 4}, {6, 2}, {8, 1}} {
			for _, keys := range []int{1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17, 31, 33, 64, 100} {
				heads, kv := h[0], h[1]
				stride := kv*d + 3
				q, k, v := noise(heads*d), noise(keys*stride), noise(keys*stride)
				view := func(x []float32) Matrix { return Matrix{Data: x, Rows: keys, Cols: kv * d, Stride: stride} }
				const scale = 0.3
				y, sums := noise(heads*d), noise(2*heads)
				ref, refSums := noise(heads*d), noise(2*heads)
				Attend(y, sums, q, view(k), view(v), d, scale, &ws)
				AttendRef(ref, refSums, q, view(k), view(v), d, scale)
				want, wantSums := wantAttend(widen(q), widen(k), widen(v), d, heads/kv, keys, stride, scale)
				t.Run(fmt.Sprintf("%d heads of %d by %d, %d keys", heads, d, kv, keys), func(t *testing.T) {
					tol := sumOf(2*d + keys)
					tol.check(t, y, want)
					tol.check(t, sums, wantSums)
					tol.check(t, ref, want)
					tol.check(t, refSums, wantSums)
				})
			}
		}
	}
}

// Attend writes nothing but y and sums.
func TestAttendWritesNoMore(t *testing.T) {
	for _, d := range []int{7, 16, 32} {
		for _, keys := range []int{1, 4, 5, 17} {
			y, sums, q, k, v := guard(noise(2*d)), guard(noise(4)), guard(noise(2*d)), guard(noise(keys*2*d)), guard(noise(keys*2*d))
			Attend(y.x, sums.x, q.x, Mat(k.x, keys, 2*d), Mat(v.x, keys, 2*d), d, 1, new(Workspace))
			for _, g := range []guarded{y, sums, q, k, v} {
				g.check(t)
			}
		}
	}
}

func wantAttend(q, k, v []float64, d, share, keys, stride int, scale float64) (y, sums []float64) {
	for h := range len(q) / d {
		at := func(x []float64, j, i int) float64 { return x[j*stride+h/share*d+i] }
		scores := make([]float64, keys)
		for j := range scores {
			scores[j] = total(d, func(i int) float64 { return q[h*d+i] * at(k, j, i) })
		}
		most := slices.Max(scores)
		sum := total(keys, func(j int) float64 { return math.Exp(scale * (scores[j] - most)) })
		for i := range d {
			y = append(y, total(keys, func(j int) float64 { return math.Exp(scale*(scores[j]-most)) / sum * at(v, j, i) }))
		}
		sums = append(sums, most, 1/sum)
	}
	return y, sums
}
