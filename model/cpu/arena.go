package cpu

// arena hands out memory that is all freed at once, or piece by piece before. A
// step that needs more than there is takes new chunks, which stay: steps of the same
// size after it take nothing from the Go heap.
type arena struct {
	chunks []chunk
	free   []piece // given back, the latest last
}

// chunk is memory of which the first used floats are handed out.
type chunk struct {
	*memory
	used int
}

// piece is n floats of a chunk, from one of them on.
type piece struct {
	chunk *memory
	at, n int
}

// The least and, but for what is larger in one piece, the most floats of a chunk.
const (
	leastChunk = 1 << 18
	mostChunk  = 1 << 22
)

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
func (a *arena) take(n int) (in *memory, at int) {
	n = round(n)
	for i := len(a.free) - 1; i >= 0; i-- {
		if p := a.free[i]; p.n == n {
			a.free = append(a.free[:i], a.free[i+1:]...)
			return p.chunk, p.at
		}
	}
	for i := range a.chunks {
		if c := &a.chunks[i]; c.used+n <= len(c.numbers) {
			c.used += n
			return c.memory, c.used - n
		}
	}
	room := max(n, leastChunk, min(a.size()/4, mostChunk))
	a.chunks = append(a.chunks, chunk{&memory{numbers: make([]float32, room)}, n})
	return a.chunks[len(a.chunks)-1].memory, 0
}

// give takes back what take returned for n.
func (a *arena) give(in *memory, at, n int) { a.free = append(a.free, piece{in, at, round(n)}) }

func (a *arena) reset() {
	for i := range a.chunks {
		a.chunks[i].used = 0
	}
	a.free = a.free[:0]
}
