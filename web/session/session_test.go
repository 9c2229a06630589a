package session

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// desk is a page without a page: it sends commands and reads events.
type desk struct {
	*testing.T
	commands chan protocol.Command
	events   chan protocol.Event
	ended    chan struct{}
	close    func()
	watch    func(protocol.Event) // sees what next passes over too; nil for nobody
	reacts   atomic.Pointer[func(protocol.Event) protocol.Command]
}

func sit(t *testing.T) *desk { return sitAt(t, Host{}) }

// patience is how long a test waits for anything: so long that only what never
// comes is missed, however slow or busy the machine.
const patience = 5 * time.Minute

// sitAt is a desk with a host's cores and ranks.
func sitAt(t *testing.T, host Host) *desk {
	d := &desk{T: t, commands: make(chan protocol.Command, 100), events: make(chan protocol.Event, 100000), ended: make(chan struct{})}
	host.Emit = func(e protocol.Event) {
		if _, err := protocol.EncodeEvent(e); err != nil {
			t.Errorf("an event that cannot be sent: %v", err)
		}
		if p, is := e.(*protocol.Problem); is && p.Code == protocol.Internal {
			t.Errorf("a mistake of ours: %s", p.Detail)
		}
		d.events <- e
		if react := d.reacts.Load(); react != nil {
			if c := (*react)(e); c != nil {
				d.commands <- c
			}
		}
	}
	host.Yield = runtime.Gosched
	host.Sample = func(name string) ([]byte, error) {
		if name == "opticks" {
			return nil, fmt.Errorf("no network")
		}
		return nil, fmt.Errorf("no sample %s", name)
	}
	s := New(host)
	go func() {
		s.Serve(d.commands)
		close(d.ended)
	}()
	d.close = sync.OnceFunc(func() {
		close(d.commands)
		<-d.ended
	})
	t.Cleanup(d.close)
	return d
}

// on sends what react makes of each event from now on, unless that is nil: before
// the session does anything else, however slow the machine is. A reaction to
// what comes last would meet the end of the commands: nothing is to react then.
func (d *desk) on(react func(protocol.Event) protocol.Command) { d.reacts.Store(&react) }

// pauseAt pauses the run at its evaluation after a step, once.
func (d *desk) pauseAt(step int) {
	d.on(func(e protocol.Event) protocol.Command {
		if e, is := e.(*protocol.Eval); is && e.Step == step {
			return &protocol.Pause{}
		}
		return nil
	})
}

// next waits for an event of type E and passes over others.
func next[E protocol.Event](d *desk) E {
	d.Helper()
	limit := time.After(patience)
	for {
		select {
		case e := <-d.events:
			if d.watch != nil {
				d.watch(e)
			}
			if wanted, is := e.(E); is {
				return wanted
			}
		case <-limit:
			var none E
			d.Fatalf("no %T came", none)
			return none
		}
	}
}

// written waits for n tokens of the writing id.
func (d *desk) written(id, n int) []protocol.Choice {
	d.Helper()
	var tokens []protocol.Choice
	for len(tokens) < n {
		w := next[*protocol.Writing](d)
		if tokens = append(tokens, w.Tokens...); w.ID != id || len(w.Tokens) == 0 || len(tokens) > n {
			d.Fatalf("of the writing %d, %d tokens, came %+v", id, n, w)
		}
	}
	return tokens
}

func (d *desk) state(want string) *protocol.State {
	d.Helper()
	for {
		if s := next[*protocol.State](d); s.State == want {
			return s
		}
	}
}

func (d *desk) problem(want protocol.Code) *protocol.Problem {
	d.Helper()
	p := next[*protocol.Problem](d)
	if p.Code != want {
		d.Fatalf("the problem is %s (%s), want %s", p.Code, p.Detail, want)
	}
	return p
}

// own is a text of one's own.
var own = village.Text(3, 20000)

func (d *desk) give(text []byte) {
	d.commands <- &protocol.SetText{Source: "upload", Name: "own.txt", Data: text}
}

// brief is a recipe that takes a moment.
func brief() recipe.Recipe {
	r, _ := recipe.ByName("tiny")
	r.Model.Channels, r.Model.Hidden, r.Model.Context, r.Batch = 32, 48, 16, 4
	r.Steps, r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 30, 10, 2, 2, 15
	return r
}

