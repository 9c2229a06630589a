package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// head views head h of sequence b of x (B,T,H,D) as a matrix (T,D).
func head(x *tensor.Tensor, b, h int) kernel.Matrix {
	t, heads, d := x.Dims[1], x.Dims[2], x.Dims[3]
	row := heads * d
	at := b*t*row + h*d
	return kernel.Matrix{Data: x.Data[at : at+(t-1)*row+d], Rows: t, Cols: d, Stride: row}
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

// weights is where the weights of the queries i and up of head h of sequence b
// stand: in p if there is one, else in room.
func weights(p *tensor.Tensor, room *[]float32, q, k kernel.Matrix, b, h, heads, i int) kernel.Matrix {
	queries := min(block, q.Rows-i)
	seen := k.Rows - q.Rows + i + queries
	n := queries * seen
	if p != nil {
		return kernel.Mat(p.Data[(b*heads+h)*n:][:n], queries, seen)
	}
	if cap(*room) < n {
		*room = make([]float32, block*k.Rows)
	}
	return kernel.Mat((*room)[:n], queries, seen)
}

// Attention computes, for each sequence and head and a block of queries at a
// time,
//
//	p = softmax(scale·q·kᵀ), causal;  y = p·v
//
// What softmax needs to compute p again stays in sums.
func (c *CPU) Attention(y, p, sums, q, k, v *tensor.Tensor, scale float32) {
	heads, group, time := q.Dims[2], q.Dims[2]/k.Dims[2], q.Dims[1]
	for b := range q.Dims[0] {
		for h := range heads {
			qh, kh, vh, yh := head(q, b, h), head(k, b, h/group), head(v, b, h/group), head(y, b, h)
			kept := sums.Data[2*(b*heads+h)*time:]
			for i := 0; i < time; i += block {
				w := weights(p, &c.p, qh, kh, b, h, heads, i)
				kernel.MatmulCausal(w, rows(qh, i), past(kh, w.Cols).T(), &c.ws)
				kernel.CausalSoftmax(w, scale, kept[2*i:2*(i+w.Rows)])
				kernel.Matmul(rows(yh, i), w, past(vh, w.Cols), false, &c.ws)
			}
		}
	}
}

// AttentionGrad differentiates Attention, with p computed again where it was
// not kept:
//
//	dv += pᵀ·dy;  dp = dy·vᵀ;  ds = softmax gradient of dp;  dq += ds·k;  dk += dsᵀ·q
func (c *CPU) AttentionGrad(dq, dk, dv, dy, p, sums, q, k, v *tensor.Tensor, scale float32) {
	for _, d := range []*tensor.Tensor{dq, dk, dv} {
		adding(d)
	}
	heads, group, time := q.Dims[2], q.Dims[2]/k.Dims[2], q.Dims[1]
	for b := range q.Dims[0] {
		for h := range heads {
			g := h / group
			qh, kh, vh, dyh := head(q, b, h), head(k, b, g), head(v, b, g), head(dy, b, h)
			kept := sums.Data[2*(b*heads+h)*time:]
			for i := 0; i < time; i += block {
				w, qi, dyi := weights(p, &c.p, qh, kh, b, h, heads, i), rows(qh, i), rows(dyh, i)
				if p == nil {
					kernel.MatmulCausal(w, qi, past(kh, w.Cols).T(), &c.ws)
					kernel.CausalSoftmaxAgain(w, scale, kept[2*i:2*(i+w.Rows)])
				}
				ds := weights(nil, &c.ds, qh, kh, b, h, heads, i)
				kernel.MatmulCausal(ds, dyi, past(vh, w.Cols).T(), &c.ws)
				kernel.CausalSoftmaxGrad(ds, w, scale)
				if dv != nil {
					kernel.Matmul(past(head(dv, b, g), w.Cols), w.T(), dyi, true, &c.ws)
				}
				if dq != nil {
					kernel.Matmul(rows(head(dq, b, h), i), ds, past(kh, w.Cols), true, &c.ws)
				}
				if dk != nil {
					kernel.Matmul(past(head(dk, b, g), w.Cols), ds.T(), qi, true, &c.ws)
				}
			}
		}
	}
}
