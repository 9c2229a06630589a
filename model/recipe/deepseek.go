package recipe

import "math"

// Latent is multi-head latent attention (DeepSeek-AI 2024, arXiv 2405.04434, section
// 2.1): keys and values of all heads are made of one vector c a token, which is all
// that a cache keeps, beside one key that turns with the position.
type Latent struct {
	Query  int `json:"query"`  // width of the vector that queries are made of
	Rank   int `json:"rank"`   // width of c; 0 for plain attention
	Plain  int `json:"plain"`  // channels of a head's query and key that do not turn
	Turned int `json:"turned"` // that turn; their key is one for all heads
	Value  int `json:"value"`  // channels of a head's value
}

// Experts are what the MLP of a block is divided into (arXiv 2412.19437, section
// 2.1.2): each token takes a few, of those that its router likes best, and shared ones
// that all tokens take.
type Experts struct {
	Count  int     `json:"count"`  // E to choose among; 0 for one MLP
	Chosen int     `json:"chosen"` // of a token
	Shared int     `json:"shared"` // together one MLP, as wide as so many
	Hidden int     `json:"hidden"` // width of one
	Dense  int     `json:"dense"`  // first layers that have one MLP all the same
	Normed bool    `json:"normed"` // the chosen ones' weights are divided by their sum
	Scale  float64 `json:"scale"`  // and multiplied by this

	Unbalanced bool `json:"unbalanced"` // nothing sees to it that all have as much to do: to see what comes of that
}

// AheadWeight is what the loss of the word after the next counts beside that of the next.
const AheadWeight = 0.3

// Balance is by how much a step moves the bias of an expert that has more tokens than
// others, or fewer. DeepSeek has a tenth of it, at a twentieth of our learning rates: it
// must keep up with the router (LOG.md).
const Balance = 1e-2

// Formed tells whether a model has anything of DeepSeek's form, which no graphics card has
// programs for.
func (m Model) Formed() bool { return m.Latent.Rank > 0 || m.Experts.Count > 0 || m.Ahead > 0 }

// Mixed tells whether a layer's MLP is made of experts.
func (m Model) Mixed(layer int) bool { return m.Experts.Count > 0 && layer >= m.Experts.Dense }

// Kept is how many numbers a cache keeps of a token in one layer.
func (m Model) Kept() int {
	if m.Latent.Rank > 0 {
		return m.Latent.Rank + m.Latent.Turned
	}
	return 2 * m.KVHeads * m.HeadSize()
}

// Turning is the number of channels of a head that turn with the position, or could.
func (m Model) Turning() int {
	if m.Latent.Rank > 0 {
		return m.Latent.Turned
	}
	return m.HeadSize()
}

// twin is deepSeek with plain attention and one MLP a layer, as wide as makes a step take
// as many operations: what it is measured by.
func twin() Recipe {
	r := deepSeek()
	r.Preset, r.Model = "twin", r.Model.Dense(r.VocabSize)
	return r
}

// Dense is m with plain attention and one MLP a layer, which is as wide as makes a token
// of a vocabulary cost as many operations or hardly more.
func (m Model) Dense(vocab int) Model {
	m.Vocab = vocab
	d := m
	d.Latent, d.Experts, d.Hidden = Latent{}, Experts{}, 4
	narrow := d.FLOPsPerToken()
	d.Hidden = 8
	each := d.FLOPsPerToken() - narrow // of four channels: operations grow evenly with them
	d.Hidden = 4 + 4*int(math.Ceil((m.FLOPsPerToken()-narrow)/each))
	d.Vocab = 0
	return d
}

// latent are the tensors of latent attention. Those of one matrix of others lie apart
// here (its rows for c and for what turns), so that nothing need be cut up.
func (l *list) latent(block string) {
	c, heads := l.Latent, l.Heads
	l.norm(block + "norm1.")
	block += "attention."
	l.adapted(block, "query_down", "query", Matrix, c.Query, l.Channels)
	l.add(block+"query_norm.gain", Gain, c.Query)
	l.adapted(block, "query", "query", Matrix, heads*c.Plain, c.Query)
	l.adapted(block, "query_turned", "query", Matrix, heads*c.Turned, c.Query)
	l.adapted(block, "latent", "key", Matrix, c.Rank, l.Channels)
	l.add(block+"latent_norm.gain", Gain, c.Rank)
	l.adapted(block, "key_turned", "key", Matrix, c.Turned, l.Channels)
	l.add(block+"key.weight", Matrix, heads*c.Plain, c.Rank)
	l.add(block+"value.weight", Matrix, heads*c.Value, c.Rank)
	l.adapted(block, "output", "output", Output, l.Channels, heads*c.Value)
}

