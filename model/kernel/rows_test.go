package kernel

// The kernels that work on rows of n. norm and grad lengths: rows of n, then
// one number a row, then parameters of n.

func lengths(perRow, perElement, perColumn int) func(n int) []int {
	return func(n int) []int {
		var l []int
		for range perElement {
			l = append(l, rows*n)
		}
		for range perRow {
			l = append(l, rows)
		}
		for range perColumn {
			l = append(l, n)
		}
		return l
	}
}

const eps = 1e-5

// Of an empty row there is no mean; the kernels leave its NaN alone.
var normLines = []line{
	{
		name: "LayerNorm", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { LayerNorm(o[0], o[1], o[2], i[0], i[1], i[2], n, eps) },
		ref:  func(n int, o, i slices32) { LayerNormRef(o[0], o[1], o[2], i[0], i[1], i[2], n, eps) },
		want: wantLayerNorm, out: lengths(2, 1, 0), in: lengths(0, 1, 2), tol: normTolerance,
	}, {
		name: "LayerNorm without gain and bias", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { LayerNorm(o[0], o[1], o[2], i[0], nil, nil, n, eps) },
		ref:  func(n int, o, i slices32) { LayerNormRef(o[0], o[1], o[2], i[0], nil, nil, n, eps) },
		want: wantLayerNorm, out: lengths(2, 1, 0), in: lengths(0, 1, 0), tol: normTolerance,
	}, {
		name: "LayerNormGrad",
		fast: func(n int, o, i slices32) {
			LayerNormGrad(o[0], o[1], o[2], i[0], i[1], i[4], i[2], i[3], n)
		},
		ref: func(n int, o, i slices32) {
			LayerNormGradRef(o[0], o[1], o[2], i[0], i[1], i[4], i[2], i[3], n)
		},
		want: wantLayerNormGrad, out: lengths(0, 1, 2), in: lengths(2, 2, 1), tol: normTolerance,
	}, {
		name: "LayerNormGrad without gain and bias",
		fast: func(n int, o, i slices32) {
			LayerNormGrad(o[0], nil, nil, i[0], i[1], nil, i[2], i[3], n)
		},
		ref: func(n int, o, i slices32) {
			LayerNormGradRef(o[0], nil, nil, i[0], i[1], nil, i[2], i[3], n)
		},
		want: wantLayerNormGrad, out: lengths(0, 1, 0), in: lengths(2, 2, 0), tol: normTolerance,
	}, {
		name: "RMSNorm", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { RMSNorm(o[0], o[1], i[0], i[1], n, eps) },
		ref:  func(n int, o, i slices32) { RMSNormRef(o[0], o[1], i[0], i[1], n, eps) },
		want: wantRMSNorm, out: lengths(1, 1, 0), in: lengths(0, 1, 1), tol: normTolerance,
	}, {
		name: "RMSNorm without gain", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { RMSNorm(o[0], o[1], i[0], nil, n, eps) },
		ref:  func(n int, o, i slices32) { RMSNormRef(o[0], o[1], i[0], nil, n, eps) },
		want: wantRMSNorm, out: lengths(1, 1, 0), in: lengths(0, 1, 0), tol: normTolerance,
	}, {
		name: "RMSNormGrad",
		fast: func(n int, o, i slices32) { RMSNormGrad(o[0], o[1], i[0], i[1], i[3], i[2], n) },
		ref:  func(n int, o, i slices32) { RMSNormGradRef(o[0], o[1], i[0], i[1], i[3], i[2], n) },
		want: wantRMSNormGrad, out: lengths(0, 1, 1), in: lengths(1, 2, 1), tol: normTolerance,
	}, {
		name: "RMSNormGrad without gain",
		fast: func(n int, o, i slices32) { RMSNormGrad(o[0], nil, i[0], i[1], nil, i[2], n) },
		ref:  func(n int, o, i slices32) { RMSNormGradRef(o[0], nil, i[0], i[1], nil, i[2], n) },
		want: wantRMSNormGrad, out: lengths(0, 1, 0), in: lengths(1, 2, 0), tol: normTolerance,
	},
}

