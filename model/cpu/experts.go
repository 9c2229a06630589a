package cpu

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

var _ tensor.Experts = (*CPU)(nil)

func (c *CPU) Join(y, a, b *tensor.Tensor) {
	to, left, right := data(y), data(a), data(b)
	m, n := a.Cols(), b.Cols()
	for r := range a.Rows() {
		copy(to[r*(m+n):], left[r*m:(r+1)*m])
		copy(to[r*(m+n)+m:], right[r*n:(r+1)*n])
	}
}

func (c *CPU) JoinGrad(da, db tensor.Into, dy *tensor.Tensor) {
	if da.T != nil {
		part(da, dy, 0)
	}
	if db.T != nil {
		part(db, dy, dy.Cols()-db.T.Cols())
	}
}

// part adds to d, or makes it, the columns of dy from at on.
func part(d tensor.Into, dy *tensor.Tensor, at int) {
	to, from, w, all := data(d.T), data(dy), d.T.Cols(), dy.Cols()
	for r := range d.T.Rows() {
		row, dy := to[r*w:(r+1)*w], from[r*all+at:][:w]
		if d.Add {
			kernel.Add(row, row, dy)
		} else {
			copy(row, dy)
		}
	}
}

// headWeight is the matrix of head h of w (H·rows,cols).
func headWeight(w *tensor.Tensor, heads, h int) kernel.Matrix {
	rows, cols := w.Rows()/heads, w.Cols()
	if x, is := w.Storage.(*narrow); is {
		return kernel.NarrowMat(x.part(w.Offset+h*rows*cols, rows*cols), rows, cols)
	}
	return kernel.Mat(data(w)[h*rows*cols:(h+1)*rows*cols], rows, cols)
}

// first are the first n columns of m.
func first(m kernel.Matrix, n int) kernel.Matrix {
	m.Cols = n
	return m
}

func (c *CPU) HeadLinear(y, x, w *tensor.Tensor, turned bool) {
	n, heads := x.Dims[0], x.Dims[1]
	for h := range heads {
		wh := headWeight(w, heads, h)
		if !turned {
			wh = wh.T()
		}
		kernel.Matmul(head(y, 0, n, h), first(head(x, 0, n, h), wh.Rows), wh, false, &c.ws)
	}
}

func (c *CPU) HeadLinearGrad(dx, dw tensor.Into, dy, x, w *tensor.Tensor, turned bool) {
	n, heads := x.Dims[0], x.Dims[1]
	into := w.Cols()
	if turned {
		into = w.Rows() / heads
	}
	if dx.T != nil && into < x.Cols() {
		adding(dx) // the channels that are not looked at have none
		dx.Add = true
	}
	for h := range heads {
		dyh, xh, wh := head(dy, 0, n, h), first(head(x, 0, n, h), into), headWeight(w, heads, h)
		if turned {
			wh = wh.T()
		}
		if dx.T != nil {
			kernel.Matmul(first(head(dx.T, 0, n, h), into), dyh, wh, dx.Add, &c.ws)
		}
		if dw.T != nil && turned {
			kernel.Matmul(headWeight(dw.T, heads, h), xh.T(), dyh, dw.Add, &c.ws)
		} else if dw.T != nil {
			kernel.Matmul(headWeight(dw.T, heads, h), dyh.T(), xh, dw.Add, &c.ws)
		}
	}
}

func (c *CPU) ExpertLinear(y, x, w *tensor.Tensor, counts []int32) {
	at := 0
	for e, n := range counts {
		if n > 0 {
			kernel.Matmul(some(y, at, n), some(x, at, n), expertWeight(w, e).T(), false, &c.ws)
		}
		at += int(n)
	}
}

func (c *CPU) ExpertLinearGrad(dx, dw tensor.Into, dy, x, w *tensor.Tensor, counts []int32) {
	at := 0
	for e, n := range counts {
		switch {
		case n > 0:
			if dx.T != nil {
				kernel.Matmul(some(dx.T, at, n), some(dy, at, n), expertWeight(w, e), dx.Add, &c.ws)
			}
			if dw.T != nil {
				kernel.Matmul(expertWeight(dw.T, e), some(dy, at, n).T(), some(x, at, n), dw.Add, &c.ws)
			}
		case dw.T != nil && !dw.Add:
			clear(expertWeight(dw.T, e).Data)
		}
		at += int(n)
	}
}

// expertWeight is the matrix of expert e of w (E,O,I).
func expertWeight(w *tensor.Tensor, e int) kernel.Matrix { return headWeight(w, w.Dims[0], e) }

// some are n rows of x (R,C).
func some(x *tensor.Tensor, row int, n int32) kernel.Matrix {
	w := x.Cols()
	return kernel.Mat(data(x)[row*w:(row+int(n))*w], int(n), w)
}

func (c *CPU) Gather(y, x, weights *tensor.Tensor, ids []int32) {
	to, w := data(y), x.Cols()
	clear(to)
	for r, by := range data(weights) {
		at := int(ids[r]) * w
		kernel.Axpy(to[at:at+w], by, row(x, r))
	}
}

func (c *CPU) GatherGrad(dx, dweights tensor.Into, dy, x, weights *tensor.Tensor, ids []int32) {
	from := data(weights)
	if dx.T != nil {
		adding(dx)
	}
	if dweights.T != nil {
		adding(dweights)
	}
	for r, id := range ids {
		dy := row(dy, int(id))
		if dx.T != nil {
			kernel.Axpy(row(dx.T, r), from[r], dy)
		}
		if dweights.T != nil {
			data(dweights.T)[r] += kernel.Dot(row(x, r), dy)
		}
	}
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
