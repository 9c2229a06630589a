// Package safetensors reads and writes the safetensors format: eight bytes of
// header length (little endian), a JSON header that gives each tensor's type,
// shape and place, then the numbers themselves. It knows nothing of models.
//
// Source: https://github.com/huggingface/safetensors, "Format".
package safetensors

import (
	"fmt"
	"math"
)

// Tensor is a named array of numbers, row by row.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// The types of numbers that can be read and written.
const (
	F32  = "F32"
	F16  = "F16"
	BF16 = "BF16"
)

// maxHeader bounds the header in bytes; that of a model of 64 layers has 100 kB.
const maxHeader = 8 << 20

const metadataKey = "__metadata__"

// entry is a tensor's line in the header.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

// widths are the bytes of a number of each type of the format.
var widths = map[string]int64{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}

// elements is the product of shape; it fails for negative sizes and overflow.
func elements(shape []int) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt64/8/int64(d) {
			return 0, fmt.Errorf("its shape %v is impossible", shape)
		}
		n *= int64(d)
	}
	return n, nil
}
