package checkpoint

import (
	"slices"

	"hornbook/model"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/tensor"
)

// Opening is a model that has been looked at: its headers are read and
// checked, its weights are not.
type Opening struct {
	layout.Store
	Run      Run                            // but for Model and what finish reads
	Layout   func(*model.GPT) []layout.Slot // of the store's tensors
	File     string                         // that the weights lie in, for errors
	Notes    []string                       // what a person should know of it, whole sentences
	Copy     layout.Stored                  // what should be a copy of the tensor CopyOf and is left out, if CopyOf is not ""
	CopyOf   string
	CopyNote string           // of Notes, where it is none
	verify   func() error     // compares the files with their sums; nil for none
	finish   func(*Run) error // reads the rest; nil for none
}

// Needs are what the open model takes, its writers' caches included; the largest
// tensor twice, as it was read and in the model's order; and files that are read
// whole.
func (o *Opening) Needs() Needs {
	m := o.Run.Recipe.Model
	_, largest := o.Numbers()
	return Needs{m.Parameters(), m.OpenBytes(o.weights()) + 2*4*float64(largest) + o.Held}
}

// narrowFrom is the number of weights from which on those that a file has in 16 bits stay
// so: less would save little, and each product widens them.
const narrowFrom = 1 << 24

// types are those that o's model has its tensors in, by their number.
func (o *Opening) types() []tensor.DType {
	shape := o.Run.Recipe.Model
	list := shape.Tensors()
	types := make([]tensor.DType, len(list))
	if shape.Parameters() < narrowFrom {
		return types
	}
	in := layout.TypesOf(o.Layout(model.Nowhere(shape)), o.Tensors)
	for i, t := range list {
		if t.Narrows() {
			types[i] = in[t.Name]
		}
	}
	return types
}

// weights are the bytes that the model's weights take.
func (o *Opening) weights() (bytes float64) {
	list := o.Run.Recipe.Model.Tensors()
	for i, t := range o.types() {
		bytes += float64(t.Bytes() * list[i].Len())
	}
	return bytes
}

// Load reads the weights and all else, if that takes at most limit bytes; else
// it gives a *TooLarge.
func (o *Opening) Load(limit float64) (Run, error) {
	if n := o.Needs(); n.Bytes > limit {
		return Run{}, &TooLarge{n, limit}
	}
	if err := o.complete(); err != nil {
		return Run{}, err
	}
	run, err := o.read()
	if o.verify != nil { // what is wrong with files that were changed is that they were
		if changed := o.verify(); changed != nil {
			return Run{}, changed
		}
	}
	return run, err
}

// read reads the weights and all else.
func (o *Opening) read() (Run, error) {
	if err := o.Fetch(); err != nil {
		return Run{}, err
	}
	m := model.NewAs(o.Run.Recipe.Model, o.types())
	slots := o.Layout(m)
	if err := o.Check(slots, o.File); err != nil {
		return Run{}, err
	}
	if err := o.Fill(slots); err != nil {
		return Run{}, err
	}
	if err := o.compareCopy(slots); err != nil {
		return Run{}, err
	}
	run := o.Run
	run.Model = m
	if o.finish != nil {
		if err := o.finish(&run); err != nil {
			return Run{}, err
		}
	}
	return run, nil
}

// compareCopy notes that what should be a copy is none.
func (o *Opening) compareCopy(slots []layout.Slot) error {
	for _, s := range slots {
		if s.Name != o.CopyOf || o.CopyOf == "" {
			continue
		}
		same := slices.Equal(s.Shape, o.Copy.Shape)
		if same {
			want := s.Values(nil)
			got := make([]float32, len(want))
			if err := o.Copy.Read(got); err != nil {
				return format.Unreadable(o.Copy.File, err)
			}
			same = slices.Equal(got, want)
		}
		if !same {
			o.Notes = append(o.Notes, o.CopyNote)
		}
	}
	return nil
}

// complete refuses files that hold less than half of what the model needs,
// before memory is taken for it. What exactly is missing, Check tells.
func (o *Opening) complete() error {
	have, _ := o.Numbers()
	if need := o.Run.Recipe.Model.Parameters(); have < need/2 {
		return format.Wrong(format.Damaged, o.File, "it holds %d weights, but the model that is described has %d; a part of it is missing", have, need)
	}
	return nil
}
