package layout

import (
	"fmt"
	"slices"

	"hornbook/model/format/safetensors"
	"hornbook/model/tensor"
)

// Slot is a tensor of a file, and where its numbers lie in the model.
type Slot struct {
	Name    string
	Shape   []int  // in the file, row by row
	parts   []part // one below the other they are the tensor
	turned  bool   // the file has rows and columns exchanged, as GPT-2's Conv1D
	heads   int    // and of so many matrices, one below the other; 0 for one
	order   []int  // of the file's rows, nil for ours
	mayMiss bool   // a file without it means zeros
	PerID   bool   // a row an id: a file may have more, which are dropped
	Mean    bool   // write one more row, the mean of the others
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
func newSlot(name string, vector bool, parts ...part) Slot {
	s := Slot{Name: name, parts: parts}
	if s.Shape = []int{s.rows(), parts[0].cols}; vector {
		s.Shape = s.Shape[:1]
	}
	return s
}

// Len is the count of the file's numbers.
func (s Slot) Len() int { return product(s.Shape) }

func (s Slot) rows() (n int) {
	for _, p := range s.parts {
		n += p.rows
	}
	return n
}

// TypesOf are the types in which a store has the tensors of slots, by the names of the
// parameters that these hold.
func TypesOf(slots []Slot, store map[string]Stored) map[string]tensor.DType {
	types := map[string]tensor.DType{}
	for _, s := range slots {
		for _, p := range s.parts {
			if p.p != nil {
				types[p.p.Name] = narrowTypes[store[s.Name].DType]
			}
		}
	}
	return types
}

// narrowTypes are those of 16 bits by the names that files have for them.
var narrowTypes = map[string]tensor.DType{safetensors.F16: tensor.F16, safetensors.BF16: tensor.BF16}

// kept is the type that s's numbers can be written in as they lie.
func (s Slot) kept() string {
	for name, t := range narrowTypes {
		if !slices.ContainsFunc(s.parts, func(p part) bool { return p.p == nil || p.p.Storage.DType() != t }) && !s.Mean {
			return name
		}
	}
	return safetensors.F32
}

// Values are the numbers for the file. room, if it is long enough, is used.
func (s Slot) Values(room []float32) []float32 {
	out := slices.Grow(room[:0], s.Len())
	for _, p := range s.parts {
		if p.p == nil {
			out = append(out, make([]float32, p.rows*p.cols)...)
		} else {
			out = p.p.Append(out)
		}
	}
	rows, cols := s.rows(), s.parts[0].cols
	out = sorted(out, cols, s.order, false)
	if s.turned {
		out = turnEach(out, max(1, s.heads), rows, cols)
	}
	if s.Mean {
		out = append(out, meanRow(out, rows, cols)...)
	}
	return out
}

// place puts the numbers of a file into the model.
func (s Slot) place(values []float32) error {
	rows, cols := s.rows(), s.parts[0].cols
	if s.turned {
		n := max(1, s.heads)
		values = turnEach(values, n, n*cols, rows/n)
	}
	values = sorted(values, cols, s.order, true)
	for _, p := range s.parts {
		n := p.rows * p.cols
		if p.p != nil {
			p.p.Upload(values[:n])
		} else if slices.ContainsFunc(values[:n], func(x float32) bool { return x != 0 }) {
			return fmt.Errorf("tensor %q holds numbers that the model has no place for", s.Name)
		}
		values = values[n:]
	}
	return nil
}

// turnEach turns n matrices that lie one below the other, of so many rows together.
func turnEach(x []float32, n, rows, cols int) (out []float32) {
	if n == 1 {
		return turn(x, rows, cols)
	}
	for i := range n {
		out = append(out, turn(x[i*len(x)/n:(i+1)*len(x)/n], rows/n, cols)...)
	}
	return out
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
