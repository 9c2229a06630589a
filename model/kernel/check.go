package kernel

import "unsafe"

// need is the first n numbers of x, which must be there.
func need(x []float32, n int) []float32 {
	if len(x) < n {
		panic("kernel: slice too short")
	}
	return x[:n]
}

// together panics unless every x is as long as dst, and is dst itself or
// apart from it.
func together(dst []float32, xs ...[]float32) {
	for _, x := range xs {
		need(x, len(dst))
		apart(dst, x)
	}
}

// apart panics if dst overlaps x without being x: a loop over vectors would
// read what it has just written.
func apart(dst, x []float32) {
	if len(dst) > 0 && len(x) > 0 && &dst[0] != &x[0] && overlap(dst, x) {
		panic("kernel: slices overlap")
	}
}

// separate panics if two of xs overlap.
func separate(xs ...[]float32) {
	for i, x := range xs {
		for _, y := range xs[:i] {
			if overlap(x, y) {
				panic("kernel: slices overlap")
			}
		}
	}
}

func overlap(x, y []float32) bool {
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	return address(x) < address(y)+uintptr(4*len(y)) && address(y) < address(x)+uintptr(4*len(x))
}

func address(x []float32) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(x))) }
