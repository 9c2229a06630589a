package kernel

import (
	"os"
	"testing"
)

// Where fused modules are tested, nothing may quietly run unfused.
func TestFused(t *testing.T) {
	if os.Getenv("HORNBOOK_FUSED") != "" && !Fused {
		t.Fatal("this module rounds products before it adds them")
	}
	t.Log("fused:", Fused)
}
