package session

import (
	"bytes"
	"runtime"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/checkpoint/handoff"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// HandOff is kept, a run of host's with this id, with all that it needs to go on
// elsewhere. text is what it learns from, nil where its recipe says.
func HandOff(host Host, kept checkpoint.Run, id string, text []byte) (handoff.Run, *protocol.Problem) {
	s := New(host)
	if text != nil {
		s.texts.now = textOf(kept.Text, unify(text))
	}
	c := &current{Run: kept, id: id, before: s.library.beforeOf(kept)}
	return s.handOff(c)
}

// handoffFormat is the one of protocol.Formats that is a run's hand-off.
const handoffFormat = "handoff"

// handedOff is kept, with what it learns from, as a zip. It is looked up in silence: the
// page is not told again of conversations and pairs.
func (s *Session) handedOff(id string, kept checkpoint.Run) (*protocol.File, *protocol.Problem) {
	quiet := s.host
	quiet.Emit, quiet.Yield = func(protocol.Event) {}, func() {}
	given, _ := s.texts.find(kept.TextSHA256)
	if s.pairs != nil && sum(s.pairs.bytes) == kept.TextSHA256 {
		given = s.pairs.bytes
	}
	hand, problem := HandOff(quiet, kept, id, given)
	if problem != nil {
		return nil, problem
	}
	if runtime.GOOS == "js" {
		hand.Script = s.host.Sample
	}
	var b bytes.Buffer
	if err := exchange.Zipped(&b, func(sink format.Sink) error { return handoff.Write(sink, hand) }); err != nil {
		return nil, &protocol.Problem{Code: protocol.ExportImpossible, Got: handoffFormat, Detail: err.Error()}
	}
	return &protocol.File{Name: slug(kept.Name) + "-handoff.zip", Data: b.Bytes(), Size: int64(b.Len())}, nil
}

func textOf(name string, bytes []byte) text { return text{name: name, bytes: bytes} }

// handOff finds again what c learns from.
func (s *Session) handOff(c *current) (handoff.Run, *protocol.Problem) {
	source, problem := s.sourceOf(c)
	if problem != nil {
		return handoff.Run{}, problem
	}
	old, problem := s.oldAgain(c)
	if problem != nil { // forgetting is not measured then
		old = nil
	}
	d, problem := s.learns(c.Recipe, c.Tokenizer, source, old)
	if problem != nil {
		return handoff.Run{}, problem
	}
	hand := handoff.Run{Run: c.Run, Data: d, Source: source}
	if d.Frozen != nil {
		hand.Teacher, problem = s.teacherAlone(c.Recipe)
	}
	return hand, problem
}

// sourceOf is the text that c learns from.
func (s *Session) sourceOf(c *current) ([]byte, *protocol.Problem) {
	own, problem := shown(c.Recipe)
	switch {
	case problem != nil:
		return nil, problem
	case own != nil:
		return own.bytes, nil
	}
	text, err := s.text(c.TextSHA256)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Text, Detail: err.Error()}
	}
	return text, nil
}

// teacherAlone is r's teacher as a model that is finished.
func (s *Session) teacherAlone(r recipe.Recipe) (*checkpoint.Run, *protocol.Problem) {
	from, problem := s.teacherOf(r)
	if problem != nil {
		return nil, problem
	}
	settle(from.Model)
	if from.Recipe.Trains == recipe.Adapter {
		from.Recipe.SetMethod(recipe.Full)
	}
	from.State, from.Moments, from.Best, from.Frozen, from.Tally = "done", nil, nil, nil, nil
	return &from, nil
}
