package trainer

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

const (
	tuneShort   = 5000     // characters of a text below which there is little to train further on
	manyMissing = 40       // different characters that Fit names
	oldBytes    = 1 << 17  // of a text by which forgetting is measured
	oldSeed     = 0x01D    // of Village Tales and of the model's own writing for it
	ownTokens   = 6 * 1024 // of the model's own writing, at most
	ownWork     = 2e10     // weights times tokens of it, about
)

// tune prepares to train the open model further. It stays as it is, to be
// compared with: what trains is a copy.
func (s *Session) tune(r recipe.Recipe) (*current, *run, *protocol.Problem) {
	from, t := s.open, &s.text
	if from == nil {
		return nil, nil, &protocol.Problem{Code: protocol.NoModel}
	}
	m, tok := from.Model.Clone(), from.Tokenizer
	settle(m)
	if r.Objective == recipe.SFT {
		var problem *protocol.Problem
		if m, tok, problem = speaking(m, tok); problem != nil {
			return nil, nil, problem
		}
	}
	r.Model, r.Tokenizer, r.VocabSize, r.Init, r.Preset = m.Config, from.Recipe.Tokenizer, from.Recipe.VocabSize, from.Recipe.Init, from.Recipe.Preset
	if problem := fits(r); problem != nil {
		return nil, nil, problem
	}
	if lacking, _ := lacks(from.Tokenizer, t.bytes); 2*lacking > t.info.Characters {
		return nil, nil, &protocol.Problem{Code: protocol.TuneUnknown, Got: strconv.Itoa(lacking), Want: strconv.Itoa(t.info.Characters)}
	}
	if ids := tok.Encode(t.bytes); len(ids) < data.MinTokens(r.Model.Context) {
		return nil, nil, unstarted(train.ErrTooShort, len(ids), r)
	}
	oldName, oldText, problem := s.oldText(from, r)
	if problem != nil {
		return nil, nil, problem
	}
	if old := tok.Encode(oldText); len(old) <= r.Model.Context { // a text that its tokenizer has no characters for
		oldName, oldText = "own", s.ownWriting(from.Model, from.Tokenizer)
	}
	learns, problem := s.learns(r, tok, t.bytes, oldText)
	if problem != nil {
		return nil, nil, problem
	}
	equip(m, r)
	begun, err := train.On(m, r, learns)
	if err != nil {
		return nil, nil, unstarted(err, len(learns.Text.IDs), r)
	}
	next := newCurrent(s.newID(), checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m, Name: wording.Tuned(from.Name, wording.Sample(t.name)),
		Text: t.name, Old: oldName, OldSHA256: sum(oldText), From: &checkpoint.Origin{Name: from.Name, ID: from.id}}, from.Model)
	return next, &run{Run: begun, tokens: len(learns.Text.IDs), texts: [][]byte{t.bytes, oldText}}, nil
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

// oldText is the text by which the forgetting of from is measured: the one
// that r names or, by itself, the one that from learned from, as far as it is
// known, and else what from writes by itself.
func (s *Session) oldText(from *current, r recipe.Recipe) (name string, text []byte, problem *protocol.Problem) {
	switch name = r.Tuning.Old; name {
	case "":
		if text, err := s.keptText(from.TextSHA256); err == nil {
			return from.Text, part(text), nil
		}
		if slices.Contains(SampleNames, from.Text) && s.learnedSample(from) {
			if text, problem := s.sampleLike(from.Text); problem == nil {
				return from.Text, text, nil
			}
		}
		return "own", s.ownWriting(from.Model, from.Tokenizer), nil
	case "own":
		return name, s.ownWriting(from.Model, from.Tokenizer), nil
	}
	text, problem = s.sampleLike(name)
	return name, text, problem
}

// learnedSample tells whether the text that from learned from is the sample
// whose name it has, and not a file of that name.
func (s *Session) learnedSample(from *current) bool {
	if from.TextSHA256 == "" { // the model that comes with the page
		return true
	}
	text, problem := s.read(&protocol.SetText{Source: "sample", Name: from.Text})
	return problem == nil && sum(unify(text)) == from.TextSHA256
}

// sampleLike is a text like a sample: other tales, or the end of the book.
func (s *Session) sampleLike(name string) ([]byte, *protocol.Problem) {
	if name == "village" {
		return village.Text(oldSeed, oldBytes), nil
	}
	text, problem := s.read(&protocol.SetText{Source: "sample", Name: name})
	return part(unify(text)), problem
}

// part is the end of a text: validation, as far as that goes.
func part(text []byte) []byte { return text[max(0, len(text)-oldBytes):] }

// ownWriting lets m write at temperature 1, which is a sample of what it holds
// likely: less of it the larger m is, so that it takes seconds.
func (s *Session) ownWriting(m *model.GPT, tok tokenizer.Tokenizer) []byte {
	rule := model.Sampling{Temperature: 1, Seed: oldSeed}
	g, rng := generator(m), rule.Rand()
	want := max(2*m.Context, min(ownTokens, ownWork/m.Weights.Len()))
	logits, ids := g.Prompt(nil), make([]int32, 0, want)
	for len(ids) < want {
		id := g.Pick(logits, rule, rng)
		ids = append(ids, id)
		logits = g.Next(id)
		if len(ids)%256 == 0 {
			s.host.Emit(&protocol.Working{Task: "old", Done: len(ids), Total: want})
			s.host.Yield()
		}
	}
	return tok.Decode(ids)
}

// lacks counts the characters of text that tok leaves out, and lists the
// different ones.
func lacks(tok tokenizer.Tokenizer, text []byte) (n int, missing []string) {
	if chars, is := tok.(*tokenizer.Chars); is {
		missing, n = chars.Unknown(text)
	}
	return n, missing
}

// tellFit tells what the open model's tokenizer makes of the text.
func (s *Session) tellFit() {
	if s.open == nil || s.text.bytes == nil {
		return
	}
	if s.text.fitOf == s.open.Tokenizer {
		s.host.Emit(s.text.fit)
		return
	}
	n, missing := lacks(s.open.Tokenizer, s.text.bytes)
	fit := &protocol.Fit{Tokens: len(s.open.Tokenizer.Encode(s.text.bytes)), Unknown: n, Missing: append([]string{}, missing[:min(len(missing), manyMissing)]...)}
	fit.BytesPerToken = float64(len(s.text.bytes)) / float64(max(1, fit.Tokens))
	if s.text.info.Characters < tuneShort {
		fit.Advice = protocol.TuneShort
	}
	s.text.fit, s.text.fitOf = fit, s.open.Tokenizer
	s.host.Emit(fit)
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}
