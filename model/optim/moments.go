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

// Together are the same numbers in as few tensors as they lie in, each of one row: the first
// of every parameter, then the second of those that have one.
func (o *Optimizer) Together() (list []*tensor.Tensor) {
	add := func(x *tensor.Tensor) {
		last := len(list) - 1
		if last < 0 || list[last].Storage != x.Storage || list[last].Offset+list[last].Len() != x.Offset {
			list = append(list, tensor.Weight(x.Storage, x.Offset, "", x.Len()))
			return
		}
		list[last] = tensor.Weight(x.Storage, list[last].Offset, "", list[last].Len()+x.Len())
	}
	for _, s := range o.states {
		add(s.m)
	}
	for _, s := range o.states {
		if s.v != nil {
			add(s.v)
		}
	}
	return list
}

// SetTogether takes over what those of another optimizer of the same parameters hold, one
// after the other.
func (o *Optimizer) SetTogether(numbers []float32) {
	for _, x := range o.Together() {
		x.Upload(numbers[:x.Len()])
		numbers = numbers[x.Len():]
	}
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