// experts are the tensors of an MLP of experts, all experts' of one kind together.
func (l *list) experts(block string) {
	e := l.Experts
	l.norm(block + "norm2.")
	block += "mlp."
	l.add(block+"router.weight", Matrix, e.Count, l.Channels)
	l.add(block+"router.balance", Load, e.Count)
	l.add(block+"experts.gate.weight", Matrix, e.Count, e.Hidden, l.Channels)
	l.add(block+"experts.up.weight", Matrix, e.Count, e.Hidden, l.Channels)
	l.add(block+"experts.down.weight", Output, e.Count, l.Channels, e.Hidden)
	if e.Shared > 0 {
		l.adapted(block, "shared.gate", "gate", Matrix, e.Shared*e.Hidden, l.Channels)
		l.adapted(block, "shared.up", "up", Matrix, e.Shared*e.Hidden, l.Channels)
		l.adapted(block, "shared.down", "down", Output, l.Channels, e.Shared*e.Hidden)
	}
}

// ahead are the tensors of what learns the word after the next. No adapter is on them.
func (l *list) ahead() {
	l.block = l.Layers
	l.add("ahead.embedding_norm.gain", Gain, l.Channels)
	l.add("ahead.hidden_norm.gain", Gain, l.Channels)
	l.add("ahead.join.weight", Matrix, l.Channels, 2*l.Channels)
	first := len(l.tensors)
	l.mixer("ahead.block.")
	l.feed("ahead.block.")
	for i := range l.tensors[first:] {
		l.tensors[first+i].Layer = ""
	}
	l.add("ahead.norm.gain", Gain, l.Channels)
}

// adapted is a linear layer without a bias, that an adapter's target names.
func (l *list) adapted(place, name, target string, role Role, out, in int) {
	l.add(place+name+".weight", role, out, in).Layer = target
}

// checkForm returns a *Wrong for what does not go together in DeepSeek's form.
func (m Model) checkForm() error {
	c, e := m.Latent, m.Experts
	if c == (Latent{}) && e == (Experts{}) && m.Ahead == 0 {
		return nil
	}
	if err := known([]choice{{"norm", m.Norm, []string{"rmsnorm"}}, {"position", m.Position, []string{"rope"}}, {"mlp", m.MLP, []string{"swiglu"}}}); err != nil {
		return err
	}
	switch {
	case m.Bias:
		return wrong("bias", m.Bias, "one_of", "false")
	case m.Parallel:
		return wrong("parallel", m.Parallel, "one_of", "false")
	case c.Rank > 0 && m.QKNorm:
		return wrong("qk_norm", m.QKNorm, "one_of", "false")
	case c.Rank > 0 && m.Unscaled:
		return wrong("unscaled", m.Unscaled, "one_of", "false")
	case c.Rank > 0 && m.KVHeads != m.Heads:
		return wrong("kv_heads", m.KVHeads, "one_of", m.Heads)
	case c.Rank > 0 && m.HeadDim > 0:
		return wrong("head_dim", m.HeadDim, "one_of", 0)
	case c.Rank > 0 && m.Rotary > 0:
		return wrong("rotary", m.Rotary, "one_of", 0)
	case c.Rank > 0 && m.Window > 0:
		return wrong("window", m.Window, "one_of", 0)
	case c.Rank > 0 && m.Scaling.Kind != "":
		return wrong("scaling", m.Scaling.Kind, "one_of", "none")
	case c.Turned%2 != 0:
		return wrong("latent_turned", c.Turned, "even")
	case e.Count > 0 && e.Chosen > e.Count:
		return wrong("experts_chosen", e.Chosen, "at_most", e.Count)
	case e.Dense > m.Layers:
		return wrong("experts_dense", e.Dense, "at_most", m.Layers)
	}
	return nil
}

// formNumbers are those of DeepSeek's form that a model has.
func (m Model) formNumbers() map[string]float64 {
	n := map[string]float64{"ahead": float64(m.Ahead)}
	if c := m.Latent; c != (Latent{}) {
		n["latent_query"], n["latent_rank"] = float64(c.Query), float64(c.Rank)
		n["latent_plain"], n["latent_turned"], n["latent_value"] = float64(c.Plain), float64(c.Turned), float64(c.Value)
	}
	if e := m.Experts; e != (Experts{}) {
		n["experts"], n["experts_chosen"], n["experts_shared"] = float64(e.Count), float64(e.Chosen), float64(e.Shared)
		n["experts_hidden"], n["experts_dense"], n["experts_scale"] = float64(e.Hidden), float64(e.Dense), e.Scale
	}
	return n
}

// mixerWidth and feedWidth are how many numbers a pass makes of a token in a layer's
// attention, beside what the residual stream takes, and in its MLP.
func (m Model) mixerWidth() float64 {
	heads := float64(m.Heads)
	if c := m.Latent; c.Rank > 0 {
		query, rank, plain, turned, value := float64(c.Query), float64(c.Rank), float64(c.Plain), float64(c.Turned), float64(c.Value)
		return 2*query + 3*rank + 3*turned + heads*(plain+value+3*rank+4*turned+2)
	}
	return 4*heads*float64(m.HeadSize()) + 4*float64(m.KVHeads*m.HeadSize())
}

func (m Model) feedWidth() float64 {
	wide := 3 * float64(m.Hidden)
	if e := m.Experts; e.Count > 0 {
		wide = max(wide, float64(2*e.Count+e.Chosen)+float64(e.Chosen)*(2*float64(m.Channels)+3*float64(e.Hidden))+
			3*float64(e.Shared*e.Hidden)+3*float64(m.Channels))
	}
	return wide
}
