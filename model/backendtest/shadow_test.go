package backendtest_test

import (
	"testing"

	"hornbook/model/backendtest"
	"hornbook/model/tensor"
)

func TestShadow(t *testing.T) {
	backendtest.Run(t, func() tensor.Backend { return backendtest.NewShadow() })
}
