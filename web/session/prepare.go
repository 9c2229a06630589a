package session

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// setText takes a text, and tells what the open model makes of it.
func (s *Session) setText(c *protocol.SetText) {
	if !s.voice.problem(s.texts.set(c)) {
		s.tellFit()
	}
}

func (s *Session) tellFit() {
	if open := s.library.open(); open != nil {
		s.texts.tellFit(open.Tokenizer)
	}
}

// train starts a new run. Whatever is wrong is found before the former run is
// let go.
func (s *Session) train(c *protocol.Train) {
	before := s.phase
	s.move(preparing, "")
	next, r, problem := s.prepare(c)
	if problem != nil {
		s.voice.tell(problem)
		s.move(before, "")
		return
	}
	r.release, _ = s.library.hold(next.id) // a new id: nobody else has it
	s.take(next, r)
	s.keep(training) // before the first step
	s.library.tellShelf()
	s.tellOpen()
	s.move(training, "")
	s.runner.tellFewer()
}

func (s *Session) prepare(c *protocol.Train) (*current, *run, *protocol.Problem) {
	t := s.texts.given()
	if t != nil && c.Recipe.Special == "" {
		c.Recipe.Special = t.choice
	}
	if own, problem := shown(c.Recipe); own != nil || problem != nil {
		t = own
		if problem != nil {
			return nil, nil, problem
		}
	}
	if c.Recipe.Objective == recipe.DPO && s.pairs != nil {
		t = s.pairs
	}
	if t == nil {
		return nil, nil, &protocol.Problem{Code: protocol.TextMissing}
	}
	if problem := wrongRanks(c.Ranks); problem != nil {
		return nil, nil, problem
	}
	begin := s.begin
	if c.Recipe.From == recipe.Existing {
		begin = s.tune
	}
	next, r, problem := begin(c, t)
	if problem != nil {
		return nil, nil, problem
	}
	if err := s.goOn(); err != nil {
		return nil, nil, ended(err)
	}
	s.wished = c.Backend
	s.staff(r, c.Ranks)
	if err := s.goOn(); err != nil {
		r.Close()
		return nil, nil, ended(err)
	}
	next.TextSHA256, next.TextBytes, next.Backend, next.Fused = sum(t.bytes), len(t.bytes), r.Device(), kernel.Fused
	return next, r, nil
}

// begin prepares a new model.
func (s *Session) begin(c *protocol.Train, t *text) (*current, *run, *protocol.Problem) {
	r := c.Recipe
	if problem := s.fits(r, c.Ranks); problem != nil {
		return nil, nil, problem
	}
	tok, problem := s.cutNew(r, t)
	if problem != nil {
		return nil, nil, problem
	}
	r.Model.Vocab = tok.Size()
	if problem := s.fits(r, c.Ranks); problem != nil {
		return nil, nil, problem
	}
	s.tellTaking(r, c.Ranks)
	d, problem := s.learns(r, tok, t.bytes, nil)
	if problem != nil {
		return nil, nil, problem
	}
	if d.Frozen != nil {
		r.Distillation.TeacherFLOPs = d.Teacher.FLOPsPerToken() / 3
	}
	begun, err := train.New(r, d)
	if err != nil {
		return nil, nil, unstarted(err, len(d.Text.IDs), r)
	}
	next := &current{id: s.library.newID(), Run: checkpoint.Run{Recipe: r, Tokenizer: tok, Model: begun.Model, Name: nameFor(c, t.name), Text: t.name,
		Questions: begun.Questions(), Teacher: s.named(r)}}
	return next, &run{Run: begun, data: d, job: d.Job, text: t.bytes, texts: [][]byte{t.bytes}}, nil
}

// cutNew is the tokenizer of a new model of r: a student's is its teacher's, and who
// learns a task knows the tokens of the chat template.
func (s *Session) cutNew(r recipe.Recipe, t *text) (tokenizer.Tokenizer, *protocol.Problem) {
	switch r.Objective {
	case recipe.LM:
		problem := s.texts.cutFor(r)
		return t.tok, problem
	case recipe.GRPO:
		job, err := taskOf(r, t.bytes)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.TasksWrong, Detail: err.Error()}
		}
		said := &text{bytes: spokenIn(demonstrations(r, job))}
		said.info = describe("task", "", said.bytes)
		tok, problem := s.texts.build(said, r.Tokenizer, r.VocabSize)
		if problem != nil {
			return nil, problem
		}
		larger, err := tokenizer.Extend(tok, chat.Specials...)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
		return larger, nil
	case recipe.Distill:
		from, problem := s.teacherOf(r)
		return from.Tokenizer, problem
	}
	return nil, &protocol.Problem{Code: protocol.NoModel}
}

