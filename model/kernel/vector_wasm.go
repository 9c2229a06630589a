//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// The blocks below do the first numbers of their kernel, a multiple of 16, and
// say how many; none where a call would cost more than it saves.
const blockFrom = 256

func blockLen(n int) int {
	if n < blockFrom {
		return 0
	}
	return n &^ 15
}

func addBlock(dst, x, y []float32) (done int)    { return binary(addLoop, dst, x, y) }
func mulBlock(dst, x, y []float32) (done int)    { return binary(mulLoop, dst, x, y) }
func mulAddBlock(dst, x, y []float32) (done int) { return binary(mulAddLoop, dst, x, y) }

func binary(loop func(dst, x, y unsafe.Pointer, n int), dst, x, y []float32) (done int) {
	if done = blockLen(len(dst)); done > 0 {
		loop(start(dst), start(x), start(y), done)
	}
	return done
}

func axpyBlock(dst []float32, a float32, x []float32) (done int) {
	if done = blockLen(len(dst)); done > 0 {
		axpyLoop(start(dst), a, start(x), done)
	}
	return done
}

func scaleBlock(dst []float32, a float32, x []float32) (done int) {
	if done = blockLen(len(dst)); done > 0 {
		scaleLoop(start(dst), a, start(x), done)
	}
	return done
}

func adamwBlock(w, g, m, v []float32, s AdamWStep) (done int) {
	if done = blockLen(len(w)); done > 0 {
		c1, c2 := s.corrections()
		numbers := [9]float32{s.Beta1, 1 - s.Beta1, s.Beta2, 1 - s.Beta2, 1 / c1, 1 / c2, s.Eps, 1 - s.LR*s.WeightDecay, -s.LR}
		adamwLoop(start(w), start(g), start(m), start(v), done, &numbers)
	}
	return done
}

//go:noescape
func addLoop(dst, x, y unsafe.Pointer, n int)

//go:noescape
func mulLoop(dst, x, y unsafe.Pointer, n int)

//go:noescape
func mulAddLoop(dst, x, y unsafe.Pointer, n int)

//go:noescape
func axpyLoop(dst unsafe.Pointer, a float32, x unsafe.Pointer, n int)

//go:noescape
func scaleLoop(dst unsafe.Pointer, a float32, x unsafe.Pointer, n int)

//go:noescape
func adamwLoop(w, grad, m, v unsafe.Pointer, n int, s *[9]float32)
