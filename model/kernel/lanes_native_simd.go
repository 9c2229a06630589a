//go:build goexperiment.simd && !purego && !wasm

package kernel

import "simd"

// lanes is the sum of the elements of v.
func lanes(v simd.Float32s) float32 {
	var s vector
	v.Store(s[:])
	n := v.Len()
	leave()
	sum := (s[0] + s[1]) + (s[2] + s[3])
	for i := 4; i < n; i += 4 {
		sum += (s[i] + s[i+1]) + (s[i+2] + s[i+3])
	}
	return sum
}

// most is the largest element of v; whether a NaN counts is left open.
func most(v simd.Float32s) float32 {
	var s vector
	v.Store(s[:])
	n := v.Len()
	leave()
	m := s[0]
	for _, x := range s[1:n] {
		m = max(m, x)
	}
	return m
}
