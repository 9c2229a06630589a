package webgpu

import (
	"errors"
	"fmt"
	"syscall/js"
	"unsafe"

	"hornbook/model/tensor"
	"hornbook/wasm/jsrt"
)

// Card is an opened graphics card. It is for one goroutine.
type Card struct {
	Name     string
	Software bool // it says that it is none, but a program

	js        js.Value // a Card of gpu.js
	most      int      // floats of a buffer
	list      list
	asked     struct{ calls, numbers int } // so far: calls, and numbers of their operands
	heap      heap
	steps     steps
	pipelines map[pipeline]int32
	groups    map[group]int32
}

// ErrNone is that there is no card, or none that the browser lends.
var ErrNone = errors.New("this browser lends no graphics card (WebGPU)")

// Open opens the card that the browser lends. The script gpu.js must be there.
func Open() (*Card, error) {
	gpu := js.Global().Get("hornbookGPU")
	if !gpu.Truthy() {
		return nil, ErrNone
	}
	opened, err := jsrt.Await(gpu.Call("open"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	c := &Card{Name: opened.Get("name").String(), Software: opened.Get("software").Bool(), js: opened,
		most:      opened.Get("most").Int() / 4,
		pipelines: map[pipeline]int32{}, groups: map[group]int32{}}
	opened.Call("given", mostCalls*uniformWords*4, mostNumbers*4)
	c.list = newList()
	return c, nil
}

// Close gives the card back.
func (c *Card) Close() { c.js.Call("close") }

// do calls a method of gpu.js. What that throws the card has failed of.
func (c *Card) do(method string, args ...any) js.Value {
	value, err := jsrt.Call(c.js, method, args...)
	if err != nil {
		panic(tensor.Lost{Why: err.Error()})
	}
	return value
}

// check panics with what went wrong.
func (c *Card) check() {
	if why := c.do("problem").String(); why != "" {
		panic(tensor.Lost{Why: why})
	}
}

// place is where x lies in this module's memory, as long as x is kept alive.
func place[T any](x []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(x))) }

// buffer is memory of the card.
type buffer struct {
	card *Card
	id   int32
	n    int // floats
}

// buffer makes one of at least n floats, all zero.
func (c *Card) buffer(n int) *buffer {
	n = round(max(n, 1))
	if n > c.most {
		panic(tensor.Lost{Why: fmt.Sprintf("%d bytes are wanted in one piece, it has at most %d", 4*n, 4*c.most)})
	}
	return &buffer{card: c, id: int32(c.do("buffer", 4*n).Int()), n: n}
}

// round makes starts multiples of 256 bytes.
func round(n int) int { return (n + 63) &^ 63 }
