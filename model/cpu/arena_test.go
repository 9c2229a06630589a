package cpu

import "testing"

// A second step like the first takes nothing more from the heap, whatever is given back
// on the way, and what is handed out is handed out once.
func TestArenaKeepsItsChunks(t *testing.T) {
	var a arena
	step := func() {
		a.reset()
		taken := map[*float32]bool{}
		for i := range 400 {
			n := 1 + i*i%70_000
			in, at := a.take(n)
			if first := &in.numbers[at]; taken[first] || at+n > len(in.numbers) {
				t.Fatalf("piece %d of %d floats lies at %d of %d, or was handed out before", i, n, at, len(in.numbers))
			} else if i%3 == 0 {
				a.give(in, at, n)
			} else {
				taken[first] = true
			}
		}
	}
	step()
	size := a.size()
	if allocs := testing.AllocsPerRun(1, step); a.size() != size {
		t.Errorf("the second step took %d floats, the first %d (%v allocations)", a.size(), size, allocs)
	}
}
