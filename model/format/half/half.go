// Package half turns the two formats of 16 bits into float32, and float32 into
// the one of IEEE 754.
package half

import "math"

// FromBF16 widens a bfloat16: the upper half of a float32.
func FromBF16(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// ToBF16 rounds a finite x to the nearest bfloat16, ties to even.
func ToBF16(x float32) uint16 { return uint16(roundShift(math.Float32bits(x), 16)) }

// From widens an IEEE 754 binary16.
func From(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, int(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero or subnormal: fraction · 2⁻²⁴
		x := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(x))
	case 31: // infinity or not a number
		return math.Float32frombits(sign | 0x7F800000 | fraction<<13)
	}
	return math.Float32frombits(sign | uint32(exponent+112)<<23 | fraction<<13)
}

// To rounds x to the nearest binary16, ties to even. It fits unless x is
// finite and rounds to an infinity.
func To(x float32) (h uint16, fits bool) {
	bits := math.Float32bits(x)
	sign, exponent, fraction := uint16(bits>>16)&0x8000, int(bits>>23&255)-112, bits&(1<<23-1)
	switch {
	case exponent == 255-112: // infinity or not a number, whose first bit is kept
		if fraction != 0 {
			return sign | 0x7E00, true
		}
		return sign | 0x7C00, true
	case exponent >= 31:
		return sign | 0x7C00, false
	case exponent <= 0: // subnormal: the leading 1 becomes part of the fraction
		if exponent < -10 {
			return sign, true
		}
		return sign | uint16(roundShift(fraction|1<<23, 14-exponent)), true
	}
	// A fraction that rounds up to 2 carries into the exponent, as it should.
	h = uint16(roundShift(uint32(exponent)<<23|fraction, 13))
	return sign | h, h < 0x7C00
}

// roundShift is n·2^(-by), to the nearest whole number, ties to even.
func roundShift(n uint32, by int) uint32 {
	half := uint32(1)<<(by-1) - 1 + n>>by&1
	return (n + half) >> by
}
