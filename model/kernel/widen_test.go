package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// narrowNoise is n narrow numbers of order 1, subnormal ones and both zeros among them.
func narrowNoise(n int, brain bool) Narrow {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	x := Narrow{make([]uint16, n), brain}
	for i := range x.Bits {
		bits, top := uint16(r.Uint32()), uint16(0x3C00) // up to 2, of either sign
		if brain {
			top = 0x3F80
		}
		x.Bits[i] = bits&0x8000 | bits&0x7FFF%top
	}
	return x
}

func TestWiden(t *testing.T) {
	for _, brain := range []bool{false, true} {
		for cols := 1; cols < 40; cols++ {
			for _, rows := range []int{0, 1, 3} {
				stride := cols + rows%2*cols%5
				x := narrowNoise(rows*stride, brain)
				got, want := guard(make([]float32, rows*cols)), make([]float32, rows*cols)
				Widen(got.x, x, cols, stride)
				WidenRef(want, x, cols, stride)
				for i := range want {
					if math.Float32bits(got.x[i]) != math.Float32bits(want[i]) {
						t.Fatalf("%d×%d, stride %d, brain %v: at %d got %v, want %v", rows, cols, stride, brain, i, got.x[i], want[i])
					}
				}
				got.check(t)
			}
		}
	}
}

// Every finite number of 16 bits is widened as its reference does it.
func TestWidenAll(t *testing.T) {
	for _, brain := range []bool{false, true} {
		x := Narrow{Brain: brain}
		for bits := range 1 << 16 {
			if infinite := uint16(0x7C00); !brain && uint16(bits)&infinite == infinite {
				continue
			}
			x.Bits = append(x.Bits, uint16(bits))
		}
		got, want := make([]float32, len(x.Bits)), make([]float32, len(x.Bits))
		Widen(got, x, len(got), len(got))
		WidenRef(want, x, len(want), len(want))
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%#04x, brain %v: got %v, want %v", x.Bits[i], brain, got[i], want[i])
			}
		}
	}
}

// A product with a narrow B has the bits of the one with the same numbers in float32.
func TestMatmulNarrow(t *testing.T) {
	var ws, steady Workspace
	steady.Steady = true
	for _, size := range [][3]int{{1, 5, 9}, {1, 130, 40}, {2, 300, 33}, {4, 64, 64}, {5, 31, 7}, {7, 530, 100}, {97, 70, 600}, {130, 65, 31}} {
		for _, p := range forms(size[0], size[1], size[2], 3) {
			if p.ta {
				continue // a gradient of weights, which narrow ones have none of
			}
			rows, cols := p.k, p.n
			if p.tb {
				rows, cols = cols, rows
			}
			for _, brain := range []bool{false, true} {
				x := narrowNoise(rows*cols, brain)
				wide := make([]float32, len(x.Bits))
				WidenRef(wide, x, cols, cols)
				narrow, same := NarrowMat(x, rows, cols), Mat(wide, rows, cols)
				if p.tb {
					narrow, same = narrow.T(), same.T()
				}
				a, _ := strided(p.m, p.k, p.extra, false, noise)
				for _, ws := range []*Workspace{&ws, &steady} {
					got, guarded := strided(p.m, p.n, p.extra, false, noise)
					want, _ := strided(p.m, p.n, p.extra, false, noise)
					Matmul(got, a, narrow, p.accumulate, ws)
					Matmul(want, a, same, p.accumulate, ws)
					for i := range p.m {
						for j := range p.n {
							if math.Float32bits(got.at(i, j)) != math.Float32bits(want.at(i, j)) {
								t.Fatalf("%v, brain %v: at %d,%d got %v, want %v", p, brain, i, j, got.at(i, j), want.at(i, j))
							}
						}
					}
					guarded.check(t)
				}
			}
		}
	}
}
