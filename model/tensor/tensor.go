// Package tensor is reverse-mode automatic differentiation over a handful of
// fused operations. A Tape records what the forward pass does and plays the
// gradient rules backward; a Backend does the arithmetic. One operation with
// its gradient rule stands in one file.
//
// The letters B, T, C, V, H, D, K, F are those of package kernel.
package tensor

import "slices"

// Tensor is a contiguous float32 array with an explicit shape. Its numbers lie
// in the memory of a backend, and only that looks at them there: others take
// copies (Upload, Download).
type Tensor struct {
	Name    string  // of a parameter: "blocks.0.attention.query.weight"
	Dims    []int   // row-major, at most MaxDims
	Storage Storage // of the backend that made it
	Offset  int     // of the first number in Storage
	Grad    *Tensor // d loss / d this; nil until something flows back

	dims  [MaxDims]int // where Dims lies
	live  bool         // a gradient is wanted: a parameter, or computed from one
	holds bool         // a gradient that something has flowed into
	of    *Tensor      // the tensor that this is another view of
}

// MaxDims is the most dimensions of a tensor.
const MaxDims = 4

// Storage is memory of a backend for numbers, of which tensors are parts. How
// they lie in it only the backend knows. Download and Read may wait for what is
// being computed.
type Storage interface {
	Upload(at int, x []float32)              // makes x the numbers from the at-th on
	Download(x []float32, at int)            // fills x with them
	Read(at, n int, use func(x []float32))   // lends n of them for the time of a call: no copy where none is needed
	Write(at, n int, fill func(x []float32)) // lends the room for n of them, to be filled
	DType() DType
}

// Parameter makes a trainable tensor of zeros with its gradient.
func Parameter(b Backend, name string, dims ...int) *Tensor {
	p := Zeros(b, dims...)
	p.Name = name
	p.Train(b.Store(p.Len()), 0)
	return p
}

// Zeros makes a tensor of zeros that lasts; no gradient reaches it.
func Zeros(b Backend, dims ...int) *Tensor {
	t := new(Tensor)
	t.shape(dims...)
	t.Storage = b.Store(t.Len())
	return t
}

// From makes a tensor of the numbers x that lasts; no gradient reaches it.
func From(b Backend, x []float32, dims ...int) *Tensor {
	t := Zeros(b, dims...)
	t.Upload(x)
	return t
}

// Weight makes a named tensor of the numbers of a storage from offset on. It is
// frozen: no gradient reaches it until Train.
func Weight(s Storage, offset int, name string, dims ...int) *Tensor {
	w := &Tensor{Name: name}
	w.Set(s, offset, dims...)
	return w
}

// Set makes t a view of the numbers of a storage from offset on.
func (t *Tensor) Set(s Storage, offset int, dims ...int) {
	t.Storage, t.Offset = s, offset
	t.shape(dims...)
}

// Train makes t trainable, with its gradient in a storage from offset on.
func (t *Tensor) Train(gradients Storage, offset int) {
	t.Grad, t.live = Weight(gradients, offset, t.Name, t.Dims...), true
}

// Freeze makes t one that no gradient reaches.
func (t *Tensor) Freeze() { t.Grad, t.live = nil, false }

// Slice views n rows of the first dimension of t, from row on; no gradient
// reaches it.
func (t *Tensor) Slice(row, n int) *Tensor {
	width := t.Len() / t.Dims[0]
	s := &Tensor{Storage: t.Storage, Offset: t.Offset + row*width}
	s.shape(t.Dims...)
	s.Dims[0] = n
	return s
}

// Upload makes x the numbers of t.
func (t *Tensor) Upload(x []float32) {
	if len(x) != t.Len() {
		panic("tensor: upload of the wrong length")
	}
	t.Storage.Upload(t.Offset, x)
}

// Download fills x with the numbers of t. It may wait for what is being
// computed.
func (t *Tensor) Download(x []float32) {
	if len(x) != t.Len() {
		panic("tensor: download of the wrong length")
	}
	t.Storage.Download(x, t.Offset)
}

// Read lends the numbers of t to use, which must not keep nor change them.
func (t *Tensor) Read(use func(x []float32)) { t.Storage.Read(t.Offset, t.Len(), use) }

// Write lets fill write the numbers of t, all of them; what it finds there may be
// anything.
func (t *Tensor) Write(fill func(x []float32)) { t.Storage.Write(t.Offset, t.Len(), fill) }

// Numbers are those of t, downloaded.
func (t *Tensor) Numbers() []float32 { return t.Append(nil) }

// Append adds the numbers of t, downloaded, to x.
func (t *Tensor) Append(x []float32) []float32 {
	n := len(x)
	x = slices.Grow(x, t.Len())[:n+t.Len()]
	t.Download(x[n:])
	return x
}

// Number is that of a tensor of one, downloaded.
func (t *Tensor) Number() float32 {
	var x [1]float32
	t.Download(x[:])
	return x[0]
}

func (t *Tensor) shape(dims ...int) {
	if len(dims) > len(t.dims) {
		panic("tensor: more than four dimensions")
	}
	t.Dims = append(t.dims[:0], dims...)
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Dims {
		n *= d
	}
	return n
}

// Cols is the last dimension; Rows the product of the others.
func (t *Tensor) Cols() int { return t.Dims[len(t.Dims)-1] }
func (t *Tensor) Rows() int { return t.Len() / t.Cols() }
