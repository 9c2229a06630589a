package backendtest

import (
	"math"

	"hornbook/model/tensor"
)

// The operations once more, in float64 and as plainly as can be.

func embed(table []float64, ids []int32, c int) (y []float64) {
	for _, id := range ids {
		y = append(y, table[int(id)*c:(int(id)+1)*c]...)
	}
	return y
}

func positions(x, table []float64, spans []tensor.Span, c int) []float64 {
	var y []float64
	for _, s := range spans {
		for i := range s.Rows * c {
			y = append(y, x[len(y)]+table[s.First*c+i])
		}
	}
	return y
}

func add(a, b []float64) []float64 {
	y := make([]float64, len(a))
	for i := range a {
		y[i] = a[i] + b[i]
	}
	return y
}

func scaled(x []float64, c float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = c * x[i]
	}
	return y
}

func linear(x, w, b []float64, c int) (y []float64) {
	for r := range len(x) / c {
		for o := range len(w) / c {
			var sum float64
			for i := range c {
				sum += x[r*c+i] * w[o*c+i]
			}
			if b != nil {
				sum += b[o]
			}
			y = append(y, sum)
		}
	}
	return y
}

func layerNorm(x, gain, bias []float64) []float64 {
	c := len(gain)
	y := make([]float64, len(x))
	for r := 0; r < len(x); r += c {
		var mean, variance float64
		for _, v := range x[r : r+c] {
			mean += v / float64(c)
		}
		for _, v := range x[r : r+c] {
			variance += (v - mean) * (v - mean) / float64(c)
		}
		for i := range c {
			y[r+i] = (x[r+i] - mean) / math.Sqrt(variance+eps) * gain[i]
			if bias != nil {
				y[r+i] += bias[i]
			}
		}
	}
	return y
}

func rmsNorm(x, gain []float64) []float64 {
	c := len(gain)
	y := make([]float64, len(x))
	for r := 0; r < len(x); r += c {
		var square float64
		for _, v := range x[r : r+c] {
			square += v * v / float64(c)
		}
		for i := range c {
			y[r+i] = x[r+i] / math.Sqrt(square+eps) * gain[i]
		}
	}
	return y
}

// rope turns pairs (i, i+d/2) as complex numbers.
func rope(x []float64, spans []tensor.Span, h, d int) []float64 {
	y, r := make([]float64, len(x)), 0
	for _, s := range spans {
		for head := range s.Rows * h {
			position := float64(s.First + head/h)
			for i := range d / 2 {
				sin, cos := math.Sincos(position * math.Pow(10000, -2*float64(i)/float64(d)))
				a, b := x[r+i], x[r+i+d/2]
				y[r+i], y[r+i+d/2] = a*cos-b*sin, a*sin+b*cos
			}
			r += d
		}
	}
	return y
}

// attention for q (n,h,d), k and v (m,kv,d).
func attention(q, k, v []float64, spans []tensor.Span, h, kv, d int) []float64 {
	y, i := make([]float64, len(q)), 0
	for _, s := range spans {
		for n := range s.Rows * h {
			query, last, head := q[i*d:(i+1)*d], s.First+n/h, n%h
			row := func(x []float64, at int) []float64 { return x[((s.Keys+at)*kv+head*kv/h)*d:][:d] }
			p, begin := make([]float64, last+1), 0
			if s.Window > 0 {
				begin = max(0, last+1-s.Window)
			}
			var total float64
			for at := begin; at < len(p); at++ {
				for j := range d {
					p[at] += query[j] * row(k, at)[j] / math.Sqrt(float64(d))
				}
				p[at] = math.Exp(p[at])
				total += p[at]
			}
			for at := range p {
				for j := range d {
					y[i*d+j] += p[at] / total * row(v, at)[j]
				}
			}
			i++
		}
	}
	return y
}

func gelu(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v / 2 * (1 + math.Erf(v/math.Sqrt2))
	}
	return y
}

func geluTanh(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
	}
	return y
}

func relu2(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = max(v, 0) * max(v, 0)
	}
	return y
}

func swiglu(gate, up []float64) []float64 {
	y := make([]float64, len(gate))
	for i, g := range gate {
		y[i] = g / (1 + math.Exp(-g)) * up[i]
	}
	return y
}

// logSoftmax is of one row.
func logSoftmax(z []float64) []float64 {
	var sum float64
	for _, x := range z {
		sum += math.Exp(x)
	}
	y := make([]float64, len(z))
	for i, x := range z {
		y[i] = x - math.Log(sum)
	}
	return y
}

// divergence is that of each row of v logits of a student and a teacher.
func divergence(student, teacher []float64, v int, beta float64) (d []float64) {
	for r := 0; r < len(student); r += v {
		s, t := logSoftmax(student[r:r+v]), logSoftmax(teacher[r:r+v])
		var ts, st, tm, sm float64 // KL(T‖S), …
		for i := range v {
			m := math.Log((1-beta)*math.Exp(s[i]) + beta*math.Exp(t[i]))
			ts += math.Exp(t[i]) * (t[i] - s[i])
			st += math.Exp(s[i]) * (s[i] - t[i])
			tm += math.Exp(t[i]) * (t[i] - m)
			sm += math.Exp(s[i]) * (s[i] - m)
		}
		switch beta {
		case 0:
			d = append(d, ts)
		case 1:
			d = append(d, st)
		default:
			d = append(d, beta*tm+(1-beta)*sm)
		}
	}
	return d
}

// tokenLosses are those of predicting targets from rows of v logits.
func tokenLosses(logits []float64, targets []int32, v int) []float64 {
	losses := make([]float64, len(targets))
	for r, target := range targets {
		if target >= 0 {
			losses[r] = -logSoftmax(logits[r*v : (r+1)*v])[target]
		}
	}
	return losses
}

// crossEntropy is the mean over the rows of v logits whose target counts.
func crossEntropy(logits []float64, targets []int32, v int) float64 {
	var sum, n float64
	for r, target := range targets {
		if target < 0 {
			continue
		}
		var total float64
		for _, z := range logits[r*v : (r+1)*v] {
			total += math.Exp(z)
		}
		sum += math.Log(total) - logits[r*v+int(target)]
		n++
	}
	return sum / n
}
