package session

import (
	"slices"
	"strconv"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

const (
	oldBytes  = 1 << 17  // of a text by which forgetting is measured
	oldSeed   = 0x01D    // of Village Tales and of the model's own writing for it
	ownTokens = 6 * 1024 // of the model's own writing, at most
	ownWork   = 2e10     // weights times tokens of it, about
	ownTold   = 64       // tokens between two Working events
)

// tune prepares to train the open model further on t. It stays as it is, to be
// compared with: what trains is a copy.
func (s *Session) tune(c *protocol.Train, t *text) (*current, *run, *protocol.Problem) {
	r, from := c.Recipe, s.library.open()
	if from == nil {
		return nil, nil, &protocol.Problem{Code: protocol.NoModel}
	}
	context := from.Model.Context
	if shorter := r.Model.Context; shorter > 0 && shorter < context && from.Model.Position == "rope" {
		context = shorter // than the model can see: its rows take less memory
	}
	r.Model, r.WeightBytes = from.Model.Config, weightBytes(from.Model)
	r.Model.Context = context
	r.Tuning.LoRA.Targets = layout.OwnTargets(r.Tuning.LoRA.Targets) // people may have PEFT's names for them
	if problem := s.fits(r, c.Ranks); problem != nil {
		return nil, nil, problem
	}
	s.tellTaking(r, c.Ranks)
	m, tok := learner(from.Model, r), from.Tokenizer
	m.Context = context
	if r.Objective == recipe.SFT || r.Objective == recipe.GRPO {
		var problem *protocol.Problem
		if m, tok, problem = speaking(m, tok); problem != nil {
			return nil, nil, problem
		}
	}
	r.Model, r.Tokenizer, r.VocabSize, r.Init, r.Preset = m.Config, from.Recipe.Tokenizer, from.Recipe.VocabSize, from.Recipe.Init, from.Recipe.Preset
	if lacking, _ := lacks(from.Tokenizer, t.bytes); 2*lacking > t.info.Characters {
		return nil, nil, &protocol.Problem{Code: protocol.TuneUnknown, Got: strconv.Itoa(lacking), Want: strconv.Itoa(t.info.Characters)}
	}
	if r.Objective != recipe.DPO && r.Objective != recipe.GRPO {
		ids, problem := s.texts.encoded(tok, t.bytes, r.Special)
		if problem != nil {
			return nil, nil, problem
		}
		if len(ids) < data.MinTokens(r.Model.Context) {
			return nil, nil, unstarted(train.ErrTooShort, len(ids), r)
		}
	}
	oldName, oldText, problem := s.oldText(from, r)
	if problem != nil {
		return nil, nil, problem
	}
	d, problem := s.learns(r, tok, t.bytes, oldText)
	if problem != nil {
		return nil, nil, problem
	}
	equip(m, r)
	begun, err := train.On(m, r, d)
	if err != nil {
		return nil, nil, unstarted(err, len(d.Text.IDs), r)
	}
	next := &current{id: s.library.newID(), before: from.Model, Run: checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m,
		Name: nameFor(c, from.Name+" › "+t.name), Text: t.name, Old: oldName, OldSHA256: sum(oldText), Questions: begun.Questions(), Teacher: s.named(r), Papers: from.Papers,
		From: &checkpoint.Origin{Name: from.Name, ID: from.id}}}
	return next, &run{Run: begun, data: d, job: d.Job, text: t.bytes, texts: [][]byte{t.bytes, oldText}}, nil
}

// learner is a model like m, without an adapter, for r to train: where it trains an adapter
// it has m's own weights.
func learner(m *model.GPT, r recipe.Recipe) *model.GPT {
	if _, has := m.Adapter(); !has && r.Trains == recipe.Adapter {
		return m.Beside()
	}
	m = m.Clone()
	settle(m)
	return m
}

// weightBytes are those of m's weights where some take less than four each, else 0.
func weightBytes(m *model.GPT) float64 {
	if n := m.Bytes(); n < 4*m.Weights.Len() {
		return float64(n)
	}
	return 0
}

// equip gives m the adapter of r, if r trains one.
func equip(m *model.GPT, r recipe.Recipe) {
	if r.Trains == recipe.Adapter {
		m.Adapt(r.Tuning.LoRA)
		m.InitAdapter(r.Seed)
	}
}

// settle makes m, a copy, one without an adapter that computes the same.
func settle(m *model.GPT) {
	if _, has := m.Adapter(); has && m.Adapting() {
		m.Merge()
	} else if has {
		m.DropAdapter()
	}
}

// oldText is the text by which the forgetting of from is measured: the one that
// r names or, by itself, the one that from learned from, as far as it is known,
// and else, or where from's tokenizer has no characters for it, what from writes
// by itself.
func (s *Session) oldText(from *current, r recipe.Recipe) (name string, old []byte, problem *protocol.Problem) {
	name = r.Tuning.Old
	switch name {
	case "":
		name, old = s.learnedText(from)
	case "own":
	default:
		old, problem = s.texts.sampleLike(name)
	}
	if problem == nil && len(from.Tokenizer.Encode(old)) <= r.Model.Context {
		name = "own"
		old, problem = s.ownWriting(from.Model, from.Tokenizer)
	}
	return name, old, problem
}

// learnedText is a text like the one that from learned from, nil if that is not
// known.
func (s *Session) learnedText(from *current) (name string, like []byte) {
	if text, err := s.library.text(from.TextSHA256); err == nil {
		return from.Text, part(text)
	}
	if slices.Contains(SampleNames, from.Text) && s.learnedSample(from) {
		if text, problem := s.texts.sampleLike(from.Text); problem == nil {
			return from.Text, text
		}
	}
	return "", nil
}

// learnedSample tells whether the text that from learned from is the sample
// whose name it has, and not a file of that name.
func (s *Session) learnedSample(from *current) bool {
	return from.TextSHA256 == "" || // the model that comes with the page
		s.texts.isSample(from.Text, from.TextSHA256)
}

// part is the end of a text: validation, as far as that goes.
func part(text []byte) []byte { return text[max(0, len(text)-oldBytes):] }

// ownWriting lets m write at temperature 1, which is a sample of what it holds
// likely: less of it the larger m is, so that it takes seconds.
func (s *Session) ownWriting(m *model.GPT, tok tokenizer.Tokenizer) ([]byte, *protocol.Problem) {
	rule := model.Sampling{Temperature: 1, Seed: oldSeed}
	g, rng := model.NewGenerator(m), rule.Rand()
	want := max(2*m.Context, min(ownTokens, ownWork/m.Weights.Len()))
	logits, ids := g.Prompt(nil), make([]int32, 0, want)
	for len(ids) < want {
		id := g.Pick(logits, rule, rng)
		ids = append(ids, id)
		logits = g.Next(id)
		if len(ids)%ownTold > 0 {
			continue
		}
		s.voice.tell(&protocol.Working{Task: "old", Done: len(ids), Total: want})
		if err := s.goOn(); err != nil {
			return nil, ended(err)
		}
	}
	return tok.Decode(ids), nil
}
