package model

import "hornbook/model/tensor"

// experts is an MLP that is divided (arXiv 2412.19437, section 2.1.2): a router deals
// each token to a few of the experts, and y is the sum of what they say, weighed, and of
// what the shared ones say, whom all tokens go to. Each expert, a small SwiGLU, is
// multiplied by its own tokens only.
type experts struct {
	router         linear         // (E,C)
	balance        *tensor.Tensor // (E) by which they are chosen besides
	gate, up, down *tensor.Tensor // (E,F,C), (E,F,C), (E,C,F)
	shared         *mlp           // nil for none
}

func newExperts(m *GPT, named tensors, name string) *experts {
	e := &experts{router: newLinear(named, name+"router"), balance: named[name+"router.balance"],
		gate: named[name+"experts.gate.weight"], up: named[name+"experts.up.weight"], down: named[name+"experts.down.weight"]}
	if m.Experts.Shared > 0 {
		e.shared = newMLP(m, named, name+"shared.")
	}
	return e
}

func (e *experts) forward(p *Pass, x *tensor.Tensor, m *GPT, block int) *tensor.Tensor {
	c := m.Experts
	balance := e.balance
	if p.Alone {
		balance = tensor.Zeros(p.Backend, c.Count)
	}
	weights, dealt := p.Route(e.router.forward(p, x), balance, c.Chosen, float32(c.Scale), c.Normed)
	if p.Dealt != nil {
		p.Dealt(block, dealt, weights)
	}
	rows := p.Embed(x, dealt.IDs) // (N·k,C), those of the first expert first
	hidden := p.SwiGLU(p.ExpertLinear(rows, e.gate, dealt.Counts), p.ExpertLinear(rows, e.up, dealt.Counts))
	y := p.Gather(p.ExpertLinear(hidden, e.down, dealt.Counts), weights, dealt.IDs, x.Rows())
	if e.shared == nil {
		return y
	}
	return p.Add(y, e.shared.forward(p, x))
}

// Loads are how many tokens each expert of each layer was dealt.
type Loads [][]int

// Count is a Pass's Dealt that adds to l.
func (l Loads) Count(block int, d tensor.Dealt, _ *tensor.Tensor) {
	for e, n := range d.Counts {
		l[block][e] += int(n)
	}
}

// NewLoads are those of m's layers after nothing.
func (m *GPT) NewLoads() Loads {
	l := make(Loads, m.Layers+m.Ahead)
	for i := range l {
		l[i] = make([]int, m.Experts.Count)
	}
	return l
}

// Worst is, of the layer in which it is the largest, the most tokens of an expert as a
// part of the mean; 0 where there are none.
func (l Loads) Worst() (worst float64) {
	for _, layer := range l {
		most, all := 0, 0
		for _, n := range layer {
			most, all = max(most, n), all+n
		}
		if all > 0 {
			worst = max(worst, float64(most*len(layer))/float64(all))
		}
	}
	return worst
}
