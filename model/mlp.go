package model

import "hornbook/model/tensor"

// mlp is down(act(up(x))), or down(silu(gate(x))·up(x)) for SwiGLU.
type mlp struct {
	kind     string // "gelu", "gelu_tanh", "relu2" or "swiglu"
	gate, up linear // (F,C)
	down     linear // (C,F)
}

func newMLP(m *GPT, name string) mlp {
	l := mlp{kind: m.MLP}
	if l.kind == "swiglu" {
		l.gate = newLinear(m, name+"gate", m.Hidden, m.Channels)
	}
	l.up = newLinear(m, name+"up", m.Hidden, m.Channels)
	l.down = newLinear(m, name+"down", m.Channels, m.Hidden)
	return l
}

func (l mlp) forward(t *tensor.Tape, x *tensor.Tensor) *tensor.Tensor {
	up := l.up.forward(t, x)
	switch l.kind {
	case "swiglu":
		up = t.SwiGLU(l.gate.forward(t, x), up)
	case "gelu_tanh":
		up = t.GELUTanh(up)
	case "relu2":
		up = t.ReLU2(up)
	default:
		up = t.GELU(up)
	}
	return l.down.forward(t, up)
}