// A row of one or two nearly equal numbers has a variance near 0, and 1/√ of
// it multiplies every rounding error: up to 1/√eps = 316 times.
func normTolerance(n int) tolerance {
	if n < 3 {
		return tolerance{1e-4, 1e-4}
	}
	return tolerance{1e-5 + 5e-7*float64(n), 1e-5}
}

var rowLines = []line{
	{
		name: "RoPE", exact: true, inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { RoPE(o[0], i[0], i[1], i[2], steps, heads, 2*n+2, 1) },
		ref:  func(n int, o, i slices32) { RoPERef(o[0], i[0], i[1], i[2], steps, heads, 2*n+2, 1) },
		want: wantRoPE, out: ropeOut, in: ropeIn, tol: usually,
	}, {
		name: "RoPEGrad", exact: true,
		fast: func(n int, o, i slices32) { RoPEGrad(o[0], i[0], i[1], i[2], steps, heads, 2*n+2, 1) },
		ref:  func(n int, o, i slices32) { RoPEGradRef(o[0], i[0], i[1], i[2], steps, heads, 2*n+2, 1) },
		want: wantRoPEGrad, out: ropeOut, in: ropeIn, tol: usually,
	}, {
		name: "CausalSoftmax",
		fast: func(n int, o, i slices32) { CausalSoftmax(square(o[0], n), 0.7, o[1]) },
		ref:  func(n int, o, i slices32) { CausalSoftmaxRef(square(o[0], n), 0.7, o[1]) },
		want: wantCausalSoftmax, out: squareAndSums, in: same(0), tol: usually,
	}, {
		name: "CausalSoftmaxAgain",
		fast: func(n int, o, i slices32) { CausalSoftmaxAgain(square(o[0], n), 0.7, i[0]) },
		ref:  func(n int, o, i slices32) { CausalSoftmaxAgainRef(square(o[0], n), 0.7, i[0]) },
		want: wantCausalSoftmaxAgain, out: squareOut, in: func(int) []int { return []int{2 * rows} }, tol: usually,
	}, {
		name: "CausalSoftmaxGrad", exact: true,
		fast: func(n int, o, i slices32) { CausalSoftmaxGrad(square(o[0], n), square(i[0], n), 0.5) },
		ref:  func(n int, o, i slices32) { CausalSoftmaxGradRef(square(o[0], n), square(i[0], n), 0.5) },
		want: wantCausalSoftmaxGrad, out: squareOut, in: squareOut, tol: sumOf,
	}, {
		name: "CrossEntropy",
		fast: func(n int, o, i slices32) { CrossEntropy(o[0], o[1], i[0], targetsOf(n), n+1) },
		ref:  func(n int, o, i slices32) { CrossEntropyRef(o[0], o[1], i[0], targetsOf(n), n+1) },
		want: wantCrossEntropy, out: lengths(2, 0, 0), in: logitsIn, tol: usually,
	}, {
		name: "CrossEntropyGrad",
		fast: func(n int, o, i slices32) { CrossEntropyGrad(o[0], i[0], i[1], targetsOf(n), i[2], n+1, 0.3) },
		ref:  func(n int, o, i slices32) { CrossEntropyGradRef(o[0], i[0], i[1], targetsOf(n), i[2], n+1, 0.3) },
		want: wantCrossEntropyGrad, out: func(n int) []int { return []int{rows * (n + 1)} },
		in: func(n int) []int { return []int{rows * (n + 1), rows, rows} }, tol: usually,
	},
}

func ropeOut(n int) []int { return []int{rows * heads * (2*n + 2)} }

func ropeIn(n int) []int {
	positions := 1 + steps
	return []int{rows * heads * (2*n + 2), positions * (n + 1), positions * (n + 1)}
}

func squareOut(n int) []int { return []int{rows * (n + rows)} }

func squareAndSums(n int) []int { return []int{rows * (n + rows), 2 * rows} }

func square(x []float32, n int) Matrix { return Mat(x, rows, n+rows) }

func logitsIn(n int) []int { return []int{rows * (n + 1)} }

// targetsOf has the first class, a masked row, and the last class.
func targetsOf(n int) []int32 { return []int32{0, -1, int32(n)} }
