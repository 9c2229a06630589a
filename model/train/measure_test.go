package train

import (
	"testing"
	"testing/synctest"
	"time"

	"hornbook/model/recipe"
)

func TestTimed(t *testing.T) { synctest.Test(t, testTimed) }

// testTimed runs by a clock that only sleeping moves.
func testTimed(t *testing.T) {
	calls, between := 0, 0
	if times := timed(4, func() { calls++ }, func() { between++ }); len(times) != 4 || calls != 5 || between != 5 {
		t.Errorf("%d times of %d calls, with %d between", len(times), calls, between)
	}
	if times := timed(4, func() { time.Sleep(longest) }, func() {}); len(times) != fewest || times[0] < longest {
		t.Errorf("of a long call the times are %v", times)
	}
}

func TestMeasures(t *testing.T) {
	for _, form := range []string{"forward", "input", "weight"} {
		if g := (Product{Form: form, M: 12, N: 20, K: 33}).GFLOPS(func() {}); !(g > 0) {
			t.Errorf("%s runs at %v GFLOP/s", form, g)
		}
	}
	r, _ := recipe.ByName("tiny")
	if n := Writing(r, func() {}); !(n > 0) {
		t.Errorf("it writes %v tokens a second", n)
	}
}
