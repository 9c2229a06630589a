//go:build goexperiment.simd && !purego && !js

package kernel

import (
	"os"
	"os/exec"
	"simd"
	"strconv"
	"testing"
)

// TestVectorLengths runs the tests again with every shorter vector that this
// machine can be asked for, and without any (0).
func TestVectorLengths(t *testing.T) {
	if os.Getenv("HORNBOOK_VECTOR_BITS") != "" {
		t.Skip("already at another length")
	}
	t.Logf("this run: %d bits", simd.VectorBitSize())
	for _, bits := range []int{0, 128, 256, 512} {
		name := strconv.Itoa(bits)
		t.Run(name, func(t *testing.T) {
			if bits >= simd.VectorBitSize() {
				t.Skip("this run has it, or this machine has it not")
			}
			run := exec.Command(os.Args[0], "-test.short")
			run.Env = append(os.Environ(), "GODEBUG=simd="+name, "HORNBOOK_VECTOR_BITS="+name)
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
