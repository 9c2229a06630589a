package checkpoint

import (
	"fmt"
	"slices"

	"hornbook/model"
	"hornbook/model/format/safetensors"
)

// fill copies tensors into m's parameters, each of which must be there once
// and in its shape, and nothing else.
func fill(m *model.GPT, tensors []safetensors.Tensor) error {
	byName := map[string]safetensors.Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	for _, p := range m.Parameters {
		t, there := byName[p.Name]
		if !there {
			return fmt.Errorf("tensor %q is missing", p.Name)
		}
		if !slices.Equal(t.Shape, p.Dims) {
			return fmt.Errorf("tensor %q has shape %v, but the model needs %v", p.Name, t.Shape, p.Dims)
		}
		copy(p.Data, t.Data)
	}
	if len(tensors) != len(m.Parameters) {
		return fmt.Errorf("it has %d tensors, but the model has %d", len(tensors), len(m.Parameters))
	}
	return nil
}