// spokenIn is all that is said in conversations, a line each.
func spokenIn(talks []chat.Conversation) (text []byte) {
	for _, talk := range talks {
		for _, m := range talk.Messages {
			text = append(append(append(text, m.Thinking...), m.Content...), '\n')
		}
	}
	return text
}

// shown are the demonstrations of the task that r rewards, if it comes with Hornbook,
// as a text.
func shown(r recipe.Recipe) (*text, *protocol.Problem) {
	if !shows(r) {
		return nil, nil
	}
	if err := r.Check(); err != nil {
		return nil, wrong(err)
	}
	job, err := taskOf(r, nil)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.TasksWrong, Detail: err.Error()}
	}
	bytes, err := lines(demonstrations(r, job))
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
	}
	name := protocol.TaskText + r.Rewards.Task
	return &text{name: name, bytes: bytes, info: describe("task", name, bytes)}, nil
}

// shows tells whether what r learns from is a task that comes with Hornbook, and not
// the text that is given.
func shows(r recipe.Recipe) bool { return r.Objective == recipe.GRPO && r.Rewards.Task != "" }

// named is the teacher of r by its name, nil for none.
func (s *Session) named(r recipe.Recipe) *checkpoint.Origin {
	if r.Objective != recipe.Distill || r.Distillation.Hard {
		return nil
	}
	from, problem := s.teacherOf(r)
	if problem != nil {
		return nil
	}
	return &checkpoint.Origin{Name: from.Name, ID: r.Distillation.Teacher}
}

// nameFor is what the model of a run is called: as the command says or else by
// itself, as much of it as a name may have.
func nameFor(c *protocol.Train, itself string) string {
	name := cmp.Or(c.Name, itself)
	return strings.ToValidUTF8(name[:min(len(name), protocol.MaxName)], "")
}

// take lets the former model and its run go for another model, and its run or nil.
func (s *Session) take(next *current, r *run) {
	s.runner.take(r)
	s.library.take(next)
	s.writer.take(next)
}

// tellOpen tells what there is to tell of the open model.
func (s *Session) tellOpen() {
	told := s.library.describe()
	s.runner.describe(told)
	s.voice.tell(told)
	s.library.tellAdapter()
	s.tellFit()
}

// unstarted is why no run of r could begin on a text of tokens.
func unstarted(err error, tokens int, r recipe.Recipe) *protocol.Problem {
	if errors.Is(err, train.ErrTooShort) {
		return &protocol.Problem{Code: protocol.TextTooShort, Got: strconv.Itoa(tokens),
			Want: strconv.Itoa(data.MinTokens(r.Model.Context)), Detail: err.Error()}
	}
	return wrong(err)
}

// fits says what of r cannot be trained, or not in the memory that there is. What fits is
// kept to: what nobody knows any more is cleared away before the program takes more than r
// may, by as many ranks as lie in its memory.
func (s *Session) fits(r recipe.Recipe, asked int) *protocol.Problem {
	if err := r.Check(); err != nil {
		return wrong(err)
	}
	if problem := protocol.TooMuch(r, s.host.Memory); problem != nil {
		return problem
	}
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	ranks := 1 // in a browser each has a memory of its own
	if runtime.GOOS != "js" {
		ranks = s.runner.ranks(r, 0, asked)
	}
	debug.SetMemoryLimit(int64(r.BytesOn(ranks) + float64(now.HeapAlloc) + besides))
	return nil
}

// tellTaking tells what memory r will take.
func (s *Session) tellTaking(r recipe.Recipe, asked int) {
	s.voice.tell(&protocol.Taking{Bytes: r.BytesOn(s.runner.ranks(r, 0, asked)), Of: s.host.Memory})
}

// allowed is what the collector keeps to by itself: GOMEMLIMIT, or as good as nothing.
var allowed = debug.SetMemoryLimit(-1)

// besides is what a session takes beside runs and texts: stacks, code, what is being cleared.
const besides = 48 << 20

// wrong is err as a problem: a recipe's number or, unexpected, anything else.
func wrong(err error) *protocol.Problem {
	var w *recipe.Wrong
	if errors.As(err, &w) {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: w.Key, Got: w.Got, Want: w.Want, Detail: err.Error()}
	}
	return &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}
