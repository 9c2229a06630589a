package checkpoint

import (
	"fmt"
	"math"
	"slices"

	"hornbook/model/tensor"
)

// slot is a tensor of a file, and where its numbers lie in the model.
type slot struct {
	name    string
	shape   []int  // in the file, row by row
	parts   []part // one below the other they are the tensor
	turned  bool   // the file has rows and columns exchanged, as GPT-2's Conv1D
	heads   int    // if not 0: the rows of each head lie in llama.cpp's order for RoPE
	mayMiss bool   // a file without it means zeros
	perID   bool   // a row an id: a file may have more, which are dropped
	mean    bool   // write one more row, the mean of the others
}

// part is a parameter, or zeros that the format wants and the model lacks.
type part struct {
	p          *tensor.Tensor // nil for zeros
	rows, cols int            // of a vector: its length and 1
}

func partOf(p *tensor.Tensor) part {
	if len(p.Dims) == 1 {
		return part{p, p.Dims[0], 1}
	}
	return part{p, p.Rows(), p.Cols()}
}

// newSlot is a tensor of vectors or of matrices.
func newSlot(name string, vector bool, parts ...part) slot {
	s := slot{name: name, parts: parts}
	if s.shape = []int{s.rows(), parts[0].cols}; vector {
		s.shape = s.shape[:1]
	}
	return s
}

func (s slot) rows() (n int) {
	for _, p := range s.parts {
		n += p.rows
	}
	return n
}

// values are the numbers for the file. room, if it is long enough, is used.
func (s slot) values(room []float32) []float32 {
	if len(s.parts) == 1 && s.parts[0].p != nil && !s.turned && s.heads == 0 && !s.mean {
		return s.parts[0].p.Data
	}
	out := slices.Grow(room[:0], product(s.shape))
	for _, p := range s.parts {
		if p.p == nil {
			out = append(out, make([]float32, p.rows*p.cols)...)
		} else {
			out = append(out, p.p.Data...)
		}
	}
	rows, cols := s.rows(), s.parts[0].cols
	switch {
	case s.turned:
		out = turn(out, rows, cols)
	case s.heads > 0:
		out = interleave(out, rows, cols, s.heads, false)
	}
	if s.mean {
		out = append(out, meanRow(out, rows, cols)...)
	}
	return out
}

// place puts the numbers of a file into the model.
func (s slot) place(values []float32) error {
	rows, cols := s.rows(), s.parts[0].cols
	switch {
	case s.turned:
		values = turn(values, cols, rows)
	case s.heads > 0:
		values = interleave(values, rows, cols, s.heads, true)
	}
	for _, p := range s.parts {
		n := p.rows * p.cols
		if p.p != nil {
			copy(p.p.Data, values[:n])
		} else if slices.ContainsFunc(values[:n], func(x float32) bool { return x != 0 }) {
			return fmt.Errorf("tensor %q holds numbers that the model has no place for", s.name)
		}
		values = values[n:]
	}
	return nil
}

// turn exchanges rows and columns.
func turn(x []float32, rows, cols int) []float32 {
	out := make([]float32, len(x))
	for r := range rows {
		for c := range cols {
			out[c*rows+r] = x[r*cols+c]
		}
	}
	return out
}

// interleave brings the rows of each head from Hugging Face's order for RoPE,
// in which row i turns with row i+D/2, to that of llama.cpp's llama, in which
// row 2i turns with row 2i+1; or back.
func interleave(x []float32, rows, cols, heads int, back bool) []float32 {
	out := make([]float32, len(x))
	d := rows / heads
	for r := range rows {
		head, i := r/d*d, r%d
		to := head + i%(d/2)*2 + i/(d/2)
		if back {
			copy(out[r*cols:(r+1)*cols], x[to*cols:])
		} else {
			copy(out[to*cols:(to+1)*cols], x[r*cols:])
		}
	}
	return out
}

func meanRow(x []float32, rows, cols int) []float32 {
	out := make([]float32, cols)
	for c := range out {
		var sum float64
		for r := range rows {
			sum += float64(x[r*cols+c])
		}
		out[c] = float32(sum / float64(rows))
	}
	return out
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// stored is a tensor that a file has.
type stored struct {
	file  string
	dtype string
	shape []int
	read  func(dst []float32) error
}

// check finds what fill cannot fill, before anything is read: slots without a
// tensor, tensors of another shape, tensors without a slot.
func check(slots []slot, store map[string]stored, file string) error {
	known := map[string]bool{}
	for _, s := range slots {
		known[s.name] = true
		t, there := store[s.name]
		if !there && s.mayMiss {
			continue
		}
		if !there {
			return problem(Damaged, file, "tensor %q is missing", s.name)
		}
		if !s.fits(t.shape) {
			return problem(Damaged, t.file, "tensor %q has shape %v, but the model needs %v", s.name, t.shape, s.shape)
		}
	}
	extra := ""
	for name := range store {
		if !known[name] && (extra == "" || name < extra) {
			extra = name
		}
	}
	if extra != "" {
		return problem(Unsupported, store[extra].file, "the model has no place for the tensor %q", extra)
	}
	return nil
}

func (s slot) fits(shape []int) bool {
	if s.perID && len(shape) == len(s.shape) && shape[0] > s.shape[0] {
		return slices.Equal(shape[1:], s.shape[1:])
	}
	return slices.Equal(shape, s.shape)
}

// fill reads the tensors of store, which check has seen, into the model. Of
// numbers that are not finite it tells how many there are.
func fill(slots []slot, store map[string]stored) error {
	var room []float32
	strange, first := 0, stored{}
	name := ""
	for _, s := range slots {
		t, there := store[s.name]
		if !there {
			continue
		}
		n := product(t.shape)
		room = slices.Grow(room[:0], n)[:n]
		if err := t.read(room); err != nil {
			return damaged(t.file, err)
		}
		values := room[:product(s.shape)]
		if n := notFinite(values); n > 0 {
			if strange == 0 {
				first, name = t, s.name
			}
			strange += n
		}
		if err := s.place(values); err != nil {
			return &Problem{Kind: Unsupported, File: t.file, What: "it does not fit", Err: err}
		}
	}
	if strange > 0 {
		return problem(Damaged, first.file, "%d of the weights are no finite numbers, the first in tensor %q: a training that went wrong, or a damaged file; use an earlier copy", strange, name)
	}
	return nil
}

func notFinite(x []float32) (n int) {
	for _, v := range x {
		if bits := math.Float32bits(v); bits&0x7F800000 == 0x7F800000 {
			n++
		}
	}
	return n
}
