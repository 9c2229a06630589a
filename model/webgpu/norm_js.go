package webgpu

import "hornbook/model/tensor"

var (
	layernorm = load("layernorm", "")
	rmsnorm   = load("rmsnorm", "")
	normGrad  = load("norm_grad", "")
)

func (b *Backend) LayerNorm(y, mean, rstd, x, gain, bias *tensor.Tensor, eps float32) {
	b.call(layernorm).on(y, mean, rstd, x, gain, bias).whole(x.Cols()).real(eps).rows(x.Rows())
}

func (b *Backend) LayerNormGrad(dx, dgain, dbias tensor.Into, dy, x, gain, mean, rstd *tensor.Tensor) {
	if dgain.T != nil {
		b.sumRows(dgain, dy, x, mean, rstd)
	}
	if dbias.T != nil {
		b.sumRows(dbias, dy, nil, nil, nil)
	}
	b.call(normGrad).on(dx.T, dy, x, gain, mean, rstd).whole(x.Cols()).yes(dx.Add).rows(x.Rows())
}

func (b *Backend) RMSNorm(y, rstd, x, gain *tensor.Tensor, eps float32) {
	b.call(rmsnorm).on(y, rstd, x, gain).whole(x.Cols()).real(eps).rows(x.Rows())
}

func (b *Backend) RMSNormGrad(dx, dgain tensor.Into, dy, x, gain, rstd *tensor.Tensor) {
	if dgain.T != nil {
		b.sumRows(dgain, dy, x, nil, rstd)
	}
	b.call(normGrad).on(dx.T, dy, x, gain, nil, rstd).whole(x.Cols()).yes(dx.Add).rows(x.Rows())
}
