package tensor

import (
	"math"
	"math/rand/v2"
)

// Draw says which of the numbers that chance could give a Dropout takes: those
// of each Time rows of x, the b-th of a batch's, come from Seed and Row+b alone,
// so that a batch may be divided in any way.
type Draw struct {
	Seed uint64
	Row  int
	Time int
}

// Mask draws which numbers of x (N,width) stay: mask is 0, or 1/(1-rate). Each takes 32
// bits of a generator that is seeded anew for each sequence of a batch.
func (d Draw) Mask(mask []float32, width int, rate float32) {
	kept, dropped := 1/(1-rate), uint32(float64(rate)*math.MaxUint32)
	n := d.Time * width
	var source rand.PCG
	for b := range len(mask) / n {
		source.Seed(d.Seed, uint64(d.Row+b))
		m := mask[b*n : (b+1)*n]
		for i := range m {
			m[i] = kept
			if uint32(source.Uint64()) < dropped {
				m[i] = 0
			}
		}
	}
}

// Dropout sets a part rate of x (N,…) to zero and divides the rest by 1-rate
// (Srivastava et al. 2014). A tape that does not record leaves x as it is.
func (t *Tape) Dropout(x *Tensor, rate float32, d Draw) *Tensor {
	if !t.recording || rate == 0 {
		return x
	}
	y, mask := t.like(x), t.like(x)
	t.Backend.Dropout(y, mask, x, rate, d)
	return t.record(node{back: dropoutBack, in: [5]*Tensor{x}, out: y, saved: [2]*Tensor{mask}})
}

// dx += dy·mask
func dropoutBack(t *Tape, n *node) { t.Backend.DropoutGrad(t.grad(n.in[0]), n.out.Grad, n.saved[0]) }
