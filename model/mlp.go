package model

import "hornbook/model/tensor"

// mlp is down(act(up(x))), or down(silu(gate(x))·up(x)) for SwiGLU.
type mlp struct {
	kind     string // "gelu", "gelu_tanh", "relu2" or "swiglu"
	gate, up linear // (F,C)
	down     linear // (C,F)
}

func newMLP(m *GPT, named tensors, name string) *mlp {
	return &mlp{kind: m.MLP, gate: newLinear(named, name+"gate"), up: newLinear(named, name+"up"), down: newLinear(named, name+"down")}
}

func (l *mlp) forward(p *Pass, x *tensor.Tensor) *tensor.Tensor {
	up := l.up.forward(p, x)
	switch l.kind {
	case "swiglu":
		up = p.SwiGLU(l.gate.forward(p, x), up)
	case "gelu_tanh":
		up = p.GELUTanh(up)
	case "relu2":
		up = p.ReLU2(up)
	default:
		up = p.GELU(up)
	}
	return l.down.forward(p, up)
}
