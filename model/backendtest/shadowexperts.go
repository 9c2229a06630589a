package backendtest

import "hornbook/model/tensor"

var _ tensor.Experts = (*Shadow)(nil)

// experts is what the inner backend knows of DeepSeek's form.
func (s *Shadow) experts() tensor.Experts { return s.inner.(tensor.Experts) }

func (s *Shadow) Join(y, a, b *tensor.Tensor) {
	s.experts().Join(s.out(y), s.in(a), s.in(b))
	s.done()
}

func (s *Shadow) JoinGrad(da, db tensor.Into, dy *tensor.Tensor) {
	s.experts().JoinGrad(s.into(da), s.into(db), s.in(dy))
	s.done()
}

func (s *Shadow) HeadLinear(y, x, w *tensor.Tensor, turned bool) {
	s.experts().HeadLinear(s.out(y), s.in(x), s.in(w), turned)
	s.done()
}

func (s *Shadow) HeadLinearGrad(dx, dw tensor.Into, dy, x, w *tensor.Tensor, turned bool) {
	s.experts().HeadLinearGrad(s.into(dx), s.into(dw), s.in(dy), s.in(x), s.in(w), turned)
	s.done()
}

func (s *Shadow) Route(weights, logits, balance *tensor.Tensor, d tensor.Dealt) {
	s.experts().Route(s.out(weights), s.in(logits), s.in(balance), d)
	s.done()
}

func (s *Shadow) RouteGrad(dlogits, dbalance tensor.Into, dweights, logits *tensor.Tensor, d tensor.Dealt) {
	s.experts().RouteGrad(s.into(dlogits), s.into(dbalance), s.in(dweights), s.in(logits), d)
	s.done()
}

func (s *Shadow) ExpertLinear(y, x, w *tensor.Tensor, counts []int32) {
	s.experts().ExpertLinear(s.out(y), s.in(x), s.in(w), counts)
	s.done()
}

func (s *Shadow) ExpertLinearGrad(dx, dw tensor.Into, dy, x, w *tensor.Tensor, counts []int32) {
	s.experts().ExpertLinearGrad(s.into(dx), s.into(dw), s.in(dy), s.in(x), s.in(w), counts)
	s.done()
}

func (s *Shadow) Gather(y, x, weights *tensor.Tensor, ids []int32) {
	s.experts().Gather(s.out(y), s.in(x), s.in(weights), ids)
	s.done()
}

func (s *Shadow) GatherGrad(dx, dweights tensor.Into, dy, x, weights *tensor.Tensor, ids []int32) {
	s.experts().GatherGrad(s.into(dx), s.into(dweights), s.in(dy), s.in(x), s.in(weights), ids)
	s.done()
}
