package kernel

import "math"

// LayerNormRef normalises each row of x (R,C) to mean 0 and variance 1, then
// scales and shifts it (Ba et al. 2016, eq. 4):
//
//	y = (x - mean)·rstd·gain + bias,   rstd = 1/√(var + eps)
//
// gain and bias (C) may be nil. mean and rstd (R) are kept for the gradient.
// y may be x.
func LayerNormRef(y, mean, rstd, x, gain, bias []float32, c int, eps float32) {
	checkNorm(y, x, gain, bias, len(rstd), c)
	need(mean, len(rstd))
	for r := range rstd {
		xr, yr := x[r*c:(r+1)*c], y[r*c:(r+1)*c]
		var sum float32
		for _, v := range xr {
			sum += v
		}
		m := sum / float32(c)
		var sq float32
		for _, v := range xr {
			sq += (v - m) * (v - m)
		}
		s := 1 / float32(math.Sqrt(float64(sq/float32(c)+eps)))
		for i, v := range xr {
			yr[i] = affine((v-m)*s, gain, bias, i)
		}
		mean[r], rstd[r] = m, s
	}
}

func affine(n float32, gain, bias []float32, i int) float32 {
	if gain != nil {
		n *= gain[i]
	}
	if bias != nil {
		n += bias[i]
	}
	return n
}

// LayerNormGradRef adds the gradients of LayerNormRef. With n = (x-mean)·rstd
// and g = dy·gain:
//
//	dx += rstd·(g - mean(g) - n·mean(g·n));  dgain += Σ_rows dy·n;  dbias += Σ_rows dy
//
// dgain and dbias are nil where gain and bias are.
func LayerNormGradRef(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, c int) {
	checkNormGrad(dx, dgain, dbias, dy, x, gain, len(rstd), c)
	need(mean, len(rstd))
	for r := range rstd {
		xr, dyr, dxr := x[r*c:(r+1)*c], dy[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		m, s := mean[r], rstd[r]
		var sumG, sumGN float32
		for i, d := range dyr {
			n, g := (xr[i]-m)*s, affine(d, gain, nil, i)
			sumG += g
			sumGN += g * n
			if dgain != nil {
				dgain[i] += d * n
			}
			if dbias != nil {
				dbias[i] += d
			}
		}
		meanG, meanGN := sumG/float32(c), sumGN/float32(c)
		for i, d := range dyr {
			n, g := (xr[i]-m)*s, affine(d, gain, nil, i)
			dxr[i] += s * (g - meanG - n*meanGN)
		}
	}
}

// RMSNormRef scales each row of x (R,C) to a root mean square of 1, then by
// gain (Zhang & Sennrich 2019, eq. 4):
//
//	y = x·rstd·gain,   rstd = 1/√(mean(x²) + eps)
//
// gain (C) may be nil. rstd (R) is kept for the gradient. y may be x.
func RMSNormRef(y, rstd, x, gain []float32, c int, eps float32) {
	checkNorm(y, x, gain, nil, len(rstd), c)
	for r := range rstd {
		xr, yr := x[r*c:(r+1)*c], y[r*c:(r+1)*c]
		var sq float32
		for _, v := range xr {
			sq += v * v
		}
		s := 1 / float32(math.Sqrt(float64(sq/float32(c)+eps)))
		for i, v := range xr {
			yr[i] = affine(v*s, gain, nil, i)
		}
		rstd[r] = s
	}
}

// RMSNormGradRef adds the gradients of RMSNormRef. With n = x·rstd and
// g = dy·gain:
//
//	dx += rstd·(g - n·mean(g·n));  dgain += Σ_rows dy·n
//
// dgain is nil where gain is.
func RMSNormGradRef(dx, dgain, dy, x, gain, rstd []float32, c int) {
	checkNormGrad(dx, dgain, nil, dy, x, gain, len(rstd), c)
	for r := range rstd {
		xr, dyr, dxr := x[r*c:(r+1)*c], dy[r*c:(r+1)*c], dx[r*c:(r+1)*c]
		s := rstd[r]
		var sumGN float32
		for i, d := range dyr {
			n := xr[i] * s
			sumGN += affine(d, gain, nil, i) * n
			if dgain != nil {
				dgain[i] += d * n
			}
		}
		meanGN := sumGN / float32(c)
		for i, d := range dyr {
			dxr[i] += s * (affine(d, gain, nil, i) - xr[i]*s*meanGN)
		}
	}
}

func checkNorm(y, x, gain, bias []float32, rows, c int) {
	together(need(y, rows*c), x)
	for _, v := range [2][]float32{gain, bias} {
		if v != nil {
			separate(y, need(v, c))
		}
	}
}

func checkNormGrad(dx, dgain, dbias, dy, x, gain []float32, rows, c int) {
	together(need(dx, rows*c), dy, x)
	for _, v := range [3][]float32{dgain, dbias, gain} {
		if v != nil {
			separate(need(v, c), dx)
		}
	}
	separate(dgain, dbias, gain, dy)
	separate(dgain, x)
	separate(dbias, x)
}
