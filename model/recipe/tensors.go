package recipe

import (
	"fmt"
	"slices"
	"strings"
)

// Tensor is one of a model's tensors of weights.
type Tensor struct {
	Name  string
	Dims  []int // (out,in) of a matrix, (E,out,in) of one that each expert has, (rows,C) of a table, (C) of a gain or a bias
	Role  Role
	Layer string // of the matrix of a linear layer: its name among LoRATargets
	Block int    // that it belongs to, -1 for none
}

// Role is what a tensor is for, from which follows how it begins and what
// trains it.
type Role int

// The roles.
const (
	Table   Role = iota // embeddings, looked up by token or by place
	Trigram             // the table that is looked up by three tokens
	Matrix              // of a linear layer in a block
	Output              // a Matrix by which a block writes to the residual stream
	Head
	Gain
	Bias
	LowRank // A or B of an adapter
	Load    // what experts are chosen by besides: moved so that all have as much to do, by no gradient
)

// Len is the number of t's weights.
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Dims {
		n *= d
	}
	return n
}

// Narrows tells whether t can lie in 16 bits where it does not train: matrices and tables
// that are looked up by token.
func (t Tensor) Narrows() bool { return len(t.Dims) >= 2 && t.Name != positions }

// besideTables is Len, but 0 of a table, which is looked up and not multiplied.
func (t Tensor) besideTables() int {
	if t.Role == Table || t.Role == Trigram {
		return 0
	}
	return t.Len()
}

// multiplied is how many of t's weights a token is multiplied by.
func (m Model) multiplied(t Tensor) int {
	if len(t.Dims) == 3 {
		return t.Len() / m.Experts.Count * m.Experts.Chosen
	}
	return t.besideTables()
}

// Count is the number of the weights of all.
func Count(tensors []Tensor) (n int) {
	for _, t := range tensors {
		n += t.Len()
	}
	return n
}

const positions = "positions.weight"

// Tensors are all of a model, in the order of use and of every file. What is
// counted, made, drawn, trained and kept follows from this list.
func (m Model) Tensors() []Tensor {
	l := &list{Model: m, block: -1}
	l.add("tokens.weight", Table, m.Vocab, m.Channels)
	if m.Position == "learned" {
		l.add(positions, Table, m.Context, m.Channels)
	}
	for k := range m.Lookback {
		l.add(fmt.Sprintf("lookback.%d.weight", k), Table, m.Vocab+1, m.Channels) // the last row: no token so far back
	}
	if m.Trigrams > 0 {
		l.add("trigrams.weight", Trigram, m.Trigrams, m.Channels)
	}
	for l.block = range m.Layers {
		l.mixer(fmt.Sprintf("blocks.%d.", l.block))
		l.feed(fmt.Sprintf("blocks.%d.", l.block))
	}
	if m.Ahead > 0 {
		l.ahead()
	}
	l.block = -1
	l.norm("norm.")
	if !m.Tied {
		l.layer("", "head", Head, m.Vocab, m.Channels)
	}
	return l.tensors
}

// mixer and feed are what a block has by way of attention and of an MLP.
func (l *list) mixer(block string) {
	if l.Latent.Rank > 0 {
		l.latent(block)
	} else {
		l.attention(block)
	}
}

func (l *list) feed(block string) {
	if l.Mixed(l.block) {
		l.experts(block)
	} else {
		l.mlp(block)
	}
}

func (l *list) attention(block string) {
	l.norm(block + "norm1.")
	block += "attention."
	l.layer(block, "query", Matrix, l.Heads*l.HeadSize(), l.Channels)
	l.layer(block, "key", Matrix, l.KVHeads*l.HeadSize(), l.Channels)
	l.layer(block, "value", Matrix, l.KVHeads*l.HeadSize(), l.Channels)
	if l.QKNorm {
		l.add(block+"query_norm.gain", Gain, l.HeadSize())
		l.add(block+"key_norm.gain", Gain, l.HeadSize())
	}
	l.layer(block, "output", Output, l.Channels, l.Heads*l.HeadSize())
}

func (l *list) mlp(block string) {
	l.norm(block + "norm2.")
	block += "mlp."
	if l.MLP == "swiglu" {
		l.layer(block, "gate", Matrix, l.Hidden, l.Channels)
	}
	l.layer(block, "up", Matrix, l.Hidden, l.Channels)
	l.layer(block, "down", Output, l.Channels, l.Hidden)
}

// list is a list of a model's tensors while it is made.
type list struct {
	Model
	block   int
	tensors []Tensor
}

func (l *list) add(name string, role Role, dims ...int) *Tensor {
	l.tensors = append(l.tensors, Tensor{Name: name, Dims: dims, Role: role, Block: l.block})
	return &l.tensors[len(l.tensors)-1]
}

func (l *list) layer(place, name string, role Role, out, in int) {
	l.add(place+name+".weight", role, out, in).Layer = name
	if l.biased(name) {
		l.add(place+name+".bias", Bias, out)
	}
}

func (l *list) norm(place string) {
	l.add(place+"gain", Gain, l.Channels)
	if l.Norm == "layernorm" && l.Bias {
		l.add(place+"bias", Bias, l.Channels)
	}
}

// On are the tensors of an adapter on m, in m's order.
func (a LoRA) On(m Model) (tensors []Tensor) {
	for _, t := range m.Tensors() {
		tensors = append(tensors, a.of(t)...)
	}
	return tensors
}

// of is A (r,in) and B (out,r) of a tensor of a model, none where it is no
// target.
func (a LoRA) of(t Tensor) []Tensor {
	if t.Layer == "" || !a.Adapts(t.Layer) {
		return nil
	}
	low := func(name string, dims ...int) Tensor {
		return Tensor{Name: strings.TrimSuffix(t.Name, "weight") + name, Dims: dims, Role: LowRank, Block: t.Block}
	}
	return []Tensor{low("lora_a", a.Rank, t.Dims[1]), low("lora_b", t.Dims[0], a.Rank)}
}

// Muon tells whether Muon moves t: it takes the matrices of the blocks, each expert's
// and an adapter's too; tables, head, gains and biases go to AdamW.
func (r Recipe) Muon(t Tensor) bool {
	return r.Optimizer == "muon" && t.Block >= 0 && len(t.Dims) >= 2
}

// Tensors are those that the recipe trains: the last of the model's, or its
// adapter's.
func (r Recipe) Tensors() []Tensor {
	all := r.Model.Tensors()
	switch r.Trains {
	case Last: // blocks, with the last norm and a head of its own
		first := slices.IndexFunc(all, func(t Tensor) bool { return t.Block == r.Model.Layers-r.Tuning.LastLayers })
		return all[first:]
	case Adapter:
		return r.Tuning.LoRA.On(r.Model)
	}
	return all
}
