package layout

import (
	"encoding/json"

	"hornbook/model"
	"hornbook/model/tensor"
)

// Location says where the numbers of a file's tensor lie in a model, so that a program
// in another language can read the file and write it.
type Location struct {
	Name   string
	Parts  []Part // one below the other they are the tensor
	Turned bool   // the file has rows and columns exchanged
	Order  []int  // the row of the parts that each of the file's is; nil for the same
}

// Part is a parameter by its name and its rows: "" stands for zeros, NAME[3] for what
// expert 3 has of a parameter that all experts have.
type Part struct {
	Name string
	Rows int
}

// MarshalJSON writes ["name",[["parameter",rows],…],turned,order].
func (p Location) MarshalJSON() ([]byte, error) {
	parts := make([][2]any, len(p.Parts))
	for i, part := range p.Parts {
		parts[i] = [2]any{part.Name, part.Rows}
	}
	return json.Marshal([]any{p.Name, parts, p.Turned, p.Order})
}

// SavedAt are those of Saved's tensors, nil where they lie under their own names.
func SavedAt(m *model.GPT) (locations []Location) {
	f, _ := FamilyOf(m.Config)
	if f == "" {
		return nil
	}
	for _, s := range HuggingFace(m, f) {
		p := Location{Name: s.Name, Turned: s.turned, Order: s.order}
		for _, one := range s.parts {
			p.Parts = append(p.Parts, Part{nameOf(one.p), one.rows})
		}
		locations = append(locations, p)
	}
	return locations
}

func nameOf(p *tensor.Tensor) string {
	if p == nil {
		return ""
	}
	return p.Name
}

// AdapterAt are the tensors of AdapterFiles by their names there, each with that
// of the parameter that it is; nil for a model without an adapter.
func AdapterAt(m *model.GPT) (pairs [][2]string) {
	f, _ := FamilyOf(m.Config)
	for _, p := range adapterParameters(m) {
		name, _ := adapterTensor(f, p.Name)
		pairs = append(pairs, [2]string{name, p.Name})
	}
	return pairs
}
