package kernel

// RoPERef rotates x (R,H,D) by position (Su et al. 2021, eq. 34), in the
// half-split layout of Hugging Face's Llama: element i pairs with i+D/2.
//
//	y[i]     = x[i]·cos - x[i+D/2]·sin
//	y[i+D/2] = x[i+D/2]·cos + x[i]·sin
//
// cos and sin (P,D/2) hold the angle of each position; row r stands at
// position first + r mod t. y may be x.
func RoPERef(y, x, cos, sin []float32, t, h, d, first int) {
	rotate(y, x, cos, sin, t, h, d, first, 1, false)
}

// RoPEGradRef adds dy, rotated back, to dx.
func RoPEGradRef(dx, dy, cos, sin []float32, t, h, d, first int) {
	rotate(dx, dy, cos, sin, t, h, d, first, -1, true)
}

func rotate(y, x, cos, sin []float32, t, h, d, first int, sign float32, add bool) {
	checkRotate(y, x, cos, sin, t, h, d, first)
	half := d / 2
	for r := range len(x) / (h * d) {
		p := (first + r%t) * half
		for head := range h {
			at := (r*h + head) * d
			lo, hi := x[at:at+half], x[at+half:at+d]
			ylo, yhi := y[at:at+half], y[at+half:at+d]
			for i := range half {
				c, s := cos[p+i], sign*sin[p+i]
				a, b := lo[i]*c-hi[i]*s, hi[i]*c+lo[i]*s
				if add {
					a, b = a+ylo[i], b+yhi[i]
				}
				ylo[i], yhi[i] = a, b
			}
		}
	}
}

func checkRotate(y, x, cos, sin []float32, t, h, d, first int) {
	if t <= 0 || h <= 0 || d <= 0 || d%2 != 0 || first < 0 || len(x)%(h*d) != 0 {
		panic("kernel: bad rotation shape")
	}
	y = need(y, len(x))
	apart(y, x)
	if overlap(y, cos) || overlap(y, sin) {
		panic("kernel: slices overlap")
	}
	positions := min(t, len(x)/(h*d)) + first
	need(cos, positions*(d/2))
	need(sin, positions*(d/2))
}
