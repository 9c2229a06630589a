package backendtest

import "hornbook/model/tensor"

func (s *Shadow) Fill(y *tensor.Tensor, c float32) {
	s.inner.Fill(s.out(y), c)
	s.done()
}

func (s *Shadow) Copy(y, x *tensor.Tensor) {
	s.inner.Copy(s.out(y), s.in(x))
	s.done()
}

func (s *Shadow) Embed(y, table *tensor.Tensor, ids []int32) {
	s.inner.Embed(s.out(y), s.in(table), ids)
	s.done()
}

func (s *Shadow) EmbedGrad(dtable tensor.Into, dy *tensor.Tensor, ids []int32) {
	s.inner.EmbedGrad(s.into(dtable), s.in(dy), ids)
	s.done()
}

func (s *Shadow) AddPositions(y, x, table *tensor.Tensor, spans []tensor.Span) {
	s.inner.AddPositions(s.out(y), s.in(x), s.in(table), spans)
	s.done()
}

func (s *Shadow) AddPositionsGrad(dtable tensor.Into, dy *tensor.Tensor, spans []tensor.Span) {
	s.inner.AddPositionsGrad(s.into(dtable), s.in(dy), spans)
	s.done()
}

func (s *Shadow) Add(y, a, b *tensor.Tensor) {
	s.inner.Add(s.out(y), s.in(a), s.in(b))
	s.done()
}

func (s *Shadow) AddGrad(dx tensor.Into, dy *tensor.Tensor) {
	s.inner.AddGrad(s.into(dx), s.in(dy))
	s.done()
}

func (s *Shadow) Scale(y, x *tensor.Tensor, c float32) {
	s.inner.Scale(s.out(y), s.in(x), c)
	s.done()
}

func (s *Shadow) ScaleGrad(dx tensor.Into, dy *tensor.Tensor, c float32) {
	s.inner.ScaleGrad(s.into(dx), s.in(dy), c)
	s.done()
}

func (s *Shadow) Dropout(y, mask, x *tensor.Tensor, rate float32, d tensor.Draw) {
	s.inner.Dropout(s.out(y), s.out(mask), s.in(x), rate, d)
	s.done()
}

func (s *Shadow) DropoutGrad(dx tensor.Into, dy, mask *tensor.Tensor) {
	s.inner.DropoutGrad(s.into(dx), s.in(dy), s.in(mask))
	s.done()
}

func (s *Shadow) Linear(y, x, w, b *tensor.Tensor) {
	s.inner.Linear(s.out(y), s.in(x), s.in(w), s.in(b))
	s.done()
}

func (s *Shadow) LinearGrad(dx, dw, db tensor.Into, dy, x, w *tensor.Tensor) {
	s.inner.LinearGrad(s.into(dx), s.into(dw), s.into(db), s.in(dy), s.in(x), s.in(w))
	s.done()
}

func (s *Shadow) LayerNorm(y, mean, rstd, x, gain, bias *tensor.Tensor, eps float32) {
	s.inner.LayerNorm(s.out(y), s.out(mean), s.out(rstd), s.in(x), s.in(gain), s.in(bias), eps)
	s.done()
}

func (s *Shadow) LayerNormGrad(dx, dgain, dbias tensor.Into, dy, x, gain, mean, rstd *tensor.Tensor) {
	s.inner.LayerNormGrad(s.into(dx), s.into(dgain), s.into(dbias), s.in(dy), s.in(x), s.in(gain), s.in(mean), s.in(rstd))
	s.done()
}

func (s *Shadow) RMSNorm(y, rstd, x, gain *tensor.Tensor, eps float32) {
	s.inner.RMSNorm(s.out(y), s.out(rstd), s.in(x), s.in(gain), eps)
	s.done()
}

func (s *Shadow) RMSNormGrad(dx, dgain tensor.Into, dy, x, gain, rstd *tensor.Tensor) {
	s.inner.RMSNormGrad(s.into(dx), s.into(dgain), s.in(dy), s.in(x), s.in(gain), s.in(rstd))
	s.done()
}

func (s *Shadow) RoPE(y, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	s.inner.RoPE(s.out(y), s.in(x), s.in(cos), s.in(sin), spans)
	s.done()
}

func (s *Shadow) RoPEGrad(dx tensor.Into, dy, cos, sin *tensor.Tensor, spans []tensor.Span) {
	s.inner.RoPEGrad(s.into(dx), s.in(dy), s.in(cos), s.in(sin), spans)
	s.done()
}

