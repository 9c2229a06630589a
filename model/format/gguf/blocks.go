package gguf

import (
	"encoding/binary"

	"hornbook/model/format/half"
)

// The blocks of ggml-common.h, as dequantize_row_* of ggml-quants.c reads them. A
// block has a scale d (f16); those with an offset have a smallest number m too.
// In blocks of 256 ("K"), groups of 16 or 32 numbers have small scales of their
// own, which d multiplies.

func f16(b []byte) float32 { return half.From(binary.LittleEndian.Uint16(b)) }

// nibble is one of the 32 numbers of 4 bits in b: first the low halves of 16
// bytes, then the high ones.
func nibble(b []byte, i int) byte {
	if i < 16 {
		return b[i] & 15
	}
	return b[i-16] >> 4
}

// fifth is the fifth bit of number i, in place.
func fifth(b []byte, i int) byte { return b[i/8] >> (i % 8) & 1 << 4 }

// x = d·(q-8)
func unpackQ4_0(x []float32, b []byte) {
	d := f16(b)
	for i := range x {
		x[i] = float32(int(nibble(b[2:], i))-8) * d
	}
}

// x = d·q + m
func unpackQ4_1(x []float32, b []byte) {
	d, m := f16(b), f16(b[2:])
	for i := range x {
		x[i] = float32(float32(nibble(b[4:], i))*d) + m
	}
}

// x = d·(q-16)
func unpackQ5_0(x []float32, b []byte) {
	d := f16(b)
	for i := range x {
		x[i] = float32(int(nibble(b[6:], i)|fifth(b[2:], i))-16) * d
	}
}

// x = d·q + m
func unpackQ5_1(x []float32, b []byte) {
	d, m := f16(b), f16(b[2:])
	for i := range x {
		x[i] = float32(float32(nibble(b[8:], i)|fifth(b[4:], i))*d) + m
	}
}

// x = d·q
func unpackQ8_0(x []float32, b []byte) {
	d := f16(b)
	for i := range x {
		x[i] = float32(int8(b[2+i])) * d
	}
}

// uneven are the numbers that 4 bits of IQ4_NL mean.
var uneven = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// x = d·uneven[q]
func unpackIQ4_NL(x []float32, b []byte) {
	d := f16(b)
	for i := range x {
		x[i] = d * uneven[nibble(b[2:], i)]
	}
}

// x = d·s·q - m·t, with 4 bits for s and t of each 16, and 2 for q
func unpackQ2_K(x []float32, b []byte) {
	scales, q, d, m := b[:16], b[16:80], f16(b[80:]), f16(b[82:])
	for i := range x {
		s := scales[i/16]
		two := q[i/128*32+i%32] >> (i % 128 / 32 * 2) & 3
		x[i] = float32(d*float32(s&15)*float32(two)) - m*float32(s>>4)
	}
}

// x = d·(s-32)·(q-4), with 6 bits for s of each 16, and 3 for q
func unpackQ3_K(x []float32, b []byte) {
	high, q, scales, d := b[:32], b[32:96], b[96:108], f16(b[108:])
	for i := range x {
		g := i / 16
		s := scales[g%8] >> (g / 8 * 4) & 15
		s |= scales[8+g%4] >> (g / 4 * 2) & 3 << 4
		three := q[i/128*32+i%32]>>(i%128/32*2)&3 | high[i%32]>>(i/32)&1<<2
		x[i] = d * float32(int(s)-32) * float32(int(three)-4)
	}
}

// smallScale are s and t of the g-th 32 of a Q4_K or Q5_K: 6 bits each.
func smallScale(b []byte, g int) (s, t float32) {
	if g < 4 {
		return float32(b[g] & 63), float32(b[g+4] & 63)
	}
	return float32(b[g+4]&15 | b[g-4]>>6<<4), float32(b[g+4]>>4 | b[g]>>6<<4)
}

// x = d·s·q - m·t, with 4 bits for q
func unpackQ4_K(x []float32, b []byte) {
	d, m, q := f16(b), f16(b[2:]), b[16:]
	for g := range 8 {
		s, t := smallScale(b[4:], g)
		for i := range 32 {
			four := q[g/2*32+i] >> (g % 2 * 4) & 15
			x[32*g+i] = float32(d*s*float32(four)) - m*t
		}
	}
}

// x = d·s·q - m·t, with 5 bits for q
func unpackQ5_K(x []float32, b []byte) {
	d, m, high, q := f16(b), f16(b[2:]), b[16:48], b[48:]
	for g := range 8 {
		s, t := smallScale(b[4:], g)
		for i := range 32 {
			five := q[g/2*32+i]>>(g%2*4)&15 | high[i]>>g&1<<4
			x[32*g+i] = float32(d*s*float32(five)) - m*t
		}
	}
}

// x = d·s·(q-32), with 8 bits for s of each 16, and 6 for q
func unpackQ6_K(x []float32, b []byte) {
	low, high, scales, d := b[:128], b[128:192], b[192:208], f16(b[208:])
	for i := range x {
		part, at := i/128, i%128
		six := low[part*64+at%64] >> (at / 64 * 4) & 15
		six |= high[part*32+at%32] >> (at / 32 * 2) & 3 << 4
		x[i] = d * float32(int8(scales[i/16])) * float32(int(six)-32)
	}
}
