package opcheck

import (
	"errors"
	"reflect"
	"testing"

	"hornbook/model/backendtest"
	"hornbook/model/cpu"
	"hornbook/model/tensor"
)

// The processor agrees with itself, and with a backend to the same bits.
func TestRight(t *testing.T) {
	turns, last := 0, 0
	err := Compare(backendtest.NewShadow(), cpu.New(), func(done, all int) error { turns, last = turns+1, all-done; return nil })
	if err != nil || turns != len(checks()) || last != 0 {
		t.Errorf("%d turns, %d left: %v", turns, last, err)
	}
}

// Whichever operation is wrong in one number, it is found, by its name.
func TestBroken(t *testing.T) {
	rest := map[string]bool{"Name": true, "Beside": true, "Store": true, "Alloc": true, "Free": true, "Reset": true, "Flush": true}
	backend := reflect.TypeFor[tensor.Backend]()
	for i := range backend.NumMethod() {
		op := backend.Method(i).Name
		if rest[op] {
			continue
		}
		device := backendtest.NewShadow()
		device.Break(op)
		err := Compare(device, cpu.New(), nil)
		var wrong *Wrong
		if !errors.As(err, &wrong) {
			t.Errorf("%s is broken, and it says %v", op, err)
		} else if wrong.Op != op && !(op == "Attention" && wrong.Op == "AttentionGrad") {
			t.Errorf("%s is broken, and %v is told", op, wrong)
		}
	}
}

// failing fails at its first product.
type failing struct{ tensor.Backend }

func (failing) Linear(y, x, w, b *tensor.Tensor) { panic(tensor.Lost{Why: "it was pulled out"}) }

func TestLost(t *testing.T) {
	var lost tensor.Lost
	if err := Compare(failing{cpu.New()}, cpu.New(), nil); !errors.As(err, &lost) {
		t.Errorf("it says %v", err)
	}
}
