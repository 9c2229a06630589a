//go:build goexperiment.simd && !purego && !amd64

package kernel

// leave ends a stretch of vector code, which only amd64 needs to be told.
func leave() {}
