package layout

import (
	"slices"

	"hornbook/model/recipe"
)

// The rows of queries and keys lie in an order that follows from how a program turns
// pairs of a head's channels (RoPE): ours turns channel i with i+D/2, and where only
// some turn, they lie first in each half. An order names, for each row of a file,
// the row of ours, counted through all parts of the tensor; nil for the same.

// order is that of a module.
func (l *layouter) order(mod module) []int {
	if l.form.sort == nil {
		return nil
	}
	return l.form.sort(l.Config, mod, l.gguf)
}

// llamaOrder: llama.cpp's llama turns row 2i of a head with row 2i+1.
func llamaOrder(c recipe.Model, mod module, gguf bool) []int {
	heads := 0
	switch {
	case !gguf:
	case slices.Equal(mod.ours, together[:1]):
		heads = c.Heads
	case slices.Equal(mod.ours, together[1:2]):
		heads = c.KVHeads
	}
	return interleaved(heads, c.HeadSize())
}

// interleaved is the order of heads in which row 2i turns with row 2i+1.
func interleaved(heads, d int) (order []int) {
	for h := range heads {
		for i := range d {
			order = append(order, h*d+i/2+i%2*(d/2))
		}
	}
	return order
}

// neoxOrder: the channels of a head that turn lie first, and Hugging Face has
// queries, keys and values of a head together, llama.cpp those of all heads.
func neoxOrder(c recipe.Model, mod module, gguf bool) (order []int) {
	if !slices.Equal(mod.ours, together) {
		return nil
	}
	d, inHead := c.HeadSize(), apart(c)
	row := func(which, head, i int) int {
		if which < 2 {
			i = inHead[i]
		}
		return (which*c.Heads+head)*d + i
	}
	for at := range 3 * c.Heads * d {
		if part := at / d; gguf {
			order = append(order, row(part/c.Heads, part%c.Heads, at%d))
		} else {
			order = append(order, row(part%3, part/3, at%d))
		}
	}
	return order
}

// apart says where a channel of a head lies with us, if those that turn are the
// first of their heads.
func apart(c recipe.Model) []int {
	d, turning := c.HeadSize(), c.Rotary
	if turning == 0 {
		turning = d
	}
	var ours []int
	for _, half := range []int{0, d / 2} {
		for i := range turning / 2 {
			ours = append(ours, half+i)
		}
	}
	for i := turning; i < d; i++ {
		rest := i - turning // of those that lie behind the turning ones in each half
		behind := (d - turning) / 2
		ours = append(ours, rest/max(1, behind)*(d/2)+turning/2+rest%max(1, behind))
	}
	return ours
}

// sorted brings rows of cols numbers into an order, or back.
func sorted(x []float32, cols int, order []int, back bool) []float32 {
	if order == nil {
		return x
	}
	out := make([]float32, len(x))
	for file, ours := range order {
		if back {
			copy(out[ours*cols:(ours+1)*cols], x[file*cols:])
		} else {
			copy(out[file*cols:(file+1)*cols], x[ours*cols:])
		}
	}
	return out
}
