package train

import "hornbook/model/tensor"

// wire brings tensors to a board and from it, without a copy between.
type wire struct {
	board     Board
	to, at    int // of the transfer under way
	out, home func(x []float32)
}

func newWire(b Board) *wire {
	w := &wire{board: b}
	w.out = func(x []float32) { w.board.Put(w.to, w.at, x) }
	w.home = func(x []float32) { w.board.Get(x, w.at) }
	return w
}

// put is the board's Put of the numbers of x.
func (w *wire) put(to, at int, x *tensor.Tensor) {
	w.to, w.at = to, at
	x.Read(w.out)
}

// get is the board's Get into x.
func (w *wire) get(x *tensor.Tensor, at int) {
	w.at = at
	x.Write(w.home)
}
