package cpu

import (
	"math"
	"math/rand/v2"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// Dropout draws 32 bits for each number.
func (c *CPU) Dropout(y, mask, x *tensor.Tensor, rate float32, d tensor.Draw) {
	kept, dropped := 1/(1-rate), uint32(float64(rate)*math.MaxUint32)
	n := d.Time * x.Cols()
	all := data(mask)
	var source rand.PCG
	for b := range len(all) / n {
		source.Seed(d.Seed, uint64(d.Row+b))
		m := all[b*n : (b+1)*n]
		for i := range m {
			m[i] = kept
			if uint32(source.Uint64()) < dropped {
				m[i] = 0
			}
		}
	}
	kernel.Mul(data(y), data(x), all)
}

func (c *CPU) DropoutGrad(dx tensor.Into, dy, mask *tensor.Tensor) {
	kernel.MulAdd(adding(dx), data(dy), data(mask))
}

func (c *CPU) Scale(y, x *tensor.Tensor, by float32) { kernel.Scale(data(y), by, data(x)) }

func (c *CPU) ScaleGrad(dx tensor.Into, dy *tensor.Tensor, by float32) {
	kernel.Axpy(adding(dx), by, data(dy))
}
