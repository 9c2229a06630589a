package kernel

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
)

// A product is one case of Matmul. The strides exceed the widths by extra.
type product struct {
	m, n, k    int
	ta, tb     bool
	accumulate bool
	extra      int
}

func (p product) String() string {
	return fmt.Sprintf("%d×%d×%d transposed %v %v accumulate %v stride +%d", p.m, p.n, p.k, p.ta, p.tb, p.accumulate, p.extra)
}

// strided is a rows×cols matrix within guard words, also between its rows.
func strided(rows, cols, extra int, transposed bool, fill func(int) []float32) (Matrix, guarded) {
	r, c := rows, cols
	if transposed {
		r, c = c, r
	}
	m := Matrix{Rows: r, Cols: c, Stride: c + extra}
	g := guard(fill(r * m.Stride))
	m.Data = g.x
	m.padding(func(p *float32) { *p = guardWord })
	if transposed {
		return m.T(), g
	}
	return m, g
}

// refToo tells whether the reference is tested beside the fast path: without one it is what
// Matmul calls, and other lengths of vectors do not change it.
var refToo = Fast && os.Getenv("HORNBOOK_VECTOR_BITS") == ""

// check runs the fast path and the reference and compares both with the sum
// in float64.
func (p product) check(t *testing.T, fill func(int) []float32, tol tolerance, ws *Workspace) {
	t.Helper()
	a, ga := strided(p.m, p.k, p.extra, p.ta, fill)
	b, gb := strided(p.k, p.n, p.extra, p.tb, fill)
	c, gc := strided(p.m, p.n, p.extra, false, fill)
	ref, _ := strided(p.m, p.n, p.extra, false, fill)
	want := p.want(a, b, c)
	Matmul(c, a, b, p.accumulate, ws)
	if refToo {
		MatmulRef(ref, a, b, p.accumulate)
	}
	for i := range p.m {
		for j := range p.n {
			if got := c.at(i, j); !tol.holds(got, want[i*p.n+j]) {
				t.Fatalf("%v: Matmul at %d,%d: got %v, want %v", p, i, j, got, want[i*p.n+j])
			}
			if got := ref.at(i, j); refToo && !tol.holds(got, want[i*p.n+j]) {
				t.Fatalf("%v: MatmulRef at %d,%d: got %v, want %v", p, i, j, got, want[i*p.n+j])
			}
		}
	}
	for _, g := range []guarded{ga, gb, gc} {
		g.check(t)
	}
	c.padding(func(x *float32) {
		if *x == *x {
			t.Fatalf("%v: write between the rows of C", p)
		}
	})
}

func (p product) want(a, b, c Matrix) []float64 {
	want := make([]float64, p.m*p.n)
	row := make([]float64, p.k)
	for i := range p.m {
		for l := range row {
			row[l] = float64(a.at(i, l))
		}
		for j := range p.n {
			var sum float64
			for l, v := range row {
				sum += v * float64(b.at(l, j))
			}
			if p.accumulate {
				sum += float64(c.at(i, j))
			}
			want[i*p.n+j] = sum
		}
	}
	return want
}

// forms are the ways to call Matmul at one size.
func forms(m, n, k, extra int) (all []product) {
	for f := range 8 {
		all = append(all, product{m, n, k, f&1 > 0, f&2 > 0, f&4 > 0, extra})
	}
	return all
}

// smallSizes are 0 to 20; in WebAssembly, where the reference is slow, those
// that matter to tiles of 4×8.
func smallSizes() (sizes []int) {
	if runtime.GOARCH == "wasm" || testing.Short() {
		return []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20}
	}
	for n := range 21 {
		sizes = append(sizes, n)
	}
	return sizes
}

func TestMatmulSmall(t *testing.T) {
	var ws Workspace
	for _, m := range smallSizes() {
		for _, n := range smallSizes() {
			for _, k := range smallSizes() {
				for _, p := range forms(m, n, k, (m+n+k)%3) {
					p.check(t, integers, tolerance{}, &ws)
				}
			}
		}
	}
}

