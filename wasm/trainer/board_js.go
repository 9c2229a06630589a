package main

import (
	"runtime"
	"sync"
	"syscall/js"
	"time"
	"unsafe"

	"hornbook/model/train"
	"hornbook/wasm/jsrt"
)

// board is a train.Board over one of static/src/ranks.js, which copies between
// this module's memory and what the ranks share.
type board struct {
	rank, size     int
	shared         bool // memory; else messages
	put, get, meet js.Value
	close          js.Value
	turning        js.Func       // of messages: all have come to the meeting
	turned         chan struct{} // the same for the goroutine
	lost           chan struct{} // closed when a rank has ended
	lose           func()        // closes lost
}

func newBoard(seat js.Value) *board {
	b := &board{rank: seat.Get("rank").Int(), size: seat.Get("size").Int(), shared: seat.Get("shared").Truthy(),
		turned: make(chan struct{}, 1), lost: make(chan struct{})}
	made := js.Global().Call("hornbookBoard", seat)
	method := func(name string) js.Value { return made.Get(name).Call("bind", made) }
	b.put, b.get, b.meet, b.close = method("put"), method("get"), method("meet"), method("close")
	b.turning = js.FuncOf(func(js.Value, []js.Value) any {
		b.turned <- struct{}{}
		return nil
	}) // released when a crew ends, else lives as long as the worker
	b.lose = sync.OnceFunc(func() { close(b.lost) })
	return b
}

func (b *board) Rank() int { return b.rank }
func (b *board) Size() int { return b.size }

func (b *board) Put(to, at int, x []float32) {
	if len(x) > 0 {
		b.put.Invoke(to, at, place(x), len(x))
		runtime.KeepAlive(x)
	}
}

func (b *board) Get(x []float32, at int) {
	if len(x) > 0 {
		b.get.Invoke(at, place(x), len(x))
		runtime.KeepAlive(x)
	}
}

// place is where x lies in this module's memory, as long as x is kept alive.
func place[T any](x []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(x))) }

// slice is how long the lead waits at once. Patience is counted in slices, so
// that the time in which a laptop sleeps is not.
const slice = 100 * time.Millisecond

func (b *board) Sync(patience time.Duration) error {
	select {
	case <-b.lost:
		return train.ErrRankLost
	default:
	}
	if b.shared {
		return b.block(patience)
	}
	b.meet.Invoke(b.turning)
	return b.wait(patience)
}

// block meets over shared memory. Word of a rank that ended comes by the event
// loop, which stands still in a slice.
func (b *board) block(patience time.Duration) error {
	if patience == 0 {
		return met(b.meet.Invoke(js.Global().Get("Infinity")))
	}
	for waited := time.Duration(0); waited < patience; waited += slice {
		if came := b.meet.Invoke(slice.Milliseconds()); came.Int() != 0 {
			return met(came)
		}
		jsrt.Yield()
		select {
		case <-b.lost:
			return train.ErrRankLost
		default:
		}
	}
	return train.ErrRankLost
}

// met is what it means that a board's meet gave 1 or another number.
func met(came js.Value) error {
	if came.Int() != 1 {
		return train.ErrRankLost
	}
	return nil
}

// wait meets by messages, which the event loop brings meanwhile.
func (b *board) wait(patience time.Duration) error {
	for waited := time.Duration(0); ; waited += slice {
		var over <-chan time.Time
		if patience > 0 {
			over = time.After(min(slice, patience-waited))
		}
		select {
		case <-b.turned:
			return nil
		case <-b.lost:
			return train.ErrRankLost
		case <-over:
			if waited+slice >= patience {
				return train.ErrRankLost
			}
		}
	}
}
