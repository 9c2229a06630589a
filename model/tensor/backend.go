package tensor

// Backend does the arithmetic of the operations, in memory of its own. A method
// computes the loop that the kernel of the same name documents. Of the gradients
// that LinearGrad, AttentionGrad and the norms' gains and biases are put Into any
// may be absent.
type Backend interface {
	Name() string

	// Beside is a backend that computes on the same tensors, with temporary
	// memory of its own. If it is steady, a row of a product has the same bits
	// however many rows there are; for a few rows that may be slower.
	Beside(steady bool) Backend

	// Store makes room for n numbers, all zero, that lasts as long as it is known.
	Store(n int) Storage

	// Alloc gives t memory of any content until the next Reset, or until Free
	// gives it back before.
	Alloc(t *Tensor)
	Free(t *Tensor)
	Reset()

	// Flush lets begin what was asked for, and does not wait for it.
	Flush()

	Fill(y *Tensor, c float32)
	Copy(y, x *Tensor)
	Embed(y, table *Tensor, ids []int32)
	EmbedGrad(dtable Into, dy *Tensor, ids []int32)
	AddPositions(y, x, table *Tensor, spans []Span) // x, y (N,C): y = x + table[position]
	AddPositionsGrad(dtable Into, dy *Tensor, spans []Span)
	Add(y, a, b *Tensor)
	AddGrad(dx Into, dy *Tensor)
	Scale(y, x *Tensor, c float32) // y may be x
	ScaleGrad(dx Into, dy *Tensor, c float32)
	Dropout(y, mask, x *Tensor, rate float32, d Draw) // mask is 0, or 1/(1-rate); y = x·mask
	DropoutGrad(dx Into, dy, mask *Tensor)
	Linear(y, x, w, b *Tensor) // x (R,C), w (O,C), y (R,O): y = x·wᵀ + b
	LinearGrad(dx, dw, db Into, dy, x, w *Tensor)
	LayerNorm(y, mean, rstd, x, gain, bias *Tensor, eps float32)
	LayerNormGrad(dx, dgain, dbias Into, dy, x, gain, mean, rstd *Tensor)
	RMSNorm(y, rstd, x, gain *Tensor, eps float32)
	RMSNormGrad(dx, dgain Into, dy, x, gain, rstd *Tensor)
	RoPE(y, x, cos, sin *Tensor, spans []Span) // x, y (N,H,D); cos, sin (P,D/2)
	RoPEGrad(dx Into, dy, cos, sin *Tensor, spans []Span)

	// Attention is for y, q (N,H,D) and k, v (M,K,D). sums (H,N,2) and, unless it
	// is nil, p, the weights, H·Σ rows·seen of them, are kept for the gradient;
	// how they lie is the backend's.
	Attention(y, p, sums, q, k, v *Tensor, spans []Span, scale float32)
	AttentionGrad(dq, dk, dv Into, dy, p, sums, q, k, v *Tensor, spans []Span, scale float32)
	Append(cache, x *Tensor, spans []Span) // cache (M,K,D), x (N,K,D): row i of a span goes to row Keys+First+i

	GELU(y, slope, x *Tensor)            // slope (nil where no gradient will be wanted) is dy/dx
	GELUTanh(y, slope, x *Tensor)        // slope as of GELU
	GELUGrad(dx Into, dy, slope *Tensor) // of both; dx may be dy
	ReLU2(y, x *Tensor)
	ReLU2Grad(dx Into, dy, x *Tensor)
	SwiGLU(y, gate, up *Tensor)
	SwiGLUGrad(dgate, dup Into, dy, gate, up *Tensor)
	TokenLoss(losses, lse, logits *Tensor, targets []int32) // lse (R) is kept for the gradient
	TokenLossGrad(dlogits Into, dlosses, logits, lse *Tensor, targets []int32)
	Weigh(sum, x *Tensor, weights []float32)
	WeighGrad(dx Into, dsum *Tensor, weights []float32)
	Divergence(d, student, teacher *Tensor, beta float32)
	DivergenceGrad(dstudent Into, dd, student, teacher *Tensor, beta float32)
	Entropy(h, logits *Tensor)

	// Squares makes sums (len(xs)), of each x, Σ x². That is no finite number where
	// one of x is not (nor where the sum is too large for a float32): whether a
	// step went wrong can be seen by it without the numbers themselves.
	Squares(sums *Tensor, xs []*Tensor)
	Clip(xs []*Tensor, squares *Tensor, limit float64) // x = x · min(1, limit/(√Σ squares + 1e-6))
	AdamW(w, g, m, v *Tensor, s AdamW)
	Muon(w, g, m *Tensor, s Muon) // g is of no use after it
}
