// Package cpu is the Backend over the float32 kernels, with an arena for the
// memory of a step.
package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// CPU is a tensor.Backend for one goroutine.
type CPU struct {
	ws     kernel.Workspace // of linear layers
	heads  kernel.Workspace // of attention
	arena  arena
	p, ds  []float32 // attention weights of a block of queries, and the gradient of their scores
	muon   newtonSchulz
	chosen []int32 // experts of tokens
}

var _ tensor.Backend = (*CPU)(nil)

// New returns a backend without memory; the arena grows to what a step needs.
func New() *CPU { return new(CPU) }

func (c *CPU) Name() string { return "cpu" }

func (c *CPU) Beside(steady bool) tensor.Backend {
	return &CPU{ws: kernel.Workspace{Steady: steady}}
}

func (c *CPU) Store(n int) tensor.Storage { return &memory{numbers: make([]float32, n)} }

func (c *CPU) Alloc(t *tensor.Tensor) { t.Storage, t.Offset = c.arena.take(t.Len()) }
func (c *CPU) Free(t *tensor.Tensor)  { c.arena.give(t.Storage.(*memory), t.Offset, t.Len()) }
func (c *CPU) Reset()                 { c.arena.reset() }
func (c *CPU) Flush()                 {} // all is computed when it is asked for

func (c *CPU) Fill(y *tensor.Tensor, by float32) {
	x := data(y)
	for i := range x {
		x[i] = by
	}
}

func (c *CPU) Copy(y, x *tensor.Tensor) {
	if from, is := x.Storage.(*narrow); is {
		from.Download(data(y), x.Offset)
		return
	}
	copy(data(y), data(x))
}

// adding makes d, unless it is absent, one that can be added to, and returns its
// numbers.
func adding(d tensor.Into) []float32 {
	x := data(d.T)
	if !d.Add {
		clear(x)
	}
	return x
}

// matrix views t as rows of its last dimension.
func matrix(t *tensor.Tensor) kernel.Matrix {
	if x, is := t.Storage.(*narrow); is {
		return kernel.NarrowMat(x.part(t.Offset, t.Len()), t.Rows(), t.Cols())
	}
	return kernel.Mat(data(t), t.Rows(), t.Cols())
}

func (c *CPU) Embed(y, table *tensor.Tensor, ids []int32) {
	w, to := table.Cols(), data(y)
	for i, id := range ids {
		table.Storage.Download(to[i*w:(i+1)*w], table.Offset+int(id)*w)
	}
}

func (c *CPU) EmbedGrad(dtable tensor.Into, dy *tensor.Tensor, ids []int32) {
	w, to, from := dy.Cols(), adding(dtable), data(dy)
	for i, id := range ids {
		row := to[int(id)*w : (int(id)+1)*w]
		kernel.Add(row, row, from[i*w:(i+1)*w])
	}
}

func (c *CPU) AddPositions(y, x, table *tensor.Tensor, spans []tensor.Span) {
	w, at, to, from, positions := x.Cols(), 0, data(y), data(x), data(table)
	for _, s := range spans {
		n := s.Rows * w
		kernel.Add(to[at:at+n], from[at:at+n], positions[s.First*w:][:n])
		at += n
	}
}

func (c *CPU) AddPositionsGrad(dtable tensor.Into, dy *tensor.Tensor, spans []tensor.Span) {
	w, at, to, from := dy.Cols(), 0, adding(dtable), data(dy)
	for _, s := range spans {
		n := s.Rows * w
		positions := to[s.First*w:][:n]
		kernel.Add(positions, positions, from[at:at+n])
		at += n
	}
}

func (c *CPU) Add(y, a, b *tensor.Tensor)          { kernel.Add(data(y), data(a), data(b)) }
func (c *CPU) GELU(y, slope, x *tensor.Tensor)     { kernel.GELU(data(y), data(slope), data(x)) }
func (c *CPU) GELUTanh(y, slope, x *tensor.Tensor) { kernel.GELUTanh(data(y), data(slope), data(x)) }
func (c *CPU) ReLU2(y, x *tensor.Tensor)           { kernel.ReLU2(data(y), data(x)) }
func (c *CPU) SwiGLU(y, gate, up *tensor.Tensor)   { kernel.SwiGLU(data(y), data(gate), data(up)) }

