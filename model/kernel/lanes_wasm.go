//go:build goexperiment.simd && !purego

package kernel

import (
	"simd"
	"simd/archsimd"
)

// lanes is the sum of the elements of v.
func lanes(v simd.Float32s) float32 {
	a := v.ToArch().(archsimd.Float32x4)
	return (a.GetElem(0) + a.GetElem(1)) + (a.GetElem(2) + a.GetElem(3))
}

// most is the largest element of v.
func most(v simd.Float32s) float32 {
	a := v.ToArch().(archsimd.Float32x4)
	return max(max(a.GetElem(0), a.GetElem(1)), max(a.GetElem(2), a.GetElem(3)))
}
