// Package recipe is a run written down as data: the shape of the model and
// every number of its training. It knows no tensor and no browser, so the
// page, the trainer and the command share it.
package recipe

// Model is the shape of a transformer. Two forms are built from it: GPT-2's
// (layernorm, learned positions, gelu) and Llama's (rmsnorm, rope, swiglu);
// with QKNorm the second is Qwen3's. What others differ by stands at the end, and
// is left out of files where a model has none of it: Qwen2 (Biased), Mistral
// (Window), Llama 3 (Scaling), GPT-Neo (Biased, Window, Unscaled), GPT-NeoX
// (Rotary, Parallel), DeepSeek V3 (Latent, Experts, Ahead).
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

	Biased   string  `json:"biased,omitzero"`   // with Bias, the layers that have one: "" for all, "qkv", "attention", "mlp", or "rest" for all but queries, keys and values
	Rotary   int     `json:"rotary,omitzero"`   // channels of each head that turn with the position; 0 for all
	Scaling  Scaling `json:"scaling,omitzero"`  // of RoPE's frequencies
	Window   int     `json:"window,omitzero"`   // places that attention looks back at, the token's own included; 0 for all
	Windowed string  `json:"windowed,omitzero"` // layers that the window is of: a letter a layer, "w" or "-", again and again; "" for all
	Unscaled bool    `json:"unscaled,omitzero"` // attention's scores are not divided by √D
	Parallel bool    `json:"parallel,omitzero"` // attention and MLP of a block read the same x
	Latent   Latent  `json:"latent,omitzero"`   // through which attention sees what came before, instead of keys and values a head
	Experts  Experts `json:"experts,omitzero"`  // that MLPs are divided into
	Ahead    int     `json:"ahead,omitzero"`    // 1: a block learns the word after the next besides (multi-token prediction)
}

// Scaling stretches RoPE for contexts longer than those that a model was first
// trained on: it divides frequencies by Factor, all of them ("linear"), or only
// those of waves that are long beside Context ("llama3").
type Scaling struct {
	Kind    string  `json:"kind"`    // "linear", "llama3", or "" for none
	Factor  float64 `json:"factor"`  //
	Low     float64 `json:"low"`     // waves longer than Context/Low are divided
	High    float64 `json:"high"`    // those shorter than Context/High are not, between it is a part
	Context int     `json:"context"` // that the model was first trained on
}

// Looks is how many places back attention looks in a layer, 0 for all.
func (m Model) Looks(layer int) int {
	if m.Windowed != "" && m.Windowed[layer%len(m.Windowed)] != 'w' {
		return 0
	}
	return m.Window
}

// biased tells whether a linear layer of that name has a bias.
func (m Model) biased(layer string) bool {
	reads := layer == "query" || layer == "key" || layer == "value"
	switch {
	case !m.Bias || layer == "head":
		return false
	case m.Biased == "qkv":
		return reads
	case m.Biased == "attention":
		return reads || layer == "output"
	case m.Biased == "mlp":
		return !reads && layer != "output"
	case m.Biased == "rest":
		return !reads
	}
	return true
}

// HeadSize is D, the channels of one head; of latent attention those by which a query
// is compared with what is kept of a token.
func (m Model) HeadSize() int {
	if m.Latent.Rank > 0 {
		return m.Latent.Rank + m.Latent.Turned
	}
	if m.HeadDim > 0 {
		return m.HeadDim
	}
	return m.Channels / m.Heads
}

// Parameters counts the weights of the model. It may be asked of any shape: it
// lists one block and one table of earlier tokens, not all.
func (m Model) Parameters() int { return m.sum(Tensor.Len) }

// sum adds up what count says of each tensor.
func (m Model) sum(count func(Tensor) int) int {
	total := func(layers, dense, lookback int) (n int) {
		few := m
		few.Layers, few.Experts.Dense, few.Lookback = layers, dense, lookback
		for _, t := range few.Tensors() {
			n += count(t)
		}
		return n
	}
	rest := total(0, 0, 0)
	dense := min(m.Experts.Dense, m.Layers)
	return rest + dense*(total(1, 1, 0)-rest) + (m.Layers-dense)*(total(1, 0, 0)-rest) + m.Lookback*(total(0, 0, 1)-rest)
}

// FLOPsPerToken estimates the floating-point operations of one training step
// a token: 6 for each weight that is multiplied (2 forward, 4 backward) and
// 12·T·H·D a layer for attention (PaLM, appendix B), halved because attention
// is causal.
func (m Model) FLOPsPerToken() float64 {
	weights := m.sum(m.multiplied) + m.Ahead*m.Vocab*m.Channels
	if m.Tied {
		weights += m.Vocab * m.Channels // of the table that is the head too
	}
	return 6*float64(weights) + 6*float64(m.Layers+m.Ahead)*float64(m.Context)*float64(m.Heads*m.HeadSize())
}
