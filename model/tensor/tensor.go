// Package tensor is reverse-mode automatic differentiation over a handful of
// fused operations. A Tape records what the forward pass does and plays the
// gradient rules backward; a Backend does the arithmetic. One operation with
// its gradient rule stands in one file.
//
// The letters B, T, C, V, H, D, K, F are those of package kernel.
package tensor

// Tensor is a contiguous float32 array with an explicit shape. On the CPU its
// numbers are Data; a device backend keeps them elsewhere and leaves Data nil.
type Tensor struct {
	Name string    // of a parameter: "blocks.0.attention.query.weight"
	Dims []int     // row-major, at most four
	Data []float32 // len = product of Dims
	Grad *Tensor   // d loss / d this; nil until something flows back

	dims  [4]int  // where Dims lies
	live  bool    // a gradient is wanted: a parameter, or computed from one
	fresh bool    // a gradient whose memory holds nothing yet
	of    *Tensor // the tensor that this is another view of
}

// Adds tells whether t, a gradient, holds something that must be added to. If
// not, it is to be written whole, whatever its memory holds; from then on it
// holds something.
func (t *Tensor) Adds() bool {
	adds := !t.fresh
	t.fresh = false
	return adds
}

// Parameter makes a trainable tensor of zeros with its gradient.
func Parameter(name string, dims ...int) *Tensor {
	n := (&Tensor{Dims: dims}).Len()
	p := Weight(make([]float32, n), name, dims...)
	p.Train(make([]float32, n))
	return p
}

// Weight makes a named tensor of the first numbers of data, which is the
// caller's. It is frozen: no gradient reaches it until Train.
func Weight(data []float32, name string, dims ...int) *Tensor {
	w := &Tensor{Name: name}
	w.shape(dims...)
	w.Move(data)
	return w
}

// Move makes t a tensor of the first numbers of data, whatever they are.
func (t *Tensor) Move(data []float32) {
	n := t.Len()
	t.Data = data[:n:n]
}

// Train makes t trainable, with its gradient in the first of gradients.
func (t *Tensor) Train(gradients []float32) {
	g := &Tensor{Name: t.Name}
	g.shape(t.Dims...)
	g.Move(gradients)
	t.Grad, t.live = g, true
}

// Freeze makes t one that no gradient reaches.
func (t *Tensor) Freeze() { t.Grad, t.live = nil, false }

// View is a tensor over memory that the caller owns; no gradient reaches it.
func View(data []float32, dims ...int) *Tensor {
	t := new(Tensor)
	t.Set(data, dims...)
	return t
}

// Slice views n rows of the first dimension of t, from row on; no gradient
// reaches it.
func (t *Tensor) Slice(row, n int) *Tensor {
	width := t.Len() / t.Dims[0]
	dims := append([]int{n}, t.Dims[1:]...)
	return View(t.Data[row*width:(row+n)*width], dims...)
}

// Set makes t what View returns.
func (t *Tensor) Set(data []float32, dims ...int) {
	t.Data = data
	t.shape(dims...)
	if len(data) != t.Len() {
		panic("tensor: view of the wrong length")
	}
}

func (t *Tensor) shape(dims ...int) {
	if len(dims) > len(t.dims) {
		panic("tensor: more than four dimensions")
	}
	t.Dims = append(t.dims[:0], dims...)
}

// Forget makes t, a gradient, one that holds nothing yet.
func (t *Tensor) Forget() { t.fresh = true }

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
