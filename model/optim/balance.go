package optim

import (
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// balance moves what experts are chosen by, of which the gradient is how many tokens
// each was dealt (DeepSeek-V3, arXiv 2412.19437, section 2.1.2; less the mean, since
// only differences choose): down where they were more than the mean, else up.
func balance(p *tensor.Tensor) {
	b, loads := p.Numbers(), p.Grad.Numbers()
	var all float32
	for _, n := range loads {
		all += n
	}
	mean := all / float32(len(loads))
	var sum float32
	for e, n := range loads {
		switch {
		case n < mean:
			b[e] += recipe.Balance
		case n > mean:
			b[e] -= recipe.Balance
		}
		sum += b[e]
	}
	for e := range b {
		b[e] -= sum / float32(len(b))
	}
	p.Upload(b)
}

// muon steps a matrix, or each expert's.
func (o *Optimizer) muon(s state, by tensor.Muon) {
	if len(s.p.Dims) == 2 {
		o.backend.Muon(s.p, s.p.Grad, s.m, by)
		return
	}
	for e := range s.p.Dims[0] {
		o.backend.Muon(s.p.Slice(e, 1), s.p.Grad.Slice(e, 1), s.m.Slice(e, 1), by)
	}
}
