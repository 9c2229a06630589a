//go:build !goexperiment.simd || purego

package kernel

// Without SIMD every kernel is its reference.

// Fast tells whether the SIMD kernels are built in.
const Fast = false

// Fused tells whether products and sums are rounded once in WebAssembly.
const Fused = false

func Matmul(c, a, b Matrix, accumulate bool, _ *Workspace) { MatmulRef(c, a, b, accumulate) }

func MatmulSymmetric(c, a, b Matrix, accumulate bool, _ *Workspace) {
	MatmulSymmetricRef(c, a, b, accumulate)
}

func MatmulCausal(c, a, b Matrix, _ *Workspace) { MatmulCausalRef(c, a, b) }

func Widen(dst []float32, x Narrow, cols, stride int) { WidenRef(dst, x, cols, stride) }

func Add(dst, x, y []float32)                     { AddRef(dst, x, y) }
func Axpy(dst []float32, a float32, x []float32)  { AxpyRef(dst, a, x) }
func Scale(dst []float32, a float32, x []float32) { ScaleRef(dst, a, x) }
func Dot(x, y []float32) float32                  { return DotRef(x, y) }
func AddRow(y, b []float32)                       { AddRowRef(y, b) }
func SumRows(db, dy []float32)                    { SumRowsRef(db, dy) }

func LayerNorm(y, mean, rstd, x, gain, bias []float32, c int, eps float32) {
	LayerNormRef(y, mean, rstd, x, gain, bias, c, eps)
}
func LayerNormGrad(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, c int) {
	LayerNormGradRef(dx, dgain, dbias, dy, x, gain, mean, rstd, c)
}
func RMSNorm(y, rstd, x, gain []float32, c int, eps float32) { RMSNormRef(y, rstd, x, gain, c, eps) }
func RMSNormGrad(dx, dgain, dy, x, gain, rstd []float32, c int) {
	RMSNormGradRef(dx, dgain, dy, x, gain, rstd, c)
}

func Exp(dst, x []float32)                          { ExpRef(dst, x) }
func GELU(y, slope, x []float32)                    { GELURef(y, slope, x) }
func GELUTanh(y, slope, x []float32)                { GELUTanhRef(y, slope, x) }
func Mul(dst, x, y []float32)                       { MulRef(dst, x, y) }
func MulAdd(dst, x, y []float32)                    { MulAddRef(dst, x, y) }
func ReLU2(y, x []float32)                          { ReLU2Ref(y, x) }
func ReLU2Grad(dx, dy, x []float32)                 { ReLU2GradRef(dx, dy, x) }
func SwiGLU(y, gate, up []float32)                  { SwiGLURef(y, gate, up) }
func SwiGLUGrad(dgate, dup, dy, gate, up []float32) { SwiGLUGradRef(dgate, dup, dy, gate, up) }

func CausalSoftmax(p Matrix, scale float32, sums []float32) { CausalSoftmaxRef(p, scale, sums) }
func CausalSoftmaxAgain(p Matrix, scale float32, sums []float32) {
	CausalSoftmaxAgainRef(p, scale, sums)
}
func CausalSoftmaxGrad(dp, p Matrix, scale float32) { CausalSoftmaxGradRef(dp, p, scale) }
func Attend(y, sums, q []float32, k, v Matrix, d int, scale float32, _ *Workspace) {
	AttendRef(y, sums, q, k, v, d, scale)
}
func CrossEntropy(loss, lse, logits []float32, targets []int32, v int) {
	CrossEntropyRef(loss, lse, logits, targets, v)
}
func CrossEntropyGrad(dlogits, logits, lse []float32, targets []int32, weights []float32, v int, scale float32) {
	CrossEntropyGradRef(dlogits, logits, lse, targets, weights, v, scale)
}

func RoPE(y, x, cos, sin []float32, t, h, d, first int) { RoPERef(y, x, cos, sin, t, h, d, first) }
func RoPEGrad(dx, dy, cos, sin []float32, t, h, d, first int) {
	RoPEGradRef(dx, dy, cos, sin, t, h, d, first)
}

func AdamW(w, g, m, v []float32, s AdamWStep) { AdamWRef(w, g, m, v, s) }

// MultiplyAdds does turns times 48 multiply-adds that do not wait for each
// other. It returns the number of floating-point operations.
func MultiplyAdds(turns int) int {
	var sums [12]float32
	for range 4 * turns {
		for i, s := range sums {
			sums[i] = s*0.5 + 0.25
		}
	}
	kept = sums[0]
	return turns * 48 * 2
}

// kept is where a result goes that nobody reads, so that it is computed.
var kept float32
