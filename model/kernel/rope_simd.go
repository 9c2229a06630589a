//go:build goexperiment.simd && !purego

package kernel

import "simd"

// RoPE is RoPERef, fast.
func RoPE(y, x, cos, sin []float32, t, h, d, first int) {
	rotateFast(y, x, cos, sin, t, h, d, first, 1, false)
}

// RoPEGrad is RoPEGradRef, fast.
func RoPEGrad(dx, dy, cos, sin []float32, t, h, d, first int) {
	rotateFast(dx, dy, cos, sin, t, h, d, first, -1, true)
}

func rotateFast(y, x, cos, sin []float32, t, h, d, first int, sign float32, add bool) {
	checkRotate(y, x, cos, sin, t, h, d, first)
	half := d / 2
	if rotateBlock(y, x, cos[first*half:], sin[first*half:], t, h, half, sign, add) {
		return
	}
	for r := range len(x) / (h * d) {
		at := (first + r%t) * half
		c, s := cos[at:at+half], sin[at:at+half]
		for head := range h {
			i := (r*h + head) * d
			rotateHead(y[i:i+d], x[i:i+d], c, s, sign, add)
		}
	}
}

// rotateHead rotates one head, of 2·len(cos) numbers.
func rotateHead(y, x, cos, sin []float32, sign float32, add bool) {
	half, i := len(cos), 0
	d, p, pc, ps := start(y), start(x), start(cos), start(sin)
	turn := simd.BroadcastFloat32s(sign)
	w := turn.Len()
	for ; i+w <= half; i += w {
		lo, hi := load(p, i), load(p, half+i)
		c, s := load(pc, i), load(ps, i).Mul(turn)
		a, b := lo.Mul(c).Sub(hi.Mul(s)), hi.Mul(c).Add(lo.Mul(s))
		if add {
			a, b = a.Add(load(d, i)), b.Add(load(d, half+i))
		}
		store(d, i, a)
		store(d, half+i, b)
	}
	for ; i < half; i++ {
		c, s := cos[i], sign*sin[i]
		a, b := x[i]*c-x[half+i]*s, x[half+i]*c+x[i]*s
		if add {
			a, b = a+y[i], b+y[half+i]
		}
		y[i], y[half+i] = a, b
	}
}
