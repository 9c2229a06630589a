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

// block is the number of queries whose scores are held at once: a block of
// queries by all their keys is the most of the T×T matrix that ever exists.
const block = 64

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

// scores computes q·kᵀ of queries i and up of a head with the keys that any of
// them sees; room is where.
func (c *CPU) scores(room *[]float32, q, k kernel.Matrix, i int) (s, qi kernel.Matrix, seen int) {
	qi = rows(q, i)
	seen = k.Rows - q.Rows + i + qi.Rows
	if n := qi.Rows * seen; cap(*room) < n {
		*room = make([]float32, block*k.Rows)
	}
	s = kernel.Mat((*room)[:qi.Rows*seen], qi.Rows, seen)
	kernel.MatmulCausal(s, qi, past(k, seen).T(), &c.ws)
	return s, qi, seen
}

// Attention computes, for each sequence and head and a block of queries at a
// time,
//
//	p = softmax(scale·q·kᵀ), causal;  y = p·v
//
// What softmax needs to compute p again stays in sums.
func (c *CPU) Attention(y, sums, q, k, v *tensor.Tensor, scale float32) {
	heads, group, time := q.Dims[2], q.Dims[2]/k.Dims[2], q.Dims[1]
	for b := range q.Dims[0] {
		for h := range heads {
			qh, kh, vh, yh := head(q, b, h), head(k, b, h/group), head(v, b, h/group), head(y, b, h)
			kept := sums.Data[2*(b*heads+h)*time:]
			for i := 0; i < time; i += block {
				p, _, seen := c.scores(&c.p, qh, kh, i)
				kernel.CausalSoftmax(p, scale, kept[2*i:2*(i+p.Rows)])
				kernel.Matmul(rows(yh, i), p, past(vh, seen), false, &c.ws)
			}
		}
	}
}

// AttentionGrad differentiates Attention, with p computed again:
//
//	dv += pᵀ·dy;  dp = dy·vᵀ;  ds = softmax gradient of dp;  dq += ds·k;  dk += dsᵀ·q
func (c *CPU) AttentionGrad(dq, dk, dv, dy, sums, q, k, v *tensor.Tensor, scale float32) {
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
				p, qi, seen := c.scores(&c.p, qh, kh, i)
				kernel.CausalSoftmaxAgain(p, scale, kept[2*i:2*(i+p.Rows)])
				ds, dyi, _ := c.scores(&c.ds, dyh, vh, i)
				kernel.CausalSoftmaxGrad(ds, p, scale)
				if dv != nil {
					kernel.Matmul(past(head(dv, b, g), seen), p.T(), dyi, true, &c.ws)
				}
				if dq != nil {
					kernel.Matmul(rows(head(dq, b, h), i), ds, past(kh, seen), true, &c.ws)
				}
				if dk != nil {
					kernel.Matmul(past(head(dk, b, g), seen), ds.T(), qi, true, &c.ws)
				}
			}
		}
	}
}
