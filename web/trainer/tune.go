package trainer

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"hornbook/model"
	"hornbook/model/checkpoint"
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
	ownTokens   = 6 * 1024 // of the model's own writing
)

// tune prepares to train the open model further. It stays as it is, to be
// compared with: what trains is a copy.
func (s *Session) tune(r recipe.Recipe) (*current, *run, *protocol.Problem) {
	from, t := s.open, &s.text
	if from == nil {
		return nil, nil, &protocol.Problem{Code: protocol.NoModel}
	}
	r.Model, r.Tokenizer, r.VocabSize, r.Init, r.Preset = from.Recipe.Model, from.Recipe.Tokenizer, from.Recipe.VocabSize, from.Recipe.Init, from.Recipe.Preset
	if problem := fits(r); problem != nil {
		return nil, nil, problem
	}
	if lacking, _ := lacks(from.Tokenizer, t.bytes); 2*lacking > t.info.Characters {
		return nil, nil, &protocol.Problem{Code: protocol.TuneUnknown, Got: strconv.Itoa(lacking), Want: strconv.Itoa(t.info.Characters)}
	}
	ids := from.Tokenizer.Encode(t.bytes)
	oldName, oldText, problem := s.oldText(from, r)
	if problem != nil {
		return nil, nil, problem
	}
	m := from.Model.Clone()
	prepare(m, r)
	begun, err := train.On(m, r, ids, from.Tokenizer.Encode(oldText), len(t.bytes))
	if err != nil {
		return nil, nil, unstarted(err, len(ids), r)
	}
	next := newCurrent(s.newID(), checkpoint.Run{Recipe: r, Tokenizer: from.Tokenizer, Model: m, Name: wording.Tuned(from.Name, wording.Sample(t.name)),
		Text: t.name, Old: oldName, OldSHA256: sum(oldText), From: &checkpoint.Origin{Name: from.Name, ID: from.id}}, from.Model)
	return next, &run{Run: begun, ids: ids, texts: [][]byte{t.bytes, oldText}}, nil
}

// prepare makes an adapter that m has a part of it and gives it that of r, if
// r trains one.
func prepare(m *model.GPT, r recipe.Recipe) {
	if _, has := m.Adapter(); has {
		m.Merge()
	}
	if r.Method == recipe.Lora {
		m.Adapt(r.Tuning.LoRA)
		m.InitAdapter(r.Seed)
	}
}

// oldText is the text by which the forgetting of from is measured: the one
// that r names or, by itself, the one that from learned from, as far as it is
// known, and else what from writes by itself.
func (s *Session) oldText(from *current, r recipe.Recipe) (name string, text []byte, problem *protocol.Problem) {
	name = r.Tuning.Old
	if name == "" {
		name = "own"
		if slices.Contains(SampleNames, from.Text) {
			name = from.Text
		} else if text, err := s.keptText(from.TextSHA256); err == nil {
			return from.Text, part(text), nil
		}
	}
	switch name {
	case "own":
		return name, s.ownWriting(from), nil
	case "village":
		return name, village.Text(oldSeed, oldBytes), nil
	}
	text, problem = s.read(&protocol.SetText{Source: "sample", Name: name})
	return name, part(unify(text)), problem
}

// part is the end of a text: validation, as far as that goes.
func part(text []byte) []byte { return text[max(0, len(text)-oldBytes):] }

// ownWriting lets from write at temperature 1, which is a sample of what it
// holds likely.
func (s *Session) ownWriting(from *current) []byte {
	rule := model.Sampling{Temperature: 1, Seed: oldSeed}
	g, rng := generator(from.Model), rule.Rand()
	logits, ids := g.Prompt(nil), make([]int32, 0, ownTokens)
	for len(ids) < ownTokens {
		id := g.Pick(logits, rule, rng)
		ids = append(ids, id)
		logits = g.Next(id)
		if len(ids)%256 == 0 {
			s.host.Emit(&protocol.Working{Task: "old", Done: len(ids), Total: ownTokens})
			s.host.Yield()
		}
	}
	return from.Tokenizer.Decode(ids)
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
	n, missing := lacks(s.open.Tokenizer, s.text.bytes)
	fit := &protocol.Fit{Tokens: len(s.open.Tokenizer.Encode(s.text.bytes)), Unknown: n, Missing: append([]string{}, missing[:min(len(missing), manyMissing)]...)}
	fit.BytesPerToken = float64(len(s.text.bytes)) / float64(max(1, fit.Tokens))
	if s.text.info.Characters < tuneShort {
		fit.Advice = protocol.TuneShort
	}
	s.host.Emit(fit)
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}
