package optim

import "hornbook/model/tensor"

// The ends of the names that moments have beside their parameter's, PyTorch's.
const (
	mean     = ".exp_avg"
	square   = ".exp_avg_sq"
	momentum = ".momentum_buffer"
)

// Moments are the optimizer's numbers, views of its memory: of each parameter
// one of its shape, or two.
func (o *Optimizer) Moments() (list []*tensor.Tensor) {
	for _, s := range o.states {
		if s.v == nil {
			list = append(list, tensor.Weight(s.m, s.p.Name+momentum, s.p.Dims...))
			continue
		}
		list = append(list, tensor.Weight(s.m, s.p.Name+mean, s.p.Dims...), tensor.Weight(s.v, s.p.Name+square, s.p.Dims...))
	}
	return list
}

// Flat lays the moments out in the order of the parameters: the first of each
// in m, the second, zeros under Muon, in v.
func (o *Optimizer) Flat(m, v []float32) {
	at := 0
	for _, s := range o.states {
		n := copy(m[at:], s.m)
		clear(v[at : at+n])
		copy(v[at:], s.v)
		at += n
	}
}

// SetFlat takes over what Flat laid out.
func (o *Optimizer) SetFlat(m, v []float32) {
	at := 0
	for _, s := range o.states {
		n := copy(s.m, m[at:])
		copy(s.v, v[at:at+n])
		at += n
	}
}
