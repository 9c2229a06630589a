// Package recipe is a run written down as data: the shape of the model and
// every number of its training. It knows no tensor and no browser, so the
// page, the trainer and the command share it.
package recipe

// Model is the shape of a transformer. Two forms are built from it: GPT-2's
// (layernorm, learned positions, gelu) and Llama's (rmsnorm, rope, swiglu);
// with QKNorm the second is Qwen3's.
type Model struct {
	Vocab    int     `json:"vocab"`     // V: number of token ids; 0 until the tokenizer is known
	Context  int     `json:"context"`   // T: tokens that the model sees at once
	Layers   int     `json:"layers"`    // number of blocks
	Heads    int     `json:"heads"`     // H: attention heads
	KVHeads  int     `json:"kv_heads"`  // K: heads of keys and values, a divisor of H (grouped-query attention)
	HeadDim  int     `json:"head_dim"`  // D: channels of one head; 0 for C/H
	Channels int     `json:"channels"`  // C: width of the residual stream
	Hidden   int     `json:"hidden"`    // F: width of the MLP
	Norm     string  `json:"norm"`      // "layernorm" or "rmsnorm"
	NormEps  float64 `json:"norm_eps"`  // added to the variance before the root
	Position string  `json:"position"`  // "learned" or "rope"
	RoPEBase float64 `json:"rope_base"` // RoPE's θ; unused for learned positions
	MLP      string  `json:"mlp"`       // "gelu", "gelu_tanh" (GPT-2's own approximation of it), "relu2" or "swiglu"
	QKNorm   bool    `json:"qk_norm"`   // RMSNorm on each head's query and key, as in Qwen3
	Bias     bool    `json:"bias"`      // biases in linear layers and layernorms
	Tied     bool    `json:"tied"`      // the output head shares the token embedding
	Lookback int     `json:"lookback"`  // tokens before each whose embeddings, of a table a distance, are added to its own
	Trigrams int     `json:"trigrams"`  // rows of a table, hashed by each token and the two before it, that is added too; 0 for none
}

// HeadSize is D, the channels of one head.
func (m Model) HeadSize() int {
	if m.HeadDim > 0 {
		return m.HeadDim
	}
	return m.Channels / m.Heads
}

// Parameters counts the trainable numbers of the model.
func (m Model) Parameters() int {
	total := m.Vocab*m.Channels + m.lookback() + m.Layers*m.block() + m.head()
	if m.Position == "learned" {
		total += m.Context * m.Channels
	}
	return total
}

// block counts the parameters of one block.
func (m Model) block() int {
	n := 2 * m.norm()
	if m.QKNorm {
		n += 2 * m.HeadSize()
	}
	for _, target := range inBlock {
		out, in := m.Matrix(target)
		n += out * in
		if m.Bias {
			n += out
		}
	}
	return n
}

// Matrix is the shape of one of a block's matrices, by its name in LoRATargets;
// 0 for one that the model's form lacks.
func (m Model) Matrix(target string) (out, in int) {
	c, d := m.Channels, m.HeadSize()
	switch target {
	case "query":
		return m.Heads * d, c
	case "key", "value":
		return m.KVHeads * d, c
	case "output":
		return c, m.Heads * d
	case "up":
		return m.Hidden, c
	case "down":
		return c, m.Hidden
	case "gate":
		if m.MLP == "swiglu" {
			return m.Hidden, c
		}
	}
	return 0, 0
}

func (m Model) norm() int {
	if m.Norm == "layernorm" && m.Bias {
		return 2 * m.Channels
	}
	return m.Channels
}

// head counts the parameters after the blocks: the last norm, and the head
// where it is not the embedding.
func (m Model) head() int {
	if m.Tied {
		return m.norm()
	}
	return m.norm() + m.Vocab*m.Channels
}

// lookback counts the parameters of the tables of earlier tokens.
func (m Model) lookback() int { return (m.Lookback*(m.Vocab+1) + m.Trigrams) * m.Channels }

// FLOPsPerToken estimates the floating-point operations of one training step
// a token: 6 for each weight that is multiplied (2 forward, 4 backward) and
// 12·T·H·D a layer for attention (PaLM, appendix B), halved because attention
// is causal.
func (m Model) FLOPsPerToken() float64 {
	weights := m.Parameters() - m.lookback() // looked up, not multiplied
	if m.Position == "learned" {
		weights -= m.Context * m.Channels
	}
	if !m.Tied {
		weights -= m.Vocab * m.Channels // the embedding is looked up as well
	}
	return 6*float64(weights) + 6*float64(m.Layers)*float64(m.Context)*float64(m.Heads*m.HeadSize())
}
