package gguf

import (
	"encoding/binary"
	"fmt"
	"math"

	"hornbook/model/format/half"
)

// q8Block is the numbers of a block of Q8_0.
const q8Block = 32

// pack appends the bytes of values, whole blocks, to b.
func pack(b []byte, values []float32, t Type) ([]byte, error) {
	switch t {
	case F32:
		for _, x := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	case F16:
		for _, x := range values {
			h, fits := half.To(x)
			if !fits {
				return nil, fmt.Errorf("%v is too large for F16; write F32 instead", x)
			}
			b = binary.LittleEndian.AppendUint16(b, h)
		}
	case Q8_0:
		for at := 0; at < len(values); at += q8Block {
			var err error
			if b, err = packQ8(b, values[at:at+q8Block]); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// packQ8 rounds a block as ggml does (quantize_row_q8_0_ref): the largest
// number becomes ±127, and halves are rounded away from zero.
func packQ8(b []byte, values []float32) ([]byte, error) {
	var largest float32
	for _, x := range values {
		largest = max(largest, x, -x)
	}
	scale := largest / 127
	var inverse float32
	if scale != 0 {
		inverse = 1 / scale
	}
	h, fits := half.To(scale)
	if !fits || !(scale < float32(math.Inf(1))) {
		return nil, fmt.Errorf("numbers up to %v are too large for Q8_0; write F32 instead", largest)
	}
	b = binary.LittleEndian.AppendUint16(b, h)
	for _, x := range values {
		b = append(b, byte(int8(math.Round(float64(x*inverse)))))
	}
	return b, nil
}

// unpack fills values, whole blocks, from raw.
func unpack(values []float32, raw []byte, t Type) {
	switch t {
	case F32:
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case F16:
		for i := range values {
			values[i] = f16(raw[2*i:])
		}
	case BF16:
		for i := range values {
			values[i] = half.FromBF16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	default:
		b := blocks[t]
		for len(values) > 0 {
			b.unpack(values[:b.numbers], raw)
			values, raw = values[b.numbers:], raw[b.bytes:]
		}
	}
}
