//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// MultiplyAdds does turns times 48 multiply-adds of vectors, as fast as the
// machine can: operands in registers, twelve sums that do not wait for each
// other. It returns the number of floating-point operations.
func MultiplyAdds(turns int) int {
	var keep vector
	multiplyAdds(turns, unsafe.Pointer(&keep))
	return turns * 48 * 4 * 2
}

//go:noescape
func multiplyAdds(turns int, keep unsafe.Pointer)
