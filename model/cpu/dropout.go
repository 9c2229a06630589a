package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

func (c *CPU) Dropout(y, mask, x *tensor.Tensor, rate float32, d tensor.Draw) {
	d.Mask(data(mask), x.Cols(), rate)
	kernel.Mul(data(y), data(x), data(mask))
}

func (c *CPU) DropoutGrad(dx tensor.Into, dy, mask *tensor.Tensor) {
	kernel.MulAdd(adding(dx), data(dy), data(mask))
}

func (c *CPU) Scale(y, x *tensor.Tensor, by float32) { kernel.Scale(data(y), by, data(x)) }

func (c *CPU) ScaleGrad(dx tensor.Into, dy *tensor.Tensor, by float32) {
	kernel.Axpy(adding(dx), by, data(dy))
}
