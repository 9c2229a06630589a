package webgpu

import (
	"runtime"
	"sync"

	"hornbook/model/tensor"
	"hornbook/wasm/jsrt"
)

// piece is n floats of a buffer, from one of them on: the Storage of this backend.
type piece struct {
	*buffer
	at, n int
}

// DType: a card computes in float32.
func (*piece) DType() tensor.DType { return tensor.F32 }

// large is from how many floats on a store has a buffer of its own. Smaller ones share
// some, so that few shaders are made for operands in other buffers.
const large = 1 << 18

// heap is what stores that last are made of.
type heap struct {
	shared *buffer // the one that small stores are cut from
	used   int     // floats of it
	free   []piece // small ones that nobody knows any more, all zero or not
	lock   sync.Mutex
	lost   []piece // those that the collector found
}

// store makes a piece of zeros, that is freed when nobody knows it any more.
func (c *Card) store(n int) *piece {
	c.collect()
	p := c.cut(round(max(n, 1)))
	s := &piece{p.buffer, p.at, p.n}
	runtime.AddCleanup(s, func(p piece) { p.card.heap.leave(&p) }, p)
	return s
}

// leave notes pieces that nobody knows any more, as the collector finds them.
func (h *heap) leave(list ...*piece) {
	h.lock.Lock()
	defer h.lock.Unlock()
	for _, p := range list {
		h.lost = append(h.lost, *p)
	}
}

func (c *Card) cut(n int) piece {
	h := &c.heap
	if n >= large {
		return piece{c.buffer(n), 0, n}
	}
	for i, p := range h.free {
		if p.n == n {
			h.free = append(h.free[:i], h.free[i+1:]...)
			c.call(fill).on(tensor.Weight(&p, 0, "", n)).whole(n).real(0).each(n)
			return p
		}
	}
	if h.shared == nil || h.used+n > h.shared.n {
		h.shared, h.used = c.buffer(4*large), 0
	}
	h.used += n
	return piece{h.shared, h.used - n, n}
}

// collect takes back what the collector found.
func (c *Card) collect() {
	h := &c.heap
	h.lock.Lock()
	defer h.lock.Unlock()
	for _, p := range h.lost {
		if p.n >= large {
			c.forget(p.buffer)
		} else {
			h.free = append(h.free, p)
		}
	}
	h.lost = h.lost[:0]
}

// Upload makes x the numbers from the at-th on, after what was asked for before.
func (p *piece) Upload(at int, x []float32) {
	if len(x) == 0 {
		return
	}
	p.card.flush()
	p.card.do("write", p.id, 4*(p.at+at), place(x), 4*len(x))
	runtime.KeepAlive(x)
}

// Download waits for all that was asked for.
func (p *piece) Download(x []float32, at int) {
	if len(x) == 0 {
		return
	}
	p.card.flush()
	_, err := jsrt.Await(p.card.do("read", p.id, 4*(p.at+at), place(x), 4*len(x)))
	runtime.KeepAlive(x)
	p.card.check()
	if err != nil {
		panic(tensor.Lost{Why: err.Error()})
	}
}

func (p *piece) Read(at, n int, use func(x []float32)) {
	x := make([]float32, n)
	p.Download(x, at)
	use(x)
}

func (p *piece) Write(at, n int, fill func(x []float32)) {
	x := make([]float32, n)
	fill(x)
	p.Upload(at, x)
}
