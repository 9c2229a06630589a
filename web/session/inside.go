package session

import (
	"fmt"
	"slices"
	"time"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// What there is to see of DeepSeek's form in the open model.

const (
	insideBatches = 4   // on which loads are counted
	insideRows    = 4   // sequences of each
	insideContext = 128 // tokens of each, and of a text, at most
	insideSeed    = 1
	insideLogits  = 16 << 20 // numbers that a look takes at most for what may come next
)

func (s *Session) lookInside(c *protocol.LookInside) {
	open := s.library.open()
	switch {
	case open == nil:
		s.voice.tell(&protocol.Problem{Code: protocol.NoModel})
		return
	case !open.Model.Formed():
		s.voice.tell(&protocol.Problem{Code: protocol.BadMessage, Detail: "the open model has nothing of this form"})
		return
	}
	told := &protocol.Inside{Pieces: []protocol.Piece{}, Unknown: unknown(open.Tokenizer, c.Text), Step: s.step()}
	look := &look{model: open.Model, tape: tensor.NewTape(open.Model.Backend.Beside(false)), goOn: s.goOn}
	if c.Count && s.voice.problem(s.countInside(look, open, told)) {
		return
	}
	look.read(open.Tokenizer, c.Text, told)
	s.voice.tell(told)
}

// step is how far the run is, 0 for none.
func (s *Session) step() int {
	if !s.runner.running() {
		return 0
	}
	return s.runner.progress().Step
}

// countInside counts on what no run learns from, if there is enough of it.
func (s *Session) countInside(l *look, open *current, told *protocol.Inside) *protocol.Problem {
	held, problem := s.heldOut(open)
	rows, time := insideSize(open.Model.Config)
	if problem != nil || len(held) <= time {
		return problem
	}
	if err := l.count(data.NewSampler(held, rows, time, insideSeed), told); err != nil {
		return ended(err)
	}
	told.Held = insideBatches * rows * time
	return nil
}

// insideSize is how many sequences of how many tokens a model reads at once, of which there
// are fewer where it is large.
func insideSize(m model.Config) (rows, time int) {
	most := max(2, min(m.ReadAtOnce(), insideLogits/m.Vocab))
	time = min(insideContext, m.Context, most)
	return max(1, min(insideRows, most/time)), time
}

// heldOut is the part of what the run learns from, or else of the given text, that a run
// is measured on.
func (s *Session) heldOut(open *current) ([]int32, *protocol.Problem) {
	var c data.Corpus
	if s.runner.running() {
		c = s.runner.run.data.Text
	} else if now := s.texts.given(); now != nil {
		ids, problem := s.texts.encoded(open.Tokenizer, now.bytes, now.choice)
		if problem != nil {
			return nil, problem
		}
		c.IDs = ids
	}
	if c.Lengths != nil {
		_, val := data.SplitDocuments(c)
		return val.IDs, nil
	}
	if context := open.Model.Context; len(c.IDs) > 2*context {
		_, val := data.Split(c.IDs, context)
		return val, nil
	}
	return nil, nil
}

// look is a look inside a model.
type look struct {
	model *model.GPT
	tape  *tensor.Tape
	goOn  func() error // called now and then; its error ends the look
	load  model.Loads  // nil: not counted
	alone model.Loads
}

// count counts what experts have to do on some batches, with what balances and without,
// and the words after the next that are expected.
func (l *look) count(from *data.Sampler, told *protocol.Inside) error {
	l.load, l.alone = l.model.NewLoads(), l.model.NewLoads()
	for range insideBatches {
		b := from.Next()
		right, all := l.model.Expects(l.tape, b, l.load)
		l.model.LoadsAlone(l.tape, b, l.alone)
		told.Right, told.Second = told.Right+right, told.Second+all
		if err := l.goOn(); err != nil {
			return err
		}
	}
	return nil
}

// read sees which experts take the tokens of a text, and tells it of all blocks that have some.
func (l *look) read(tok tokenizer.Tokenizer, text string, told *protocol.Inside) {
	ids := tokenizer.EncodeWhole(tok, []byte(text))
	ids = ids[:min(len(ids), insideContext, l.model.Context, l.model.ReadAtOnce())]
	for _, id := range ids {
		told.Pieces = append(told.Pieces, protocol.Piece{Token: id, Text: show(tok, id)})
	}
	var turns [][][]model.Turn
	if len(ids) > 0 {
		turns = l.model.Turns(l.tape, ids)
	}
	told.Blocks = []protocol.Mixed{}
	for i := range l.model.Layers + l.model.Config.Ahead {
		if !l.model.Mixed(i) {
			continue
		}
		m := protocol.Mixed{Block: i + 1, Load: []int{}, Alone: []int{}, Turns: [][]protocol.Turn{}}
		if l.load != nil {
			m.Load, m.Alone = l.load[i], l.alone[i]
		}
		if i == l.model.Layers {
			m.Block = 0
		} else if turns != nil {
			m.Turns = turnsOf(turns[i])
		}
		told.Blocks = append(told.Blocks, m)
	}
}

func turnsOf(turns [][]model.Turn) (told [][]protocol.Turn) {
	for _, list := range turns {
		one := []protocol.Turn{}
		for _, t := range list {
			one = append(one, protocol.Turn(t))
		}
		told = append(told, one)
	}
	return told
}

const (
	mostSpeculated = 200 // tokens
	speculations   = 3   // of each way, whose median time is told
)

func (s *Session) speculate(c *protocol.Speculate) {
	open := s.library.open()
	switch {
	case open == nil:
		s.voice.tell(&protocol.Problem{Code: protocol.NoModel})
		return
	case c.Tokens < 1 || c.Tokens > mostSpeculated:
		s.voice.tell(&protocol.Problem{Code: protocol.RecipeWrong, Key: "tokens", Got: fmt.Sprint(c.Tokens), Want: fmt.Sprintf("between 1 %d", mostSpeculated)})
		return
	case open.Model.Config.Ahead == 0:
		s.voice.tell(&protocol.Problem{Code: protocol.BadMessage, Detail: "the open model does not look ahead"})
		return
	}
	prompt := tokenizer.EncodeWhole(open.Tokenizer, []byte(c.Prompt))
	if len(prompt) == 0 {
		prompt = []int32{0}
	}
	prompt = prompt[max(0, len(prompt)-open.Model.Context/2):]
	told, err := speculated(open.Model, prompt, c.Tokens, s.goOn)
	if err != nil {
		s.voice.tell(ended(err))
		return
	}
	told.tell(open.Tokenizer, prompt)
	s.voice.tell(&told.Speculated)
}

// speculation is what both ways wrote.
type speculation struct {
	protocol.Speculated
	ids   []int32
	taken []int // places of drafts that were kept
}

// speculated writes both ways, in turns. Caches have room for what is written, not for all
// that the model could see.
func speculated(of *model.GPT, prompt []int32, tokens int, goOn func() error) (x speculation, err error) {
	m := *of
	m.Context = min(m.Context, len(prompt)+tokens+2)
	g, d := model.NewGenerator(&m), model.NewSpeculator(&m)
	var plain []int32
	var seconds [2][]float64
	for range speculations {
		begin := time.Now()
		plain = likeliestOf(g, prompt, min(tokens, m.Context-len(prompt)))
		seconds[0] = append(seconds[0], time.Since(begin).Seconds())
		d.Passes, d.Drafts, d.Kept = 0, 0, 0
		begin = time.Now()
		x.ids = d.Write(prompt, tokens)
		seconds[1] = append(seconds[1], time.Since(begin).Seconds())
		if err := goOn(); err != nil {
			return x, err
		}
	}
	for _, list := range seconds {
		slices.Sort(list)
	}
	x.taken, x.Same, x.Drafted = d.Taken, slices.Equal(plain, x.ids), d.Drafts
	x.Plain = protocol.Effort{Passes: len(plain), Seconds: seconds[0][speculations/2]}
	x.Drafts = protocol.Effort{Passes: d.Passes, Seconds: seconds[1][speculations/2]}
	return x, nil
}

// likeliestOf goes on from a prompt by the likeliest tokens, a pass each.
func likeliestOf(g *model.Generator, prompt []int32, tokens int) (ids []int32) {
	for logits := g.Prompt(prompt); ; logits = g.Next(ids[len(ids)-1]) {
		if ids = append(ids, model.Likeliest(logits)); len(ids) >= tokens {
			return ids
		}
	}
}

// tell puts what was written into words.
func (x *speculation) tell(tok tokenizer.Tokenizer, prompt []int32) {
	x.Prompt = string(tok.Decode(prompt))
	w := writing{ask: &protocol.Generate{Tokens: len(x.ids)}, tok: tok}
	for i, id := range x.ids {
		x.Written = append(x.Written, protocol.Proposed{Text: w.text(id), Draft: slices.Contains(x.taken, i)})
		w.written++
	}
}
