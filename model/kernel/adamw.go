package kernel

import "math"

// AdamWStep holds the numbers of one AdamW step. Step counts from 1.
type AdamWStep struct {
	LR, Beta1, Beta2, Eps, WeightDecay float32
	Step                               int
}

// corrections are the bias corrections 1-β^t of both moments.
func (s AdamWStep) corrections() (c1, c2 float32) {
	c1 = float32(1 - math.Pow(float64(s.Beta1), float64(s.Step)))
	c2 = float32(1 - math.Pow(float64(s.Beta2), float64(s.Step)))
	return c1, c2
}

// AdamWRef takes one step of AdamW (Loshchilov & Hutter 2019, algorithm 2),
// with the decay scaled by the learning rate as in PyTorch:
//
//	m = β1·m + (1-β1)·g;  v = β2·v + (1-β2)·g²
//	w = w·(1 - lr·decay) - lr·(m/c1)/(√(v/c2) + eps)
//
// m and v are the running moments, c1 and c2 their bias corrections.
func AdamWRef(w, g, m, v []float32, s AdamWStep) {
	together(w, g, m, v)
	separate(w, g, m, v)
	c1, c2 := s.corrections()
	for i := range w {
		m[i] = s.Beta1*m[i] + (1-s.Beta1)*g[i]
		v[i] = s.Beta2*v[i] + (1-s.Beta2)*g[i]*g[i]
		step := (m[i] / c1) / (float32(math.Sqrt(float64(v[i]/c2))) + s.Eps)
		w[i] = w[i]*(1-s.LR*s.WeightDecay) - s.LR*step
	}
}
