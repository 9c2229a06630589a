// Package gguf reads and writes GGUF, llama.cpp's format: a header of typed
// keys and values, the shapes and places of the tensors, then their numbers.
// It knows nothing of models.
//
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3,
// little endian; version 2 differs in its number only. A header is believed as far
// as its sizes go. What a value says is its reader's matter: texts may be
// broken, integers of any width, and arrays of arrays are passed over, since most
// keys are for others.
package gguf

import (
	"errors"
	"fmt"
	"math"
	"reflect"
)

// Type says how the numbers of a tensor are written.
type Type uint32

// The types that are written, and BF16.
const (
	F32  Type = 0
	F16  Type = 1
	Q8_0 Type = 8 // blocks of 32 bytes with a scale: x = q·scale
	BF16 Type = 30
)

// ErrType is wrapped by errors on types of numbers that cannot be read.
var ErrType = errors.New("F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K to Q6_K and IQ4_NL can be read")

// ErrVersion is wrapped by errors on files of another version, or of the other
// order of bytes.
var ErrVersion = errors.New("versions 2 and 3, little endian, can be read")

// blocks are the types that can be read: the numbers of a block, its bytes, and
// how it is read where it is not one number.
var blocks = map[Type]struct {
	numbers, bytes int64
	unpack         func(x []float32, b []byte)
}{
	F32: {1, 4, nil}, F16: {1, 2, nil}, BF16: {1, 2, nil},
	2: {32, 18, unpackQ4_0}, 3: {32, 20, unpackQ4_1}, 6: {32, 22, unpackQ5_0}, 7: {32, 24, unpackQ5_1}, Q8_0: {q8Block, 2 + q8Block, unpackQ8_0},
	10: {256, 84, unpackQ2_K}, 11: {256, 110, unpackQ3_K}, 12: {256, 144, unpackQ4_K}, 13: {256, 176, unpackQ5_K}, 14: {256, 210, unpackQ6_K},
	20: {32, 18, unpackIQ4_NL},
}

// names of types that may be met, for errors.
var names = map[Type]string{
	F32: "F32", F16: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", Q8_0: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
	12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL",
	21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", BF16: "BF16",
	34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}

func (t Type) String() string {
	if name, known := names[t]; known {
		return name
	}
	return fmt.Sprintf("number %d", uint32(t))
}

// Pair is a key with its value: a bool, a string, a number of Go's type of that
// width, a slice of one of these, or Nested. Texts may be no valid UTF-8.
type Pair struct {
	Key   string
	Value any
}

// Nested is an array of arrays, which is read past: no key of a model or of its
// tokenizer holds one.
type Nested struct{}

// Whole is v as a whole number, of whatever width it is written; numbers are
// bounded by ±2⁶², far over every limit.
func Whole(v any) (n int64, is bool) {
	x := reflect.ValueOf(v)
	switch {
	case v == nil:
	case x.CanInt():
		return max(-1<<62, min(x.Int(), 1<<62)), true
	case x.CanUint():
		return int64(min(x.Uint(), 1<<62)), true
	}
	return 0, false
}

// Wholes is v as a list of whole numbers, of whatever width they are written.
func Wholes(v any) (list []int64, is bool) {
	x := reflect.ValueOf(v)
	if v == nil || x.Kind() != reflect.Slice || x.Len() > 0 && !x.Index(0).CanInt() && !x.Index(0).CanUint() {
		return nil, false
	}
	list = make([]int64, x.Len())
	for i := range list {
		list[i], _ = Whole(x.Index(i).Interface())
	}
	return list, true
}

// The limits of a header. A model of 64 layers has about 800 tensors.
const (
	maxPairs     = 1 << 12
	maxTensors   = 1 << 14
	maxKey       = 1 << 10 // bytes
	maxString    = 1 << 24
	maxArray     = 1 << 22 // items
	maxDims      = 4
	maxNested    = 4 // arrays, one in the other
	maxAlignment = 1 << 16
	maxAtOnce    = 1 << 20 // bytes of memory before they are read
)

const (
	magic        = "GGUF"
	version      = 3 // that is written
	oldVersion   = 2 // that can be read too
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
