// Package cpu is the Backend over the float32 kernels, with an arena for the
// memory of a step.
package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// CPU is a tensor.Backend for one goroutine.
type CPU struct {
	ws    kernel.Workspace
	arena arena
	rows  []float32 // losses of rows, before their mean
	p, ds []float32 // attention weights of a block of queries, and the gradient of their scores
}

var _ tensor.Backend = (*CPU)(nil)

// New returns a backend without memory; the arena grows to what a step needs.
func New() *CPU { return new(CPU) }

func (c *CPU) Name() string { return "cpu" }

func (c *CPU) Alloc(t *tensor.Tensor) { t.Data = c.arena.take(t.Len()) }
func (c *CPU) Free(t *tensor.Tensor)  { c.arena.give(t.Data) }
func (c *CPU) Reset()                 { c.arena.reset() }

// adding makes d, a gradient or nil, one that can be added to.
func adding(d *tensor.Tensor) {
	if d != nil && !d.Adds() {
		clear(d.Data)
	}
}

// data is t's numbers, nil for no tensor.
func data(t *tensor.Tensor) []float32 {
	if t == nil {
		return nil
	}
	return t.Data
}

// matrix views t as rows of its last dimension.
func matrix(t *tensor.Tensor) kernel.Matrix { return kernel.Mat(t.Data, t.Rows(), t.Cols()) }

func (c *CPU) Embed(y, table *tensor.Tensor, ids []int32) {
	w := table.Cols()
	for i, id := range ids {
		copy(y.Data[i*w:(i+1)*w], table.Data[int(id)*w:])
	}
}

func (c *CPU) EmbedGrad(dtable, dy *tensor.Tensor, ids []int32) {
	adding(dtable)
	w := dy.Cols()
	for i, id := range ids {
		row := dtable.Data[int(id)*w : (int(id)+1)*w]
		kernel.Add(row, row, dy.Data[i*w:(i+1)*w])
	}
}

func (c *CPU) AddPositions(y, x, table *tensor.Tensor, spans []tensor.Span) {
	w, at := x.Cols(), 0
	for _, s := range spans {
		n := s.Rows * w
		kernel.Add(y.Data[at:at+n], x.Data[at:at+n], table.Data[s.First*w:][:n])
		at += n
	}
}

func (c *CPU) AddPositionsGrad(dtable, dy *tensor.Tensor, spans []tensor.Span) {
	adding(dtable)
	w, at := dy.Cols(), 0
	for _, s := range spans {
		n := s.Rows * w
		positions := dtable.Data[s.First*w:][:n]
		kernel.Add(positions, positions, dy.Data[at:at+n])
		at += n
	}
}

func (c *CPU) Add(y, a, b *tensor.Tensor)          { kernel.Add(y.Data, a.Data, b.Data) }
func (c *CPU) GELU(y, slope, x *tensor.Tensor)     { kernel.GELU(y.Data, data(slope), x.Data) }
func (c *CPU) GELUTanh(y, slope, x *tensor.Tensor) { kernel.GELUTanh(y.Data, data(slope), x.Data) }
func (c *CPU) ReLU2(y, x *tensor.Tensor)           { kernel.ReLU2(y.Data, x.Data) }
func (c *CPU) SwiGLU(y, gate, up *tensor.Tensor)   { kernel.SwiGLU(y.Data, gate.Data, up.Data) }

func (c *CPU) AddGrad(dx, dy *tensor.Tensor) {
	if dx.Adds() {
		kernel.Add(dx.Data, dx.Data, dy.Data)
	} else {
		copy(dx.Data, dy.Data)
	}
}

func (c *CPU) GELUGrad(dx, dy, slope *tensor.Tensor) {
	if dx.Adds() {
		kernel.MulAdd(dx.Data, dy.Data, slope.Data)
	} else {
		kernel.Mul(dx.Data, dy.Data, slope.Data)
	}
}

func (c *CPU) ReLU2Grad(dx, dy, x *tensor.Tensor) {
	adding(dx)
	kernel.ReLU2Grad(dx.Data, dy.Data, x.Data)
}

func (c *CPU) SwiGLUGrad(dgate, dup, dy, gate, up *tensor.Tensor) {
	adding(dgate)
	adding(dup)
	kernel.SwiGLUGrad(dgate.Data, dup.Data, dy.Data, gate.Data, up.Data)
}

func (c *CPU) Linear(y, x, w, b *tensor.Tensor) {
	kernel.Matmul(matrix(y), matrix(x), matrix(w).T(), false, &c.ws)
	if b != nil {
		kernel.AddRow(y.Data, b.Data)
	}
}

func (c *CPU) LinearGrad(dx, dw, db, dy, x, w *tensor.Tensor) {
	if dx != nil {
		kernel.Matmul(matrix(dx), matrix(dy), matrix(w), dx.Adds(), &c.ws)
	}
	if dw != nil {
		kernel.Matmul(matrix(dw), matrix(dy).T(), matrix(x), dw.Adds(), &c.ws)
	}
	if db != nil {
		adding(db)
		kernel.SumRows(db.Data, dy.Data)
	}
}

func (c *CPU) LayerNorm(y, mean, rstd, x, gain, bias *tensor.Tensor, eps float32) {
	kernel.LayerNorm(y.Data, mean.Data, rstd.Data, x.Data, data(gain), data(bias), x.Cols(), eps)
}

func (c *CPU) LayerNormGrad(dx, dgain, dbias, dy, x, gain, mean, rstd *tensor.Tensor) {
	adding(dx)
	adding(dgain)
	adding(dbias)
	kernel.LayerNormGrad(dx.Data, data(dgain), data(dbias), dy.Data, x.Data, data(gain), mean.Data, rstd.Data, x.Cols())
}

func (c *CPU) RMSNorm(y, rstd, x, gain *tensor.Tensor, eps float32) {
	kernel.RMSNorm(y.Data, rstd.Data, x.Data, data(gain), x.Cols(), eps)
}

func (c *CPU) RMSNormGrad(dx, dgain, dy, x, gain, rstd *tensor.Tensor) {
	adding(dx)
	adding(dgain)
	kernel.RMSNormGrad(dx.Data, data(dgain), dy.Data, x.Data, data(gain), rstd.Data, x.Cols())
}

func (c *CPU) RoPE(y, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	rotate(kernel.RoPE, y, x, cos, sin, spans)
}

func (c *CPU) RoPEGrad(dx, dy, cos, sin *tensor.Tensor, spans []tensor.Span) {
	adding(dx)
	rotate(kernel.RoPEGrad, dx, dy, cos, sin, spans)
}

// rotate lets a kernel turn the rows of each span.
func rotate(by func(y, x, cos, sin []float32, t, h, d, first int), y, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	heads, d, at := x.Dims[1], x.Dims[2], 0
	for _, s := range spans {
		n := s.Rows * heads * d
		by(y.Data[at:at+n], x.Data[at:at+n], cos.Data, sin.Data, s.Rows, heads, d, s.First)
		at += n
	}
}

func (c *CPU) Append(cache, x *tensor.Tensor, spans []tensor.Span) {
	w, at := x.Dims[1]*x.Dims[2], 0
	for _, s := range spans {
		copy(cache.Data[(s.Keys+s.First)*w:], x.Data[at:at+s.Rows*w])
		at += s.Rows * w
	}
}
