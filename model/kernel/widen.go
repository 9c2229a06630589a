package kernel

import "hornbook/model/format/half"

// Narrow is numbers of 16 bits each: bfloat16 (Brain), the upper half of a float32, or
// IEEE 754's binary16.
type Narrow struct {
	Bits  []uint16
	Brain bool
}

// At is the i-th number, exactly.
func (n Narrow) At(i int) float32 {
	if n.Brain {
		return half.FromBF16(n.Bits[i])
	}
	return half.From(n.Bits[i])
}

// from are the numbers from the i-th on.
func (n Narrow) from(i int) Narrow { return Narrow{n.Bits[i:], n.Brain} }

// WidenRef computes dst[r·cols+j] = x[r·stride+j] for the rows and columns that dst has,
// exactly. A number of binary16 must be finite.
func WidenRef(dst []float32, x Narrow, cols, stride int) {
	checkWiden(dst, x, cols, stride)
	for i := range dst {
		dst[i] = x.At(i/cols*stride + i%cols)
	}
}

func checkWiden(dst []float32, x Narrow, cols, stride int) {
	switch {
	case cols < 1 || stride < cols || len(dst)%cols != 0:
		panic("kernel: bad matrix shape")
	case len(dst) > 0 && len(x.Bits) < (len(dst)/cols-1)*stride+cols:
		panic("kernel: matrix data too short")
	}
}
