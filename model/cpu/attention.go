package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// head views head h of n rows of x (N,H,D), from row on, as a matrix (n,D).
func head(x *tensor.Tensor, row, n, h int) kernel.Matrix {
	heads, d := x.Dims[1], x.Dims[2]
	at := (row*heads + h) * d
	return kernel.Matrix{Data: data(x)[at : at+(n-1)*heads*d+d], Rows: n, Cols: d, Stride: heads * d}
}

// block is the number of queries whose scores are held at once. In a context
// of at most so many, p holds them all; in a longer one a block of queries by
// all their keys is the most of the T×T matrix that ever exists.
const block = tensor.ShortContext

// rows views queries i and up, at most block of them, of a head (T,D).
func rows(m kernel.Matrix, i int) kernel.Matrix {
	m.Data, m.Rows = m.Data[i*m.Stride:], min(block, m.Rows-i)
	return m
}

// past views the first n keys or values of a head.
func past(m kernel.Matrix, n int) kernel.Matrix {
	m.Rows = n
	return m
}

// weights is where the weights of the queries i and up of a head stand, which
// see keys in all: in p if there is one, else in room.
func weights(p []float32, room *[]float32, queries, keys, i int) kernel.Matrix {
	n := min(block, queries-i)
	seen := keys - queries + i + n
	if p != nil {
		return kernel.Mat(p[:n*seen], n, seen)
	}
	if cap(*room) < n*seen {
		*room = make([]float32, block*keys)
	}
	return kernel.Mat((*room)[:n*seen], n, seen)
}

// Attention computes, for each sequence and head and a block of queries at a
// time,
//
//	p = softmax(scale·q·kᵀ), causal;  y = p·v
//
// What softmax needs to compute p again stays in sums.
func (c *CPU) Attention(y, p, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	heads, group := q.Dims[1], q.Dims[1]/k.Dims[1]
	row, w := 0, data(p)
	for _, s := range spans {
		if s.Rows == 1 && p == nil {
			c.lookBack(y, sums, q, k, v, row, lastOf(s), scale)
			row++
			continue
		}
		for h := range heads {
			qh, kh, vh, yh := head(q, row, s.Rows, h), head(k, s.Keys, s.Seen(), h/group), head(v, s.Keys, s.Seen(), h/group), head(y, row, s.Rows, h)
			kept := data(sums)[2*(row*heads+h*s.Rows):]
			for i := 0; i < s.Rows; i += block {
				w := weights(w, &c.p, s.Rows, s.Seen(), i)
				kernel.MatmulCausal(w, rows(qh, i), past(kh, w.Cols).T(), &c.heads)
				outside(w, s.Window, unseen)
				kernel.CausalSoftmax(w, scale, kept[2*i:2*(i+w.Rows)])
				outside(w, s.Window, 0)
				kernel.Matmul(rows(yh, i), w, past(vh, w.Cols), false, &c.heads)
			}
			w = after(w, s)
		}
		row += s.Rows
	}
}

// unseen is a score so low that nothing is left of it beside any other.
const unseen = -1e30

// outside makes all of w, scores or weights, x that lie before a window, which ends
// with each row's own position.
func outside(w kernel.Matrix, window int, x float32) {
	if window == 0 {
		return
	}
	for i := range w.Rows {
		row := w.Data[i*w.Stride:][:max(0, w.Cols-w.Rows+i+1-window)]
		for j := range row {
			row[j] = x
		}
	}
}

// lastOf is s, of one row, without what lies before its window.
func lastOf(s tensor.Span) tensor.Span {
	if before := s.Seen() - s.Window; s.Window > 0 && before > 0 {
		s.First, s.Keys = s.First-before, s.Keys+before
	}
	return s
}

// lookBack is Attention of the one query of s, in this row.
func (c *CPU) lookBack(y, sums, q, k, v *tensor.Tensor, row int, s tensor.Span, scale float32) {
	wide, n := q.Dims[1]*q.Dims[2], k.Dims[1]*k.Dims[2]
	seen := func(x *tensor.Tensor) kernel.Matrix { return kernel.Mat(data(x)[s.Keys*n:], s.Seen(), n) }
	kernel.Attend(data(y)[row*wide:][:wide], data(sums)[2*row*q.Dims[1]:], data(q)[row*wide:][:wide], seen(k), seen(v), q.Dims[2], scale, &c.heads)
}

// after is what follows the weights of a head of s in p.
func after(p []float32, s tensor.Span) []float32 {
	if p == nil {
		return nil
	}
	return p[s.Rows*s.Seen():]
}

// AttentionGrad differentiates Attention, with p computed again where it was
// not kept:
//
//	dv += pᵀ·dy;  dp = dy·vᵀ;  ds = softmax gradient of dp;  dq += ds·k;  dk += dsᵀ·q
func (c *CPU) AttentionGrad(dq, dk, dv tensor.Into, dy, p, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	adding(dq)
	adding(dk)
	adding(dv)
	heads, group := q.Dims[1], q.Dims[1]/k.Dims[1]
	row, pw := 0, data(p)
	for _, s := range spans {
		for h := range heads {
			g, seen := h/group, s.Seen()
			qh, kh, vh, dyh := head(q, row, s.Rows, h), head(k, s.Keys, seen, g), head(v, s.Keys, seen, g), head(dy, row, s.Rows, h)
			kept := data(sums)[2*(row*heads+h*s.Rows):]
			for i := 0; i < s.Rows; i += block {
				w, qi, dyi := weights(pw, &c.p, s.Rows, seen, i), rows(qh, i), rows(dyh, i)
				if p == nil {
					kernel.MatmulCausal(w, qi, past(kh, w.Cols).T(), &c.heads)
					outside(w, s.Window, unseen)
					kernel.CausalSoftmaxAgain(w, scale, kept[2*i:2*(i+w.Rows)])
					outside(w, s.Window, 0)
				}
				ds := weights(nil, &c.ds, s.Rows, seen, i)
				kernel.MatmulCausal(ds, dyi, past(vh, w.Cols).T(), &c.heads)
				kernel.CausalSoftmaxGrad(ds, w, scale)
				if dv.T != nil {
					kernel.Matmul(past(head(dv.T, s.Keys, seen, g), w.Cols), w.T(), dyi, true, &c.heads)
				}
				if dq.T != nil {
					kernel.Matmul(rows(head(dq.T, row, s.Rows, h), i), ds, past(kh, w.Cols), true, &c.heads)
				}
				if dk.T != nil {
					kernel.Matmul(past(head(dk.T, s.Keys, seen, g), w.Cols), ds.T(), qi, true, &c.heads)
				}
			}
			pw = after(pw, s)
		}
		row += s.Rows
	}
}
