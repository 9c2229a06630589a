package tensor

// Backend does the arithmetic of the operations. A method computes the loop
// that the kernel of the same name documents; …Grad ADDS to the gradients it
// is given, and writes those that hold nothing yet (Tensor.Adds). Of LinearGrad,
// AttentionGrad and the norms' gains and biases any may be nil where none is
// wanted.
type Backend interface {
	Name() string

	// Alloc gives t memory of any content until the next Reset, or until Free
	// gives it back before.
	Alloc(t *Tensor)
	Free(t *Tensor)
	Reset()

	Embed(y, table *Tensor, ids []int32)
	EmbedGrad(dtable, dy *Tensor, ids []int32)
	AddPositions(y, x, table *Tensor, spans []Span) // x, y (N,C): y = x + table[position]
	AddPositionsGrad(dtable, dy *Tensor, spans []Span)
	Add(y, a, b *Tensor)
	AddGrad(dx, dy *Tensor)
	Scale(y, x *Tensor, c float32)
	ScaleGrad(dx, dy *Tensor, c float32)
	Dropout(y, mask, x *Tensor, rate float32, d Draw) // mask is 0, or 1/(1-rate); y = x·mask
	DropoutGrad(dx, dy, mask *Tensor)
	Linear(y, x, w, b *Tensor) // x (R,C), w (O,C), y (R,O): y = x·wᵀ + b
	LinearGrad(dx, dw, db, dy, x, w *Tensor)
	LayerNorm(y, mean, rstd, x, gain, bias *Tensor, eps float32)
	LayerNormGrad(dx, dgain, dbias, dy, x, gain, mean, rstd *Tensor)
	RMSNorm(y, rstd, x, gain *Tensor, eps float32)
	RMSNormGrad(dx, dgain, dy, x, gain, rstd *Tensor)
	RoPE(y, x, cos, sin *Tensor, spans []Span) // x, y (N,H,D); cos, sin (P,D/2)
	RoPEGrad(dx, dy, cos, sin *Tensor, spans []Span)

	// Attention is for y, q (N,H,D) and k, v (M,K,D). sums (H,N,2) and, unless it
	// is nil, p, the weights, H·Σ rows·seen of them, are kept for the gradient;
	// how they lie is the backend's.
	Attention(y, p, sums, q, k, v *Tensor, spans []Span, scale float32)
	AttentionGrad(dq, dk, dv, dy, p, sums, q, k, v *Tensor, spans []Span, scale float32)
	Append(cache, x *Tensor, spans []Span) // cache (M,K,D), x (N,K,D): row i of a span goes to row Keys+First+i

	GELU(y, slope, x *Tensor)       // slope (nil where no gradient will be wanted) is dy/dx
	GELUTanh(y, slope, x *Tensor)   // slope as of GELU
	GELUGrad(dx, dy, slope *Tensor) // of both; dx may be dy
	ReLU2(y, x *Tensor)
	ReLU2Grad(dx, dy, x *Tensor)
	SwiGLU(y, gate, up *Tensor)
	SwiGLUGrad(dgate, dup, dy, gate, up *Tensor)
	TokenLoss(loss, lse, logits *Tensor, targets []int32, weights []float32) // lse (R) is kept for the gradient
	TokenLossGrad(dlogits, dloss, logits, lse *Tensor, targets []int32, weights []float32)
}
