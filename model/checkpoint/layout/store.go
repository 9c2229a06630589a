package layout

import (
	"io/fs"
	"math"
	"slices"

	"hornbook/model/format"
	"hornbook/model/format/safetensors"
)

// Store are the tensors of opened files, whose numbers are not read yet.
type Store struct {
	Tensors map[string]Stored // by name
	Held    float64           // bytes of memory that the files themselves take when they have been read
	opened  []*format.File
}

// Stored is a tensor that a file has.
type Stored struct {
	File  string
	DType string
	Shape []int
	Read  func(dst []float32) error
}

// Keep opens the store to f's tensors, and closes f with it.
func (s *Store) Keep(f *format.File) {
	s.opened = append(s.opened, f)
	s.Held += float64(f.Held)
	if s.Tensors == nil {
		s.Tensors = map[string]Stored{}
	}
}

// Close closes the files.
func (s *Store) Close() {
	for _, c := range s.opened {
		c.Close()
	}
}

// Fetch reads what can be read in order only to its end: before, nobody knows
// that the tensors are as long as the files say.
func (s *Store) Fetch() error {
	for _, f := range s.opened {
		if err := f.Fetch(); err != nil {
			return err
		}
	}
	return nil
}

// AddSafetensors opens a file of weights and adds its tensors.
func (s *Store) AddSafetensors(fsys fs.FS, name string) error {
	b, err := format.Open(fsys, name)
	if err != nil {
		return err
	}
	s.Keep(b)
	f, err := safetensors.Open(b, b.Size)
	if err != nil {
		return format.Unreadable(name, err)
	}
	for _, e := range f.Entries {
		if other, twice := s.Tensors[e.Name]; twice {
			return format.Wrong(format.Damaged, name, "tensor %q lies in it and in %s", e.Name, other.File)
		}
		s.Tensors[e.Name] = Stored{name, e.DType, e.Shape, func(dst []float32) error { return f.Read(e, dst) }}
	}
	return nil
}

// Numbers counts those of all tensors, and those of the largest.
func (s *Store) Numbers() (all, largest int) {
	for _, t := range s.Tensors {
		n := product(t.Shape)
		all, largest = all+n, max(largest, n)
	}
	return all, largest
}

// Check finds what Fill cannot fill, before anything is read: slots without a
// tensor, tensors of another shape, tensors without a slot.
func (s *Store) Check(slots []Slot, file string) error {
	known := map[string]bool{}
	for _, slot := range slots {
		known[slot.Name] = true
		t, there := s.Tensors[slot.Name]
		if !there && slot.mayMiss {
			continue
		}
		if !there {
			return format.Wrong(format.Damaged, file, "tensor %q is missing", slot.Name)
		}
		if !slot.fits(t.Shape) {
			return format.Wrong(format.Damaged, t.File, "tensor %q has shape %v, but the model needs %v", slot.Name, t.Shape, slot.Shape)
		}
	}
	extra := ""
	for name := range s.Tensors {
		if !known[name] && (extra == "" || name < extra) {
			extra = name
		}
	}
	if extra != "" {
		return format.Wrong(format.Unsupported, s.Tensors[extra].File, "the model has no place for the tensor %q", extra)
	}
	return nil
}

func (s Slot) fits(shape []int) bool {
	if s.PerID && len(shape) == len(s.Shape) && shape[0] > s.Shape[0] {
		return slices.Equal(shape[1:], s.Shape[1:])
	}
	return slices.Equal(shape, s.Shape)
}

// Fill reads the tensors, which Check has seen, into the model. Of
// numbers that are not finite it tells how many there are.
func (s *Store) Fill(slots []Slot) error {
	var room []float32
	strange, first := 0, Stored{}
	name := ""
	for _, slot := range slots {
		t, there := s.Tensors[slot.Name]
		if !there {
			continue
		}
		n := product(t.Shape)
		room = slices.Grow(room[:0], n)[:n]
		if err := t.Read(room); err != nil {
			return format.Unreadable(t.File, err)
		}
		values := room[:slot.Len()]
		if n := NotFinite(values); n > 0 {
			if strange == 0 {
				first, name = t, slot.Name
			}
			strange += n
		}
		if err := slot.place(values); err != nil {
			return &format.Problem{Kind: format.Unsupported, File: t.File, What: "it does not fit", Err: err}
		}
	}
	if strange > 0 {
		return format.Wrong(format.Damaged, first.File, "%d of the weights are no finite numbers, the first in tensor %q: a training that went wrong, or a damaged file; use an earlier copy", strange, name)
	}
	return nil
}

// NotFinite counts the numbers of x that are none or are infinite.
func NotFinite(x []float32) (n int) {
	for _, v := range x {
		if bits := math.Float32bits(v); bits&0x7F800000 == 0x7F800000 {
			n++
		}
	}
	return n
}
