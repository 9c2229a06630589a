package cpu

import "unsafe"

// arena hands out float32 memory that is all freed at once, or piece by piece
// before. A step that needs more than there is takes a new chunk; the next
// reset joins the chunks, so that later steps of the same size take nothing
// from the Go heap.
type arena struct {
	chunks [][]float32
	used   int         // of the last chunk
	free   [][]float32 // given back, the latest last
}

const firstChunk = 1 << 18 // floats

func (a *arena) size() int {
	n := 0
	for _, c := range a.chunks {
		n += len(c)
	}
	return n
}

// round makes starts 64-byte multiples apart, so that vectors of neighbouring
// tensors share no cache line.
func round(n int) int { return (n + 15) &^ 15 }

// take returns n floats of any content: those of that size that were given
// back last, which the caches still hold, or new ones.
func (a *arena) take(n int) []float32 {
	need := round(n)
	for i := len(a.free) - 1; i >= 0; i-- {
		if m := a.free[i]; len(m) == need {
			a.free = append(a.free[:i], a.free[i+1:]...)
			return m[:n:n]
		}
	}
	last := len(a.chunks) - 1
	if last < 0 || a.used+need > len(a.chunks[last]) {
		a.chunks = append(a.chunks, make([]float32, max(need, firstChunk, a.size()/2)))
		last, a.used = last+1, 0
	}
	m := a.chunks[last][a.used:][:n:n]
	a.used += need
	return m
}

// give takes back what take returned. Its whole room, which take cut to what
// was asked for, is had again by its length rounded up.
func (a *arena) give(m []float32) {
	if len(m) > 0 {
		a.free = append(a.free, unsafe.Slice(unsafe.SliceData(m), round(len(m))))
	}
}

func (a *arena) reset() {
	if len(a.chunks) > 1 {
		n := a.size()
		clear(a.chunks)
		a.chunks = append(a.chunks[:0], make([]float32, n))
	}
	a.used = 0
	clear(a.free)
	a.free = a.free[:0]
}
