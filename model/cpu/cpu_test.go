package cpu_test

import (
	"testing"

	"hornbook/model/backendtest"
	"hornbook/model/cpu"
	"hornbook/model/tensor"
)

func TestBackend(t *testing.T) {
	backendtest.Run(t, func() tensor.Backend { return cpu.New() })
}
