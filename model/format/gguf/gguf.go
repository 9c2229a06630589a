// Package gguf reads and writes GGUF, llama.cpp's format: a header of typed
// keys and values, the shapes and places of the tensors, then their numbers.
// It knows nothing of models.
//
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3,
// little endian.
package gguf

import (
	"errors"
	"fmt"
	"math"
	"reflect"
)

// Type says how the numbers of a tensor are written.
type Type uint32

// The types that can be read; BF16 is not written.
const (
	F32  Type = 0
	F16  Type = 1
	Q8_0 Type = 8 // blocks of 32 bytes with a scale: x = q·scale
	BF16 Type = 30
)

// ErrType is wrapped by errors on types of numbers that cannot be read.
var ErrType = errors.New("only F32, F16, BF16 and Q8_0 can be read")

// ErrVersion is wrapped by errors on files of another version.
var ErrVersion = errors.New("only version 3 can be read")

// blocks are the numbers of a block of each type, and its bytes.
var blocks = map[Type]struct{ numbers, bytes int64 }{F32: {1, 4}, F16: {1, 2}, BF16: {1, 2}, Q8_0: {q8Block, 2 + q8Block}}

// names of types that may be met, for errors.
var names = map[Type]string{
	F32: "F32", F16: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", Q8_0: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
	12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL",
	21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", BF16: "BF16",
}

func (t Type) String() string {
	if name, known := names[t]; known {
		return name
	}
	return fmt.Sprintf("number %d", uint32(t))
}

// Pair is a key with its value: a bool, a string, a number of Go's type of that
// width, or a slice of one of these.
type Pair struct {
	Key   string
	Value any
}

// The limits of a header. A model of 64 layers has about 800 tensors.
const (
	maxPairs     = 1 << 12
	maxTensors   = 1 << 14
	maxKey       = 1 << 10 // bytes
	maxString    = 1 << 24
	maxArray     = 1 << 22 // items
	maxDims      = 4
	maxAlignment = 1 << 16
	maxAtOnce    = 1 << 20 // bytes of memory before they are read
)

const (
	magic        = "GGUF"
	version      = 3
	alignmentKey = "general.alignment"
	alignment    = 32 // bytes, unless the key says otherwise
)

// kind is a type of a value, by its number in the file.
type kind uint32

const (
	kindString kind = 8
	kindArray  kind = 9
)

// goTypes are the kinds in Go. An array is a slice of one of the others.
var goTypes = [...]reflect.Type{
	reflect.TypeFor[uint8](), reflect.TypeFor[int8](), reflect.TypeFor[uint16](), reflect.TypeFor[int16](),
	reflect.TypeFor[uint32](), reflect.TypeFor[int32](), reflect.TypeFor[float32](), reflect.TypeFor[bool](),
	reflect.TypeFor[string](), reflect.TypeFor[[]any](), reflect.TypeFor[uint64](), reflect.TypeFor[int64](), reflect.TypeFor[float64](),
}

// size is the bytes of tensor's numbers; shape is row by row, as elsewhere.
func size(shape []int, t Type) (int64, error) {
	b, known := blocks[t]
	if !known {
		return 0, fmt.Errorf("it has numbers of type %v: %w", t, ErrType)
	}
	n := int64(1)
	for _, d := range shape {
		if d < 1 || n > math.MaxInt64/8/int64(d) {
			return 0, fmt.Errorf("its shape %v is impossible", shape)
		}
		n *= int64(d)
	}
	if row := int64(shape[len(shape)-1]); row%b.numbers != 0 {
		return 0, fmt.Errorf("its rows of %d numbers are no whole blocks of %d, as %v needs", row, b.numbers, t)
	}
	return n / b.numbers * b.bytes, nil
}

func padding(at, to int64) int64 { return (to - at%to) % to }
