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
	AddPositions(y, x, table *Tensor, first int) // x, y (B,T,C): y = x + table[first+t]
	AddPositionsGrad(dtable, dy *Tensor, first int)
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
	RoPE(y, x, cos, sin *Tensor, first int) // x, y (B,T,H,D); cos, sin (P,D/2)
	RoPEGrad(dx, dy, cos, sin *Tensor, first int)
	Attention(y, p, sums, q, k, v *Tensor, scale float32) // y, q (B,Tq,H,D); k, v (B,Tk,K,D); p (B,H,Tq,Tk) or nil; sums (B,H,Tq,2)
	AttentionGrad(dq, dk, dv, dy, p, sums, q, k, v *Tensor, scale float32)
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