// Sizes around every block of the cache blocking, and some at random.
func TestMatmulLarge(t *testing.T) {
	var ws Workspace
	sizes := [][3]int{
		{1, 65, 131}, {3, 70, 97}, {64, 64, 32}, {64, 32, 64}, {65, 33, 700}, {130, 70, 5},
		{127, 257, 3}, {129, 255, 31}, {260, 65, 17}, {5, 530, 259}, {97, 300, 12},
	}
	r := rand.New(rand.NewPCG(1, 2))
	some := 12
	if testing.Short() {
		some = 4
	}
	for range some {
		sizes = append(sizes, [3]int{1 + r.IntN(150), 1 + r.IntN(150), 1 + r.IntN(600)})
	}
	for i, s := range sizes {
		for _, p := range forms(s[0], s[1], s[2], i%4) {
			p.check(t, noise, sumOf(p.k), &ws)
		}
	}
}

// A NaN or an infinity in A or B reaches its row or column of C, and nothing
// else: what pads a tile stays out.
func TestMatmulSpecial(t *testing.T) {
	var ws Workspace
	for _, size := range [][3]int{{1, 5, 9}, {7, 9, 5}, {33, 65, 31}, {130, 70, 300}} {
		for _, p := range forms(size[0], size[1], size[2], 1) {
			for _, bad := range []float32{inf, -inf, nan} {
				spoiled := func(n int) []float32 {
					x := noise(n)
					if n > 3 {
						x[n/2] = bad
					}
					return x
				}
				p.check(t, spoiled, sumOf(p.k), &ws)
			}
		}
	}
}

func TestMatmulAllocates(t *testing.T) {
	a, b, c := noiseMatrix(70, 300, true), noiseMatrix(300, 270, true), noiseMatrix(70, 270, false)
	row, out := noiseMatrix(1, 300, false), noiseMatrix(1, 270, false)
	var ws Workspace
	Matmul(c, a, b, false, &ws)
	allocs := testing.AllocsPerRun(10, func() {
		Matmul(c, a, b, true, &ws)
		Matmul(out, row, b, true, &ws)
	})
	if allocs != 0 {
		t.Fatalf("%v allocations", allocs)
	}
}

// A symmetric product is the product, to the bit where sums are exact, and the
// same on both sides of the diagonal.
func TestMatmulSymmetric(t *testing.T) {
	var ws Workspace
	for _, n := range []int{0, 1, 2, 3, 5, 8, 13, 31, 32, 64, 65, 97, 128, 200, 344, 530} {
		for _, transposed := range []bool{false, true} {
			for _, accumulate := range []bool{false, true} {
				x := strideless(37, n, !transposed)
				c, want := Mat(integers(n*n), n, n), Mat(make([]float32, n*n), n, n)
				mirror(c)
				copy(want.Data, c.Data)
				MatmulSymmetric(c, x, x.T(), accumulate, &ws)
				MatmulRef(want, x, x.T(), accumulate)
				for i, v := range want.Data {
					if c.Data[i] != v {
						t.Fatalf("%d×%d, transposed %v, accumulate %v: at %d,%d got %v, want %v", n, n, transposed, accumulate, i/n, i%n, c.Data[i], v)
					}
				}
			}
		}
	}
}

// strideless is a matrix of n rows of k small whole numbers.
func strideless(k, n int, rowMajor bool) Matrix {
	if rowMajor {
		return Mat(integers(n*k), n, k)
	}
	return Mat(integers(n*k), k, n).T()
}

// What a causal product computes is the product to the bit.
func TestMatmulCausal(t *testing.T) {
	var ws Workspace
	for _, rows := range []int{1, 2, 4, 5, 6, 7, 12, 16, 31, 64, 200} {
		for _, past := range []int{0, 1, 3, 8, 64, 600} {
			cols := rows + past
			a, b := strideless(33, rows, true), strideless(33, cols, true)
			c, want := Mat(make([]float32, rows*cols), rows, cols), Mat(make([]float32, rows*cols), rows, cols)
			MatmulCausal(c, a, b.T(), &ws)
			MatmulRef(want, a, b.T(), false)
			for i := range rows {
				for j := range past + i + 1 {
					if got := c.at(i, j); got != want.at(i, j) {
						t.Fatalf("%d×%d: at %d,%d got %v, want %v", rows, cols, i, j, got, want.at(i, j))
					}
				}
			}
		}
	}
}
