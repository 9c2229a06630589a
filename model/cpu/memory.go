package cpu

import (
	"hornbook/model/format/half"
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// memory is the Storage of this backend: a part of the Go heap.
type memory struct{ numbers []float32 }

func (m *memory) Upload(at int, x []float32)   { copy(m.numbers[at:at+len(x)], x) }
func (m *memory) Download(x []float32, at int) { copy(x, m.numbers[at:at+len(x)]) }

func (m *memory) Read(at, n int, use func(x []float32))   { use(m.numbers[at : at+n : at+n]) }
func (m *memory) Write(at, n int, fill func(x []float32)) { fill(m.numbers[at : at+n : at+n]) }

func (*memory) DType() tensor.DType { return tensor.F32 }

// data is t's numbers, nil for no tensor.
func data(t *tensor.Tensor) []float32 {
	if t == nil {
		return nil
	}
	end := t.Offset + t.Len()
	return t.Storage.(*memory).numbers[t.Offset:end:end]
}

// narrow is a Storage of numbers of 16 bits, finite ones: of weights that do not train.
// The operations that know it are Linear, which widens it as it packs its operand,
// LinearGrad, of its input, as HeadLinear and ExpertLinear do, Embed, and Copy from it.
type narrow struct{ kernel.Narrow }

// Narrow is a Storage of n zeros of 16 bits each. What is uploaded is rounded to them.
func Narrow(n int, t tensor.DType) tensor.Storage {
	return &narrow{kernel.Narrow{Bits: make([]uint16, n+n%2)[:n], Brain: t == tensor.BF16}}
}

// Halves are the bits of a Storage that Narrow made, with room for an even number.
func Halves(s tensor.Storage) []uint16 { return s.(*narrow).Bits }

func (m *narrow) part(at, n int) kernel.Narrow {
	return kernel.Narrow{Bits: m.Bits[at : at+n], Brain: m.Brain}
}

func (m *narrow) DType() tensor.DType {
	if m.Brain {
		return tensor.BF16
	}
	return tensor.F16
}

func (m *narrow) Upload(at int, x []float32) {
	bits := m.Bits[at : at+len(x)]
	for i, v := range x {
		if m.Brain {
			bits[i] = half.ToBF16(v)
		} else {
			bits[i], _ = half.To(v)
		}
	}
}

func (m *narrow) Download(x []float32, at int) {
	if len(x) > 0 {
		kernel.Widen(x, m.part(at, len(x)), len(x), len(x))
	}
}

func (m *narrow) Read(at, n int, use func(x []float32)) {
	x := make([]float32, n)
	m.Download(x, at)
	use(x)
}

func (m *narrow) Write(at, n int, fill func(x []float32)) {
	x := make([]float32, n)
	fill(x)
	m.Upload(at, x)
}