func TestARunFromBeginningToEnd(t *testing.T) {
	d := sit(t)
	if r := next[*protocol.Ready](d); len(r.Presets) < 4 || r.Samples[0] != "village" {
		t.Errorf("ready with %+v", r)
	}
	d.give(own)
	if text := next[*protocol.Text](d); text.Bytes != len(own) || text.Distinct < 30 || text.Advice != "" || !strings.HasPrefix(string(own), text.Preview[:20]) {
		t.Errorf("the text is told as %+v", text)
	}
	if tok := next[*protocol.Tokenizer](d); tok.Kind != "bpe" || tok.BytesPerToken < 2 {
		t.Errorf("the tokenizer of the default preset is told as %+v", tok)
	}
	d.commands <- &protocol.Train{Recipe: brief()}
	d.state("preparing")
	m := next[*protocol.Model](d)
	if m.Text != "own.txt" || m.Recipe.Model.Vocab < 30 || m.Parameters != m.Recipe.Model.Parameters() {
		t.Errorf("the model is told as %+v", m)
	}
	var evals []*protocol.Eval
	samples := 0
	for done := false; !done; {
		switch e := (<-d.events).(type) {
		case *protocol.Eval:
			evals = append(evals, e)
		case *protocol.Sample:
			samples++
			if len(e.Text) < 160 {
				t.Errorf("it wrote only %q", e.Text)
			}
		case *protocol.State:
			done = e.State == "done"
			if done && e.Reason != protocol.Finished {
				t.Errorf("done because %s", e.Reason)
			}
		case *protocol.Problem:
			t.Fatal(e)
		}
	}
	if len(evals) != 4 || evals[0].Step != 0 || evals[3].Step != 30 || evals[3].ValLoss >= evals[0].ValLoss-0.3 {
		t.Errorf("evaluations at the end: %+v", evals[len(evals)-1])
	}
	if samples != 2 {
		t.Errorf("it wrote %d samples, want 2", samples)
	}
}

func TestPauseResumeStop(t *testing.T) {
	d := sit(t)
	d.give(own)
	r := brief()
	r.Steps, r.EvalEvery, r.SampleEvery = 100000, 100000, 0
	d.commands <- &protocol.Pause{}
	d.problem(protocol.NotTraining)
	d.commands <- &protocol.Train{Recipe: r}
	d.state("training")
	next[*protocol.Step](d)
	d.commands <- &protocol.Train{Recipe: r}
	d.problem(protocol.Busy)
	d.commands <- &protocol.Pause{}
	d.state("paused")
	drained := false
	for !drained { // nothing more comes while paused
		select {
		case e := <-d.events:
			t.Errorf("while paused came %T", e)
		case <-time.After(300 * time.Millisecond):
			drained = true
		}
	}
	d.commands <- &protocol.Predict{Request: as(5), Prompt: "Tom"}
	if p := next[*protocol.Prediction](d); p.ID != 5 || len(p.Choices) != 10 {
		t.Errorf("while paused it predicts %+v", p)
	}
	d.commands <- &protocol.Resume{}
	d.state("training")
	before := next[*protocol.Step](d).Step
	if after := next[*protocol.Step](d).Step; after <= before {
		t.Errorf("after Resume step %d follows %d", after, before)
	}
	d.commands <- &protocol.Stop{}
	if s := d.state("done"); s.Reason != protocol.Stopped {
		t.Errorf("done because %s", s.Reason)
	}
	d.commands <- &protocol.Train{Recipe: brief()}
	if m := next[*protocol.Model](d); m.Recipe.Steps != 30 {
		t.Errorf("the next run has %d steps", m.Recipe.Steps)
	}
	d.state("done")
}