func (c *CPU) AddGrad(dx tensor.Into, dy *tensor.Tensor) {
	x := data(dx.T)
	if dx.Add {
		kernel.Add(x, x, data(dy))
	} else {
		copy(x, data(dy))
	}
}

func (c *CPU) GELUGrad(dx tensor.Into, dy, slope *tensor.Tensor) {
	if dx.Add {
		kernel.MulAdd(data(dx.T), data(dy), data(slope))
	} else {
		kernel.Mul(data(dx.T), data(dy), data(slope))
	}
}

func (c *CPU) ReLU2Grad(dx tensor.Into, dy, x *tensor.Tensor) {
	kernel.ReLU2Grad(adding(dx), data(dy), data(x))
}

func (c *CPU) SwiGLUGrad(dgate, dup tensor.Into, dy, gate, up *tensor.Tensor) {
	kernel.SwiGLUGrad(adding(dgate), adding(dup), data(dy), data(gate), data(up))
}

func (c *CPU) Linear(y, x, w, b *tensor.Tensor) {
	kernel.Matmul(matrix(y), matrix(x), matrix(w).T(), false, &c.ws)
	if b != nil {
		kernel.AddRow(data(y), data(b))
	}
}

func (c *CPU) LinearGrad(dx, dw, db tensor.Into, dy, x, w *tensor.Tensor) {
	if dx.T != nil {
		kernel.Matmul(matrix(dx.T), matrix(dy), matrix(w), dx.Add, &c.ws)
	}
	if dw.T != nil {
		kernel.Matmul(matrix(dw.T), matrix(dy).T(), matrix(x), dw.Add, &c.ws)
	}
	if db.T != nil {
		kernel.SumRows(adding(db), data(dy))
	}
}

func (c *CPU) LayerNorm(y, mean, rstd, x, gain, bias *tensor.Tensor, eps float32) {
	kernel.LayerNorm(data(y), data(mean), data(rstd), data(x), data(gain), data(bias), x.Cols(), eps)
}

func (c *CPU) LayerNormGrad(dx, dgain, dbias tensor.Into, dy, x, gain, mean, rstd *tensor.Tensor) {
	kernel.LayerNormGrad(adding(dx), adding(dgain), adding(dbias), data(dy), data(x), data(gain), data(mean), data(rstd), x.Cols())
}

func (c *CPU) RMSNorm(y, rstd, x, gain *tensor.Tensor, eps float32) {
	kernel.RMSNorm(data(y), data(rstd), data(x), data(gain), x.Cols(), eps)
}

func (c *CPU) RMSNormGrad(dx, dgain tensor.Into, dy, x, gain, rstd *tensor.Tensor) {
	kernel.RMSNormGrad(adding(dx), adding(dgain), data(dy), data(x), data(gain), data(rstd), x.Cols())
}

func (c *CPU) RoPE(y, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	rotate(kernel.RoPE, data(y), x, cos, sin, spans)
}

func (c *CPU) RoPEGrad(dx tensor.Into, dy, cos, sin *tensor.Tensor, spans []tensor.Span) {
	rotate(kernel.RoPEGrad, adding(dx), dy, cos, sin, spans)
}

// rotate lets a kernel turn the rows of each span.
func rotate(by func(y, x, cos, sin []float32, t, h, d, first int), y []float32, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	heads, d, at, from := x.Dims[1], x.Dims[2], 0, data(x)
	for _, s := range spans {
		n := s.Rows * heads * d
		by(y[at:at+n], from[at:at+n], data(cos), data(sin), s.Rows, heads, d, s.First)
		at += n
	}
}

func (c *CPU) Append(cache, x *tensor.Tensor, spans []tensor.Span) {
	w, at, to, from := x.Dims[1]*x.Dims[2], 0, data(cache), data(x)
	for _, s := range spans {
		copy(to[(s.Keys+s.First)*w:], from[at:at+s.Rows*w])
		at += s.Rows * w
	}
}
