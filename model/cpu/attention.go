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

// weights views the attention weights of one head, (Tq,Tk) of p (B,H,Tq,Tk).
func weights(p *tensor.Tensor, b, h int) kernel.Matrix {
	tq, tk := p.Dims[2], p.Dims[3]
	at := (b*p.Dims[1] + h) * tq * tk
	return kernel.Mat(p.Data[at:at+tq*tk], tq, tk)
}

// Attention computes, for each sequence and head,
//
//	p = softmax(scale·q·kᵀ), causal;  y = p·v
func (c *CPU) Attention(y, p, q, k, v *tensor.Tensor, scale float32) {
	heads, group := q.Dims[2], q.Dims[2]/k.Dims[2]
	for b := range q.Dims[0] {
		for h := range heads {
			pw := weights(p, b, h)
			kernel.Matmul(pw, head(q, b, h), head(k, b, h/group).T(), false, &c.ws)
			kernel.CausalSoftmax(pw.Data, pw.Rows, pw.Cols, scale)
			kernel.Matmul(head(y, b, h), pw, head(v, b, h/group), false, &c.ws)
		}
	}
}

// AttentionGrad differentiates Attention, head by head:
//
//	dv += pᵀ·dy;  dp = dy·vᵀ;  ds = softmax gradient of dp;  dq += ds·k;  dk += dsᵀ·q
func (c *CPU) AttentionGrad(dq, dk, dv, dy, p, q, k, v *tensor.Tensor, scale float32) {
	heads, group := q.Dims[2], q.Dims[2]/k.Dims[2]
	n := p.Dims[2] * p.Dims[3]
	if cap(c.dp) < n {
		c.dp = make([]float32, n)
	}
	ds := kernel.Mat(c.dp[:n], p.Dims[2], p.Dims[3])
	for b := range q.Dims[0] {
		for h := range heads {
			g, pw, dyh := h/group, weights(p, b, h), head(dy, b, h)
			kernel.Matmul(ds, dyh, head(v, b, g).T(), false, &c.ws)
			kernel.CausalSoftmaxGrad(ds.Data, pw.Data, ds.Rows, ds.Cols, scale)
			if dv != nil {
				kernel.Matmul(head(dv, b, g), pw.T(), dyh, true, &c.ws)
			}
			if dq != nil {
				kernel.Matmul(head(dq, b, h), ds, head(k, b, g), true, &c.ws)
			}
			if dk != nil {
				kernel.Matmul(head(dk, b, g), ds.T(), head(q, b, h), true, &c.ws)
			}
		}
	}
}