// While a run trains, the page gets its answers: cut tokens, predictions and
// the model's writing.
func TestAnswersWhileTraining(t *testing.T) {
	d := sit(t)
	d.give(own)
	r := brief()
	r.Steps, r.EvalBatches = 100000, 200
	d.commands <- &protocol.Train{Recipe: r}
	d.state("training")
	d.commands <- &protocol.Tokenize{Request: as(1), Text: "Tom ☃"}
	if tokens := next[*protocol.Tokens](d); len(tokens.Pieces) != 4 || tokens.Pieces[0].Text != "T" || len(tokens.Unknown) != 1 {
		t.Errorf("cut into %+v", tokens)
	}
	d.commands <- &protocol.Predict{Request: as(2), Prompt: "Tom"}
	p := next[*protocol.Prediction](d)
	for i, c := range p.Choices[1:] {
		if c.Probability > p.Choices[i].Probability {
			t.Errorf("choice %d is likelier than the one before", i+1)
		}
	}
	d.commands <- &protocol.Generate{Request: as(3), Prompt: "Tom", Tokens: 20, Sampling: protocol.Sampling{Temperature: 1, TopP: 1}}
	for _, token := range d.written(3, 20) {
		if token.Probability <= 0 {
			t.Errorf("wrote %+v", token)
		}
	}
	if g := next[*protocol.Generated](d); g.Tokens != 20 || g.Cancelled {
		t.Errorf("ended with %+v", g)
	}
	d.commands <- &protocol.Generate{Request: as(4), Prompt: "", Tokens: 100000, Sampling: protocol.Sampling{Temperature: 1, TopP: 1}}
	next[*protocol.Writing](d)
	d.commands <- &protocol.Cancel{Request: as(4)}
	if g := next[*protocol.Generated](d); !g.Cancelled || g.Tokens >= 100000 {
		t.Errorf("cancelled with %+v", g)
	}
	d.commands <- &protocol.Stop{}
	d.state("done")
}

func TestWrongRecipes(t *testing.T) {
	d := sit(t)
	r := brief()
	d.commands <- &protocol.Train{Recipe: r}
	d.problem(protocol.TextMissing)
	d.give(own)
	r.Model.Heads = 5
	d.commands <- &protocol.Train{Recipe: r}
	if p := d.problem(protocol.RecipeWrong); p.Key != "channels" && p.Key != "heads" {
		t.Errorf("the wrong number is %q", p.Key)
	}
	d.state("idle")
	r = brief()
	r.Model.Context = 1024
	d.give(own[:1000])
	d.commands <- &protocol.Train{Recipe: r}
	d.problem(protocol.TextTooShort)
	r = brief()
	r.Model.Context, r.Batch, r.Model.Channels, r.Model.Layers = 2048, 256, 512, 24
	d.commands <- &protocol.Train{Recipe: r}
	d.problem(protocol.OutOfMemory)
	for _, c := range []protocol.Command{&protocol.Predict{Request: as(1)}, &protocol.Generate{Request: as(2), Tokens: 5}} {
		d.commands <- c
		d.problem(protocol.NoModel)
	}
}

// offTheRails is a recipe whose loss is soon no number.
func offTheRails() recipe.Recipe {
	r := brief()
	r.Optimizer, r.LearningRate, r.WarmUp, r.Clip, r.Steps, r.Schedule = "adamw", 1, 0, 0, 100000, "constant"
	r.Model.Norm, r.Model.MLP, r.Model.QKNorm, r.WeightDecay = "layernorm", "relu2", false, 10
	r.Init, r.Model.NormEps = "gpt2", 1e-12
	return r
}

// A learning rate that is far too high ends in the failed state, with weights
// that still predict.
func TestOffTheRails(t *testing.T) {
	d := sit(t)
	d.give(own)
	d.commands <- &protocol.Train{Recipe: offTheRails()}
	d.state("training")
	limit := time.After(patience)
	for {
		select {
		case e := <-d.events:
			if s, is := e.(*protocol.State); is && s.State == "failed" {
				if s.Reason != protocol.LossNaN {
					t.Fatalf("failed because %s", s.Reason)
				}
				d.commands <- &protocol.Predict{Request: as(9), Prompt: "Tom"}
				for _, c := range next[*protocol.Prediction](d).Choices {
					if math.IsNaN(c.Probability) {
						t.Fatal("the kept weights predict NaN")
					}
				}
				return
			}
		case <-limit:
			d.commands <- &protocol.Stop{}
			t.Fatal("a learning rate of 1 did not end in NaN")
		}
	}
}

// as is the request with this id.
func as(id int) protocol.Request { return protocol.Request{ID: id} }
