package cpu

// arena hands out float32 memory that is all freed at once. A step that needs
// more than there is takes a new chunk; the next reset joins the chunks, so
// that later steps of the same size take nothing from the Go heap.
type arena struct {
	chunks [][]float32
	used   int // of the last chunk
}

const firstChunk = 1 << 18 // floats

func (a *arena) size() int {
	n := 0
	for _, c := range a.chunks {
		n += len(c)
	}
	return n
}

// take returns n floats; starts are 64-byte multiples apart so that vectors
// of neighbouring tensors share no cache line.
func (a *arena) take(n int, zero bool) []float32 {
	need := (n + 15) &^ 15
	last := len(a.chunks) - 1
	if last < 0 || a.used+need > len(a.chunks[last]) {
		a.chunks = append(a.chunks, make([]float32, max(need, firstChunk, a.size()/2)))
		last, a.used = last+1, 0
	}
	m := a.chunks[last][a.used : a.used+n : a.used+n]
	a.used += need
	if zero {
		clear(m)
	}
	return m
}

func (a *arena) reset() {
	if len(a.chunks) > 1 {
		n := a.size()
		clear(a.chunks)
		a.chunks = append(a.chunks[:0], make([]float32, n))
	}
	a.used = 0
}
