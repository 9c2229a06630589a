package layout

import (
	"io"
	"slices"

	"hornbook/model/format"
	"hornbook/model/format/safetensors"
)

// WriteSafetensors writes the slots' numbers as f32 or f16, or as they lie.
func WriteSafetensors(w io.Writer, slots []Slot, t format.DType) error {
	dtype, err := safetensorsType(t)
	if err != nil {
		return err
	}
	var room []float32
	tensors := make([]safetensors.Lazy, len(slots))
	for i, s := range slots {
		as := dtype
		if t == format.Kept {
			as = s.kept()
		}
		tensors[i] = safetensors.Lazy{Name: s.Name, Shape: s.Shape, DType: as, Values: func() []float32 {
			room = slices.Grow(room, s.Len()) // grown here, so that the next slot has it too
			return s.Values(room)
		}}
	}
	return safetensors.WriteLazy(w, tensors, map[string]string{"format": "pt"})
}

// CheckSafetensors refuses types of weights that safetensors are not written in.
func CheckSafetensors(t format.DType) error {
	_, err := safetensorsType(t)
	return err
}

func safetensorsType(t format.DType) (string, error) {
	switch t {
	case format.F32, format.Kept:
		return safetensors.F32, nil
	case format.F16:
		return safetensors.F16, nil
	}
	return "", format.Wrong(format.Unsupported, "", "safetensors hold weights as f32 or f16, not as %q", t)
}
