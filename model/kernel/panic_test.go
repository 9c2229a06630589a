package kernel

import "testing"

// A caller's mistake panics with a constant message, and before anything is
// written.
func TestMistakesPanic(t *testing.T) {
	x, y, z := noise(40), noise(40), noise(40)
	short, shifted := noise(39), x[1:]
	var ws Workspace
	for _, c := range []struct {
		name, want string
		call       func()
	}{
		{"Add", tooShort, func() { Add(x, short, y) }},
		{"Add", tooShort, func() { Add(x, y, short) }},
		{"Add", overlaps, func() { Add(shifted, x, y) }},
		{"Add hidden room", tooShort, func() { Add(x, y[:39:40], z) }},
		{"Axpy", tooShort, func() { Axpy(x, 1, short) }},
		{"Scale", overlaps, func() { Scale(x[:39], 1, shifted) }},
		{"Dot", tooShort, func() { Dot(x, short) }},
		{"AddRow", overlaps, func() { AddRow(x, x[20:]) }},
		{"SumRows", overlaps, func() { SumRows(x[20:], x) }},
		{"Exp", tooShort, func() { Exp(x, short) }},
		{"GELU", overlaps, func() { GELU(shifted, nil, x) }},
		{"GELU", tooShort, func() { GELU(x, short, y) }},
		{"GELUTanh", overlaps, func() { GELUTanh(shifted, nil, x) }},
		{"Mul", tooShort, func() { Mul(x, y, short) }},
		{"MulAdd", overlaps, func() { MulAdd(shifted, x, y) }},
		{"ReLU2", tooShort, func() { ReLU2(x, short) }},
		{"ReLU2Grad", tooShort, func() { ReLU2Grad(x, short, y) }},
		{"SwiGLU", tooShort, func() { SwiGLU(x, y, short) }},
		{"SwiGLUGrad", overlaps, func() { SwiGLUGrad(x, x, y, z, z) }},
		{"LayerNorm", tooShort, func() { LayerNorm(x, y[:5], z[:5], short, nil, nil, 8, eps) }},
		{"LayerNorm", tooShort, func() { LayerNorm(x, y[:5], z[:5], noise(40), short[:7], nil, 8, eps) }},
		{"LayerNorm", tooShort, func() { LayerNorm(x, y[:4], z[:5], noise(40), nil, nil, 8, eps) }},
		{"LayerNormGrad", tooShort, func() { LayerNormGrad(x, nil, nil, short, y, nil, z[:5], z[:5], 8) }},
		{"RMSNorm", overlaps, func() { RMSNorm(shifted, y[:3], x, nil, 8, eps) }},
		{"RMSNormGrad", tooShort, func() { RMSNormGrad(x, short[:7], y, z, noise(8), noise(5), 8) }},
		{"RoPE", badRotation, func() { RoPE(x, y, z, z, 2, 1, 7, 0) }},
		{"RoPE", tooShort, func() { RoPE(x, y, z[:7], z, 2, 1, 8, 0) }},
		{"RoPE", tooShort, func() { RoPE(short, y, z, z, 2, 1, 8, 0) }},
		{"CausalSoftmax", tooShort, func() { CausalSoftmax(Mat(x, 5, 8), 1, short[:9]) }},
		{"CausalSoftmax", "kernel: not a causal matrix", func() { CausalSoftmax(Mat(x, 8, 5), 1, y) }},
		{"CausalSoftmaxAgain", overlaps, func() { CausalSoftmaxAgain(Mat(x, 5, 8), 1, x[4:]) }},
		{"Attend", tooShort, func() { Attend(y[:8], short[:1], x[:8], Mat(x[16:], 1, 8), Mat(x[24:], 1, 8), 8, 1, nil) }},
		{"Attend", "kernel: heads do not fit", func() { Attend(y, short, x[:8], Mat(x[16:], 1, 8), Mat(x[24:], 1, 8), 3, 1, nil) }},
		{"Attend", "kernel: keys and values do not fit", func() { Attend(y, short, x[:8], Mat(x[16:], 2, 8), Mat(x[16:], 1, 8), 8, 1, nil) }},
		{"Attend", overlaps, func() { Attend(x[16:], short, x[:8], Mat(x[16:], 1, 8), Mat(x[24:], 1, 8), 8, 1, nil) }},
		{"CausalSoftmaxGrad", "kernel: not causal matrices of one shape", func() { CausalSoftmaxGrad(Mat(x, 5, 8), Mat(y, 4, 8), 1) }},
		{"CrossEntropy", tooShort, func() { CrossEntropy(x, y, short, make([]int32, 5), 8) }},
		{"CrossEntropy", tooShort, func() { CrossEntropy(x[:4], y, z, make([]int32, 5), 8) }},
		{"CrossEntropyGrad", tooShort, func() { CrossEntropyGrad(short, x, y, make([]int32, 5), z, 8, 1) }},
		{"CrossEntropyGrad", tooShort, func() { CrossEntropyGrad(x, y, z, make([]int32, 5), make([]float32, 4), 1, 1) }},
		{"AdamW", tooShort, func() { AdamW(x, short, y, z, adamW) }},
		{"AdamW", overlaps, func() { AdamW(x, y, z, z, adamW) }},
		{"Matmul", "kernel: matmul shapes do not fit", func() { Matmul(Mat(x, 4, 4), Mat(y, 4, 5), Mat(z, 4, 4), false, &ws) }},
		{"Matmul", "kernel: matrix data too short", func() { Matmul(Mat(x, 4, 4), Mat(y[:15], 4, 4), Mat(z, 4, 4), false, &ws) }},
		{"Matmul", "kernel: bad matrix shape", func() { Matmul(Matrix{Data: x, Rows: 4, Cols: 4, Stride: 3}, Mat(y, 4, 4), Mat(z, 4, 4), false, &ws) }},
		{"MatmulSymmetric", "kernel: a symmetric product is square", func() { MatmulSymmetric(Mat(x, 4, 5), Mat(y, 4, 3), Mat(z, 3, 5), false, &ws) }},
		{"Matmul", "kernel: matmul into a transposed matrix", func() { Matmul(Mat(x, 4, 4).T(), Mat(y, 4, 4), Mat(z, 4, 4), false, &ws) }},
		{"Matmul", "kernel: matmul overlaps its operand", func() { Matmul(Mat(x, 4, 4), Mat(x[15:], 4, 4), Mat(z, 4, 4), false, &ws) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
			}()
			c.call()
		})
	}
}

const (
	tooShort    = "kernel: slice too short"
	overlaps    = "kernel: slices overlap"
	badRotation = "kernel: bad rotation shape"
)

// Heads side by side in one buffer share memory but no element.
func TestMatmulBetweenHeads(t *testing.T) {
	buffer := noise(8 * 12)
	head := func(at int) Matrix { return Matrix{Data: buffer[at:], Rows: 8, Cols: 4, Stride: 12} }
	var ws Workspace
	square := noiseMatrix(8, 8, false)
	Matmul(head(8), square, head(0), false, &ws)
	defer func() {
		if recover() == nil {
			t.Error("heads that overlap were taken")
		}
	}()
	Matmul(head(2), square, head(0), false, &ws)
}
