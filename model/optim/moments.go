package optim

import "hornbook/model/tensor"

// The ends of the names that moments have beside their parameter's, PyTorch's.
const (
	mean     = ".exp_avg"
	square   = ".exp_avg_sq"
	momentum = ".momentum_buffer"
)

// Moments are the optimizer's numbers, in its own memory: of each parameter one
// tensor of its shape, or two.
func (o *Optimizer) Moments() (list []*tensor.Tensor) {
	for _, s := range o.states {
		if s.v == nil {
			list = append(list, named(s.m, s.p.Name+momentum))
			continue
		}
		list = append(list, named(s.m, s.p.Name+mean), named(s.v, s.p.Name+square))
	}
	return list
}

func named(x *tensor.Tensor, name string) *tensor.Tensor {
	return tensor.Weight(x.Storage, x.Offset, name, x.Dims...)
}

// Flat lays the moments out in the order of the parameters: the first of each
// in m, the second, zeros under Muon, in v.
func (o *Optimizer) Flat(m, v []float32) {
	at := 0
	for _, s := range o.states {
		n := s.m.Len()
		s.m.Download(m[at : at+n])
		if s.v != nil {
			s.v.Download(v[at : at+n])
		} else {
			clear(v[at : at+n])
		}
		at += n
	}
}

// SetFlat takes over what Flat laid out.
func (o *Optimizer) SetFlat(m, v []float32) {
	at := 0
	for _, s := range o.states {
		n := s.m.Len()
		s.m.Upload(m[at : at+n])
		if s.v != nil {
			s.v.Upload(v[at : at+n])
		}
		at += n
	}
}
