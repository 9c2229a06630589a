package ui

import (
	"cmp"

	"hornbook/web/protocol"
)

// The numbers by which tokens are drawn.

// samplingFields are the numbers of Try in the order of the page, and what
// they are at first.
var (
	samplingFields = []string{"temperature", "top_k", "top_p", "seed", "tokens"}
	samplingFirst  = map[string]float64{"temperature": 0.8, "top_k": 0, "top_p": 0.95, "seed": 1, "tokens": 200}
)

// sampled is what stands in a field.
func (t *Try) sampled(key string) string {
	if text, typed := t.Sampling[key]; typed {
		return text
	}
	return t.Page.W.Decimal(samplingFirst[key])
}

// SetSampling writes into a field.
func (t *Try) SetSampling(key, text string) {
	t.Sampling[key] = text
	t.solve()
}

// read reads one field, alone into a Generate.
func (t *Try) read(key, text string) (*protocol.Generate, *protocol.Problem) {
	c := &protocol.Generate{}
	at := map[string]any{"temperature": &c.Temperature, "top_k": &c.TopK, "top_p": &c.TopP, "seed": &c.Seed, "tokens": &c.Tokens}
	want := parse(t.Page.W, at[key], text)
	if want == "" {
		want = t.bounds(key, c)
	}
	if want != "" {
		return c, &protocol.Problem{Code: protocol.RecipeWrong, Key: "sampling_" + key, Got: text, Want: want}
	}
	return c, nil
}

// bounds is the rule that a field breaks, "" for none.
func (t *Try) bounds(key string, c *protocol.Generate) string {
	switch {
	case key == "temperature" && (c.Temperature < 0 || c.Temperature > 10):
		return "between 0 10"
	case key == "top_k" && c.TopK < 0:
		return "at_least 0"
	case key == "top_p" && (c.TopP < 0 || c.TopP > 1):
		return "between 0 1"
	case key == "tokens" && (c.Tokens < 1 || c.Tokens > 100_000):
		return "between 1 100000"
	}
	return ""
}

// readSampling reads all fields.
func (t *Try) readSampling() (*protocol.Generate, *protocol.Problem) {
	all := &protocol.Generate{ShowEnd: t.ShowEnd}
	for _, key := range samplingFields {
		c, wrong := t.read(key, t.sampled(key))
		if wrong != nil {
			return nil, wrong
		}
		all.Tokens = cmp.Or(all.Tokens, c.Tokens)
		s, one := &all.Sampling, c.Sampling
		s.Temperature, s.TopK = cmp.Or(s.Temperature, one.Temperature), cmp.Or(s.TopK, one.TopK)
		s.TopP, s.Seed = cmp.Or(s.TopP, one.TopP), cmp.Or(s.Seed, one.Seed)
	}
	return all, nil
}

func (t *Try) invalid(key string) string {
	return disabled(t.Problem() != nil && t.Problem().Key == "sampling_"+key)
}
