package backendtest

import (
	"math"

	"hornbook/model/tensor"
)

// hidden is the Storage of a Shadow: n numbers, the last of them first, with
// their bits turned over, so that whoever takes it for an array of floats reads
// nonsense.
type hidden struct {
	bits  []uint32
	moved *Transfers // of the backend, and so its mark
	lent  bool       // by Alloc
}

func newHidden(n int, moved *Transfers) *hidden {
	h := &hidden{bits: make([]uint32, n), moved: moved}
	h.fill(0)
	return h
}

// put makes x the numbers from the at-th on.
func (h *hidden) put(at int, x []float32) {
	for i, v := range x {
		h.bits[len(h.bits)-1-at-i] = ^math.Float32bits(v)
	}
}

// get fills x with the numbers from the at-th on.
func (h *hidden) get(x []float32, at int) {
	for i := range x {
		x[i] = math.Float32frombits(^h.bits[len(h.bits)-1-at-i])
	}
}

func (h *hidden) fill(c float32) {
	for i := range h.bits {
		h.bits[i] = ^math.Float32bits(c)
	}
}

// spoil makes all numbers none, as what is left in memory may be.
func (h *hidden) spoil() { h.fill(float32(math.NaN())) }

func (*hidden) DType() tensor.DType { return tensor.F32 }

func (h *hidden) Upload(at int, x []float32) {
	h.moved.Upload.count(len(x))
	h.put(at, x)
}

func (h *hidden) Download(x []float32, at int) {
	h.moved.Download.count(len(x))
	h.get(x, at)
}

func (h *hidden) Read(at, n int, use func(x []float32)) {
	h.moved.Read.count(n)
	x := make([]float32, n)
	h.get(x, at)
	use(x)
}

func (h *hidden) Write(at, n int, fill func(x []float32)) {
	h.moved.Write.count(n)
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.NaN())
	}
	fill(x)
	h.put(at, x)
}
