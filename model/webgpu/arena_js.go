package webgpu

import "runtime"

// arena hands out memory of a step, as that of package cpu does: all of it is freed at
// once, or piece by piece before. What is asked of a card is done in order, so that memory
// can be handed out again at once.
type arena struct {
	card   *Card
	chunks *chunks
	now    int     // the chunk that is handed out
	used   int     // floats of it
	free   []stint // given back, the latest last
}

// chunks are whole buffers. They are apart from the arena, since they outlast it: they are
// freed when nobody knows that any more.
type chunks struct{ list []*piece }

// stint is n floats of a chunk, from one of them on.
type stint struct {
	chunk *piece
	at, n int
}

const firstChunk = 1 << 20 // floats

func (a *arena) begin(c *Card) {
	a.card, a.chunks = c, new(chunks)
	runtime.AddCleanup(a, func(old *chunks) { c.heap.leave(old.list...) }, a.chunks)
}

func (a *arena) take(n int) (chunk *piece, at int) {
	n = round(n)
	for i := len(a.free) - 1; i >= 0; i-- {
		if s := a.free[i]; s.n == n {
			a.free = append(a.free[:i], a.free[i+1:]...)
			return s.chunk, s.at
		}
	}
	for ; a.now < len(a.chunks.list); a.now, a.used = a.now+1, 0 {
		if c := a.chunks.list[a.now]; a.used+n <= c.n {
			a.used += n
			return c, a.used - n
		}
	}
	a.grow(max(n, min(a.card.most, max(firstChunk, a.size()/2))))
	a.used = n
	return a.chunks.list[a.now], 0
}

func (a *arena) give(chunk *piece, at, n int) { a.free = append(a.free, stint{chunk, at, round(n)}) }

func (a *arena) grow(n int) {
	b := a.card.buffer(n)
	a.chunks.list = append(a.chunks.list, &piece{b, 0, b.n})
}

func (a *arena) size() (n int) {
	for _, c := range a.chunks.list {
		n += c.n
	}
	return n
}

// reset frees all; several chunks become one, if a buffer can be as large.
func (a *arena) reset() {
	if n := a.size(); len(a.chunks.list) > 1 && n <= a.card.most {
		for _, c := range a.chunks.list {
			a.card.forget(c.buffer)
		}
		a.card.flush() // which frees them
		a.chunks.list = a.chunks.list[:0]
		a.grow(n)
	}
	a.now, a.used = 0, 0
	clear(a.free)
	a.free = a.free[:0]
}
