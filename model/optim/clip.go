package optim

import (
	"math"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Clipper measures gradients and shortens long ones, as PyTorch's
// clip_grad_norm_ does, without their norm leaving the backend.
type Clipper struct {
	backend   tensor.Backend
	limit     float64 // of the norm; 0 for none
	gradients []*tensor.Tensor
	squares   *tensor.Tensor // of each
	numbers   []float32      // squares, downloaded
}

// NewClipper clips the gradients of params, of backend b, as r says.
func NewClipper(b tensor.Backend, r recipe.Recipe, params []*tensor.Tensor) *Clipper {
	c := &Clipper{backend: b, limit: r.Clip}
	loads := map[string]bool{} // what stands there is no gradient, but how much experts had to do
	for _, t := range r.Model.Tensors() {
		loads[t.Name] = t.Role == recipe.Load
	}
	for _, p := range params {
		if !loads[p.Name] {
			c.gradients = append(c.gradients, p.Grad)
		}
	}
	c.squares, c.numbers = tensor.Zeros(b, len(c.gradients)), make([]float32, len(c.gradients))
	return c
}

// Measure takes the squares of the gradients.
func (c *Clipper) Measure() { c.backend.Squares(c.squares, c.gradients) }

// Squares is the sum of the squares that were measured, downloaded.
func (c *Clipper) Squares() (sum float64) {
	c.squares.Download(c.numbers)
	for _, s := range c.numbers {
		sum += float64(s)
	}
	return sum
}

// Norm is the Euclidean norm of the gradients that were measured.
func (c *Clipper) Norm() float64 { return math.Sqrt(c.Squares()) }

// Clip scales the gradients so that the norm that was measured is at most the
// limit.
func (c *Clipper) Clip() { c.ClipBy(c.squares) }

// ClipBy is Clip where these are only some of the gradients: squares add up to
// the square of the norm of all.
func (c *Clipper) ClipBy(squares *tensor.Tensor) {
	if c.limit != 0 {
		c.backend.Clip(c.gradients, squares, c.limit)
	}
}
