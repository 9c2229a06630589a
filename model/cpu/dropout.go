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
	var source rand.PCG
	for b := range len(x.Data) / n {
		source.Seed(d.Seed, uint64(d.Row+b))
		m := mask.Data[b*n : (b+1)*n]
		for i := range m {
			m[i] = kept
			if uint32(source.Uint64()) < dropped {
				m[i] = 0
			}
		}
	}
	kernel.Mul(y.Data, x.Data, mask.Data)
}

func (c *CPU) DropoutGrad(dx, dy, mask *tensor.Tensor) {
	adding(dx)
	kernel.MulAdd(dx.Data, dy.Data, mask.Data)
}

func (c *CPU) Scale(y, x *tensor.Tensor, by float32) { kernel.Scale(y.Data, by, x.Data) }

func (c *CPU) ScaleGrad(dx, dy *tensor.Tensor, by float32) {
	adding(dx)
	kernel.Axpy(dx.Data, by, dy.Data)
}
