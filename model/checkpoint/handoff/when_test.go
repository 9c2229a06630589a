package handoff_test

import (
	"os"
	"strings"
	"testing"

	"hornbook/model/checkpoint/handoff"
)

// readmeNative is the native rate of README's table, in GFLOP/s: preset small's on two
// cores of the Xeon, as README has it (1,024 tokens in 648 ms).
const readmeNative = 109

// README's table is the one that follows from the rates.
func TestWhen(t *testing.T) {
	table := handoff.When(handoff.Places(readmeNative))
	text, err := os.ReadFile("../../../README.md")
	if err != nil || !strings.Contains(string(text), table) {
		t.Errorf("README.md has not this table (%v):\n%s", err, table)
	}
}
