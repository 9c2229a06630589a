//go:build goexperiment.simd && !purego && amd64

package kernel

import "simd/archsimd"

// leave ends a stretch of vector code. Without it every instruction of SSE that
// follows, as Go's compiler makes for float32 and for clearing memory, waits
// for the upper halves of the registers: up to 400 cycles on an Intel machine.
func leave() { archsimd.ClearAVXUpperBits() }