func (s *Shadow) Attention(y, p, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	s.inner.Attention(s.out(y), s.out(p), s.out(sums), s.in(q), s.in(k), s.in(v), spans, scale)
	s.done()
}

func (s *Shadow) AttentionGrad(dq, dk, dv tensor.Into, dy, p, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	s.inner.AttentionGrad(s.into(dq), s.into(dk), s.into(dv), s.in(dy), s.in(p), s.in(sums), s.in(q), s.in(k), s.in(v), spans, scale)
	s.done()
}

func (s *Shadow) Append(cache, x *tensor.Tensor, spans []tensor.Span) {
	s.inner.Append(s.out(cache), s.in(x), spans)
	s.done()
}

func (s *Shadow) GELU(y, slope, x *tensor.Tensor) {
	s.inner.GELU(s.out(y), s.out(slope), s.in(x))
	s.done()
}

func (s *Shadow) GELUTanh(y, slope, x *tensor.Tensor) {
	s.inner.GELUTanh(s.out(y), s.out(slope), s.in(x))
	s.done()
}

func (s *Shadow) GELUGrad(dx tensor.Into, dy, slope *tensor.Tensor) {
	s.inner.GELUGrad(s.into(dx), s.in(dy), s.in(slope))
	s.done()
}

func (s *Shadow) ReLU2(y, x *tensor.Tensor) {
	s.inner.ReLU2(s.out(y), s.in(x))
	s.done()
}

func (s *Shadow) ReLU2Grad(dx tensor.Into, dy, x *tensor.Tensor) {
	s.inner.ReLU2Grad(s.into(dx), s.in(dy), s.in(x))
	s.done()
}

func (s *Shadow) SwiGLU(y, gate, up *tensor.Tensor) {
	s.inner.SwiGLU(s.out(y), s.in(gate), s.in(up))
	s.done()
}

func (s *Shadow) SwiGLUGrad(dgate, dup tensor.Into, dy, gate, up *tensor.Tensor) {
	s.inner.SwiGLUGrad(s.into(dgate), s.into(dup), s.in(dy), s.in(gate), s.in(up))
	s.done()
}

func (s *Shadow) TokenLoss(losses, lse, logits *tensor.Tensor, targets []int32) {
	s.inner.TokenLoss(s.out(losses), s.out(lse), s.in(logits), targets)
	s.done()
}

func (s *Shadow) TokenLossGrad(dlogits tensor.Into, dlosses, logits, lse *tensor.Tensor, targets []int32) {
	s.inner.TokenLossGrad(s.into(dlogits), s.in(dlosses), s.in(logits), s.in(lse), targets)
	s.done()
}

func (s *Shadow) Weigh(sum, x *tensor.Tensor, weights []float32) {
	s.inner.Weigh(s.out(sum), s.in(x), weights)
	s.done()
}

func (s *Shadow) WeighGrad(dx tensor.Into, dsum *tensor.Tensor, weights []float32) {
	s.inner.WeighGrad(s.into(dx), s.in(dsum), weights)
	s.done()
}

func (s *Shadow) Divergence(d, student, teacher *tensor.Tensor, beta float32) {
	s.inner.Divergence(s.out(d), s.in(student), s.in(teacher), beta)
	s.done()
}

func (s *Shadow) DivergenceGrad(dstudent tensor.Into, dd, student, teacher *tensor.Tensor, beta float32) {
	s.inner.DivergenceGrad(s.into(dstudent), s.in(dd), s.in(student), s.in(teacher), beta)
	s.done()
}

func (s *Shadow) Entropy(h, logits *tensor.Tensor) {
	s.inner.Entropy(s.out(h), s.in(logits))
	s.done()
}

func (s *Shadow) Squares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	s.inner.Squares(s.out(sums), s.list((*Shadow).in, xs))
	s.done()
}

func (s *Shadow) Clip(xs []*tensor.Tensor, squares *tensor.Tensor, limit float64) {
	s.inner.Clip(s.list((*Shadow).out, xs), s.in(squares), limit)
	s.done()
}

func (s *Shadow) AdamW(w, g, m, v *tensor.Tensor, a tensor.AdamW) {
	s.inner.AdamW(s.out(w), s.in(g), s.out(m), s.out(v), a)
	s.done()
}

func (s *Shadow) Muon(w, g, m *tensor.Tensor, u tensor.Muon) {
	s.inner.Muon(s.out(w), s.out(g), s.out(m), u)
	s.done()
}
