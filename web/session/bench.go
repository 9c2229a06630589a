package session

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

const (
	benchText  = 1 << 18 // bytes of Village Tales that a bench trains on
	maxBenched = 10000   // steps
)

// bench measures the machine with a run of its own; text and run stay.
func (s *Session) bench(c *protocol.Bench) {
	answer, problem := s.benched(c)
	if problem != nil {
		s.voice.tell(problem)
		return
	}
	s.voice.tell(answer)
}

func (s *Session) benched(c *protocol.Bench) (*protocol.Benched, *protocol.Problem) {
	if c.Steps < 1 || c.Steps > maxBenched {
		return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "steps", Got: fmt.Sprint(c.Steps),
			Want: fmt.Sprintf("between 1 %d", maxBenched)}
	}
	if c.Narrow {
		c.Recipe.WeightBytes = 2 * float64(c.Recipe.Model.Parameters())
	}
	c.Recipe.EvalBatches, c.Recipe.LastEvalBatches = 1, 1
	if problem := cmp.Or(wrongRanks(c.Ranks), s.fits(c.Recipe, c.Ranks)); problem != nil {
		return nil, problem
	}
	sample := &text{bytes: village.Text(villageSeed, benchText)[:benchText]}
	if problem := s.texts.cut(sample, c.Recipe.Tokenizer, c.Recipe.VocabSize); problem != nil {
		return nil, problem
	}
	return s.time(c, sample)
}

func (s *Session) time(c *protocol.Bench, sample *text) (*protocol.Benched, *protocol.Problem) {
	c.Recipe.Model.Vocab, c.Recipe.Objective = max(c.Recipe.Model.Vocab, sample.tok.Size()), recipe.LM
	if problem := s.fits(c.Recipe, c.Ranks); problem != nil {
		return nil, problem
	}
	said := held() + int(c.Recipe.BytesOn(max(1, c.Ranks)))
	run, err := begun(c.Recipe, c.Narrow, train.Data{Text: data.Corpus{IDs: sample.ids}})
	if err != nil {
		return nil, wrong(err)
	}
	defer run.Close()
	switch lent := s.gpu.wanted(c.Backend); {
	case lent != nil:
		err = run.Use(lent.Backend(), nil)
	case c.Backend == "webgpu":
		return nil, &protocol.Problem{Code: protocol.GPUUnused, Detail: s.gpu.told.Detail}
	default:
		run.Share(s.runner.ranks(c.Recipe, len(sample.ids), c.Ranks), s.host.Launch) // the answer says with how many
	}
	if err != nil {
		return nil, wrong(err)
	}
	t, err := train.Bench(run, c.Steps, s.host.Yield)
	if lost := (tensor.Lost{}); errors.As(err, &lost) {
		s.distrust(lost.Error())
		return nil, &protocol.Problem{Code: protocol.GPUUnused, Detail: lost.Error()}
	}
	if err != nil {
		return nil, wrong(err)
	}
	if run.Device() == backend { // what a run does besides steps
		run.Evaluate(nil)
		model.NewGenerator(run.Model).Prompt(sample.ids[:c.Recipe.Model.Context])
		if err := checkpoint.Write(nowhere{}, checkpoint.Run{Recipe: c.Recipe, Tokenizer: sample.tok, Model: run.Model, Moments: run.State().Moments}); err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	return &protocol.Benched{Timing: protocol.Timing{Backend: run.Device(), Ranks: run.Ranks(), MsPerStep: protocol.Spread{Median: ms(t.Median), Min: ms(t.Min), Max: ms(t.Max)},
		TokensPerSecond: t.TokensPerSecond, GFLOPS: t.GFLOPS, LossFirst: t.LossFirst, LossLast: t.LossLast, MemoryBytes: s.resident(), MemorySaid: said}}, nil
}

// begun is a run of a model of random weights: a new one's, or of an adapter beside them.
func begun(r recipe.Recipe, narrow bool, d train.Data) (*train.Run, error) {
	if r.Trains != recipe.Adapter {
		return train.New(r, d)
	}
	types := make([]tensor.DType, len(r.Model.Tensors()))
	for i, t := range r.Model.Tensors() {
		if narrow && t.Narrows() {
			types[i] = tensor.BF16
		}
	}
	m := model.NewAs(r.Model, types)
	m.Init(r.Init, r.Seed)
	equip(m, r)
	return train.On(m, r, d)
}

// nowhere is a Sink of files that nobody reads.
type nowhere struct{}

func (nowhere) Create(string) (io.WriteCloser, error) { return nowhere{}, nil }
func (nowhere) Write(b []byte) (int, error)           { return len(b), nil }
func (nowhere) Close() error                          { return nil }

// held is what of the memory is in use.
func held() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.Sys - m.HeapIdle)
}

// resident is the most memory that the program has had.
func (s *Session) resident() int {
	if s.host.Resident == nil {
		return memory()
	}
	return cmp.Or(s.host.Resident(), memory())
}

// memory is what the program has taken from the system, in bytes: in
// WebAssembly, which gives nothing back, all of this worker's memory but 2 MB.
func memory() int {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.Sys)
}

// products are those that Measure times: three of nanogpt-cpu's MLP, by 768
// tokens a step, and a large one.
var products = []train.Product{
	{Form: "forward", M: 768, N: 128, K: 512},
	{Form: "input", M: 768, N: 128, K: 512},
	{Form: "weight", M: 768, N: 128, K: 512},
	{Form: "forward", M: 1024, N: 1024, K: 1024},
}

// writingPreset is the one whose speed of writing is measured.
const writingPreset = "quick"

// What many sequences are, and at most.
const (
	manySequences = 64
	maxSequences  = 1024
)

// measure times what one core can do, and how fast all cores write; the model
// that writes is a new one.
func (s *Session) measure(c *protocol.Measure) {
	if c.Sequences < 0 || c.Sequences > maxSequences || c.Ranks < 0 {
		s.voice.tell(&protocol.Problem{Code: protocol.RecipeWrong, Key: "sequences", Got: fmt.Sprint(c.Sequences), Want: fmt.Sprintf("between 1 %d", maxSequences)})
		return
	}
	m := &protocol.Measured{Core: protocol.Core{PeakGFLOPS: train.Peak(s.host.Yield), WritingPreset: writingPreset}}
	for _, p := range products {
		m.Products = append(m.Products, protocol.Product{Form: p.Form, M: p.M, N: p.N, K: p.K, GFLOPS: p.GFLOPS(s.host.Yield)})
	}
	r, _ := recipe.ByName(writingPreset)
	m.WritingTokens = train.Writing(r, s.host.Yield)
	m.Sequences = cmp.Or(c.Sequences, manySequences)
	m.SequencesRanks = min(cmp.Or(c.Ranks, s.runner.cores), s.runner.cores, train.MostRanks)
	tokens, err := train.WritingTogether(r, m.Sequences, m.SequencesRanks, s.host.Launch, s.host.Yield)
	if err != nil { // the other ranks could not be started
		m.SequencesRanks = 1
		tokens, _ = train.WritingTogether(r, m.Sequences, 1, nil, s.host.Yield)
	}
	m.SequencesTokens = tokens
	s.voice.tell(m)
}
