package cpu

import "hornbook/model/tensor"

// memory is the Storage of this backend: a part of the Go heap.
type memory struct{ numbers []float32 }

func (m *memory) Upload(at int, x []float32)   { copy(m.numbers[at:at+len(x)], x) }
func (m *memory) Download(x []float32, at int) { copy(x, m.numbers[at:at+len(x)]) }

func (m *memory) Read(at, n int, use func(x []float32))   { use(m.numbers[at : at+n : at+n]) }
func (m *memory) Write(at, n int, fill func(x []float32)) { fill(m.numbers[at : at+n : at+n]) }

// data is t's numbers, nil for no tensor.
func data(t *tensor.Tensor) []float32 {
	if t == nil {
		return nil
	}
	end := t.Offset + t.Len()
	return t.Storage.(*memory).numbers[t.Offset:end:end]
}

// arena hands out memory that is all freed at once, or piece by piece before. A
// step that needs more than there is takes a new chunk; the next reset joins the
// chunks, so that later steps of the same size take nothing from the Go heap.
type arena struct {
	chunks []*memory
	used   int     // of the last chunk
	free   []piece // given back, the latest last
}

// piece is n floats of a chunk, from one of them on.
type piece struct {
	chunk *memory
	at, n int
}

const firstChunk = 1 << 18 // floats

func (a *arena) size() int {
	n := 0
	for _, c := range a.chunks {
		n += len(c.numbers)
	}
	return n
}

// round makes starts 64-byte multiples apart, so that vectors of neighbouring
// tensors share no cache line.
func round(n int) int { return (n + 15) &^ 15 }

// take returns where n floats of any content lie: those of that size that were
// given back last, which the caches still hold, or new ones.
func (a *arena) take(n int) (chunk *memory, at int) {
	n = round(n)
	for i := len(a.free) - 1; i >= 0; i-- {
		if p := a.free[i]; p.n == n {
			a.free = append(a.free[:i], a.free[i+1:]...)
			return p.chunk, p.at
		}
	}
	last := len(a.chunks) - 1
	if last < 0 || a.used+n > len(a.chunks[last].numbers) {
		a.grow(max(n, firstChunk, a.size()/2))
		last++
	}
	a.used += n
	return a.chunks[last], a.used - n
}

// give takes back what take returned for n.
func (a *arena) give(chunk *memory, at, n int) { a.free = append(a.free, piece{chunk, at, round(n)}) }

// grow begins a chunk of n floats.
func (a *arena) grow(n int) {
	a.chunks = append(a.chunks, &memory{make([]float32, n)})
	a.used = 0
}

func (a *arena) reset() {
	if len(a.chunks) > 1 {
		n := a.size()
		clear(a.chunks)
		a.chunks = a.chunks[:0]
		a.grow(n)
	}
	a.used = 0
	clear(a.free)
	a.free = a.free[:0]
}
