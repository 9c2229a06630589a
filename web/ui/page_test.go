package ui

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/staticrender"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// paper is a browser that keeps what the page wants of it.
type paper struct {
	sent    []protocol.Command
	spoken  []string
	copied  string
	shown   []string
	chosen  []string // the files in whatever input is held
	persist bool     // it was asked to keep models for good
	renewed int
}

func (h *paper) Send(c protocol.Command) { h.sent = append(h.sent, c) }
func (h *paper) SendFile(string, int)    {}
func (h *paper) Copy(text string)        { h.copied = text }
func (h *paper) Say(text string)         { h.spoken = append(h.spoken, text) }
func (h *paper) Show(id string)          { h.shown = append(h.shown, id) }
func (h *paper) Hold(string) []string    { return h.chosen }
func (h *paper) Persist()                { h.persist = true }
func (h *paper) Renew()                  { h.renewed++ }

// last is the newest command, of type C.
func last[C protocol.Command](t *testing.T, h *paper) C {
	t.Helper()
	for i := len(h.sent) - 1; i >= 0; i-- {
		if c, is := h.sent[i].(C); is {
			return c
		}
	}
	var none C
	t.Fatalf("no %T was sent", none)
	return none
}

// to is the reply to the command with this id.
func to(id int) protocol.Reply { return protocol.Reply{ID: id} }

// evaluated is an evaluation; an old loss of 0 was not taken.
func evaluated(step int, val, old float64, best bool) *protocol.Eval {
	m := recipe.Measurement{Step: step, Best: best, Measures: recipe.Measures{{Name: recipe.TrainLoss, Value: val}, {Name: recipe.ValLoss, Value: val}}}
	if old > 0 {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.OldLoss, Value: old})
	}
	return protocol.NewEval(m)
}

// asked is the id of the newest command.
func (h *paper) asked() int { return h.sent[len(h.sent)-1].Asks() }

// opened is a page with a text, as it stands after its first second.
func opened() (*Page, *paper) {
	h := &paper{}
	p := NewPage(h)
	for _, e := range []protocol.Event{
		&protocol.Ready{Backend: "cpu", Cores: 2, Ranks: 2, Presets: recipe.Presets(), Default: recipe.Default, Samples: []string{"village", "opticks"}},
		&protocol.State{State: "idle"},
		&protocol.Text{Source: "sample", Name: "village", Bytes: 5000, Characters: 5000, Distinct: 40, Preview: "Tom had a ball. It was red.\nMore."},
		&protocol.Tokenizer{Kind: "chars", Size: 40, Tokens: 5000, BytesPerToken: 1},
	} {
		p.Apply(e)
	}
	return p, h
}

func draw(t *testing.T, p *Page) string {
	t.Helper()
	var out bytes.Buffer
	renderer := staticrender.New(&out)
	build, err := vugu.NewBuildEnv()
	if err != nil {
		t.Fatal(err)
	}
	if err := renderer.Render(build.RunBuild(&Root{Page: p})); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOpensWithASample(t *testing.T) {
	p, h := opened()
	if set := h.sent[0].(*protocol.SetText); set.Source != "sample" || set.Name != "village" {
		t.Errorf("the first command is %+v", set)
	}
	if cut := last[*protocol.Tokenize](t, h); cut.Text != "Tom had a ball. It was red." {
		t.Errorf("it shows %q cut", cut.Text)
	}
	if !p.Usable() || p.PromptText != "Tom had" {
		t.Errorf("usable %v, prompt %q", p.Usable(), p.PromptText)
	}
	html := draw(t, p)
	for _, part := range []string{`id="run"`, `data-state="idle"`, `data-backend="cpu"`, `data-ranks="1"`, "Upload text", "Sample text", "Preset", ">Train<", ">Pause<", ">Stop<", "Prompt", ">Generate<"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

func TestTrainSendsWhatStandsInTheFields(t *testing.T) {
	p, h := opened()
	p.Draft.Set("steps", "77")
	p.Draft.Set("heads", "2")
	p.Train()
	r := last[*protocol.Train](t, h).Recipe
	if r.Steps != 77 || r.Model.Heads != 2 || r.Model.KVHeads != 2 || r.Tokenizer != "chars" || r.Preset != recipe.Default {
		t.Errorf("it sends %+v", r)
	}
	n := len(h.sent)
	p.Draft.Set("steps", "many")
	p.Train()
	if len(h.sent) != n || p.Problems[TrainStation].Key != "steps" {
		t.Errorf("a word for a number: %+v", p.Problems)
	}
	if html := draw(t, p); !strings.Contains(html, "Steps is many") {
		t.Error("the page does not say which number is wrong")
	}
}

// The number of workers can be chosen, and what the trainer says of it shows.
func TestWorkers(t *testing.T) {
	p, h := opened()
	if html := draw(t, p); !strings.Contains(html, ">Workers<") || !strings.Contains(html, "as many as help") {
		t.Error("the workers cannot be chosen")
	}
	p.ChooseWorkers("2")
	p.Train()
	if c := last[*protocol.Train](t, h); c.Ranks != 2 {
		t.Errorf("it asks for %d workers", c.Ranks)
	}
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Recipe: p.Draft.Base, Ranks: 2})
	if html := draw(t, p); !strings.Contains(html, `data-ranks="2"`) {
		t.Error("the page does not say that 2 train")
	}
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Problem{Code: protocol.RankLost, Got: "1"})
	p.Apply(&protocol.Step{Step: 5, Steps: 10, Ranks: 1})
	if html := draw(t, p); !strings.Contains(html, `data-ranks="1"`) || !strings.Contains(html, "goes on with one worker") {
		t.Error("the page does not say that a worker was lost")
	}
}

func TestPresetBringsItsTokenizer(t *testing.T) {
	p, h := opened()
	p.ChoosePreset("stories")
	if c := last[*protocol.SetTokenizer](t, h); c.Kind != "bpe" || c.Size != 1024 {
		t.Errorf("stories asks for %+v", c)
	}
	p.Apply(&protocol.Tokenizer{Kind: "bpe", Size: 1000})
	p.ChoosePreset("nanogpt-cpu")
	if c := last[*protocol.SetTokenizer](t, h); c.Kind != "chars" {
		t.Errorf("nanogpt-cpu asks for %+v", c)
	}
}

// trained is a page after a few steps.
func trained() (*Page, *paper) {
	p, h := opened()
	r := p.Draft.Base
	r.Model.Vocab = 40
	for _, e := range []protocol.Event{
		&protocol.State{State: "preparing"}, &protocol.Model{Recipe: r, Parameters: 1000, Text: "village"}, &protocol.State{State: "training"},
		evaluated(0, 4, 0, false), &protocol.Step{Step: 5, Steps: 100, Loss: 3.5, TokensPerSecond: 1000, SecondsLeft: 95},
		&protocol.Sample{Step: 5, Text: "Tim hod"},
	} {
		p.Apply(e)
	}
	return p, h
}

func TestDrawsARun(t *testing.T) {
	p, _ := trained()
	html := draw(t, p)
	for _, part := range []string{`data-state="training"`, `data-step="5"`, `data-train-loss="3.5000"`, `data-val-loss="4.0000"`, `data-tokens-per-second="1000"`, "Tim hod", "1 min 35 s"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	p.Apply(&protocol.State{State: "paused"})
	if html := draw(t, p); !strings.Contains(html, ">Resume<") {
		t.Error("a paused run cannot be resumed")
	}
}

func TestStaleAnswersAreDropped(t *testing.T) {
	p, h := trained()
	p.TypePrompt("To")
	old := last[*protocol.Predict](t, h).ID
	p.TypePrompt("Tom")
	p.Apply(&protocol.Prediction{Reply: to(old), Choices: []protocol.Choice{{Text: "old"}}})
	p.Apply(&protocol.Prediction{Reply: to(last[*protocol.Predict](t, h).ID), Choices: []protocol.Choice{{Text: "new"}}})
	if len(p.Prediction.Choices) != 1 || p.Prediction.Choices[0].Text != "new" {
		t.Errorf("it shows %+v", p.Prediction)
	}
}

func TestGenerate(t *testing.T) {
	p, h := trained()
	p.Sampling["top_k"] = "5"
	p.Generate()
	c := last[*protocol.Generate](t, h)
	if c.Prompt != "Tom had" || c.TopK != 5 || c.Temperature != 0.8 || c.Tokens != 200 {
		t.Errorf("it asks for %+v", c)
	}
	p.Apply(&protocol.Writing{Reply: to(c.ID), Tokens: []protocol.Choice{{Text: " a", Probability: 0.25}, {Text: " b", Probability: 0.25}}})
	p.Apply(&protocol.Writing{Reply: to(c.ID), Tokens: []protocol.Choice{{Text: " c", Probability: 0.25}}})
	p.Apply(&protocol.Writing{Reply: to(c.ID + 99), Tokens: []protocol.Choice{{Text: "stray"}}})
	p.Now.Pick("ArrowRight")
	p.Now.Pick("ArrowRight")
	if says := p.Now.Says(); !strings.Contains(says, "25 %") || p.Now.Picked != 1 {
		t.Errorf("token %d says %q", p.Now.Picked, says)
	}
	p.CancelWriting()
	if last[*protocol.Cancel](t, h).ID != c.ID {
		t.Error("another writing was cancelled")
	}
	p.Apply(&protocol.Generated{Reply: to(c.ID), Tokens: 3})
	if h.spoken[len(h.spoken)-1] != " a b c" {
		t.Errorf("a screen reader hears %q", h.spoken[len(h.spoken)-1])
	}
	p.CopyWriting()
	if h.copied != "Tom had a b c" {
		t.Errorf("it copies %q", h.copied)
	}
	p.Sampling["temperature"] = "hot"
	p.Generate()
	if p.Problems[TryStation] == nil || p.Problems[TryStation].Key != "temperature" {
		t.Errorf("a word for a temperature: %+v", p.Problems[TryStation])
	}
}

// Each problem is shown at the station where it can be mended.
func TestProblemsFindTheirStation(t *testing.T) {
	for _, c := range []struct {
		p    protocol.Problem
		want string
	}{
		{protocol.Problem{Code: protocol.TextEmpty}, TextStation}, {protocol.Problem{Code: protocol.TooManyKinds}, TokensStation},
		{protocol.Problem{Code: protocol.RecipeWrong, Key: "top_p"}, TryStation}, {protocol.Problem{Code: protocol.RecipeWrong, Key: "layers"}, TrainStation},
		{protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size"}, TokensStation}, {protocol.Problem{Code: protocol.LossNaN}, TrainStation},
		{protocol.Problem{Code: protocol.NoModel}, TryStation}, {protocol.Problem{Code: protocol.BaseFailed}, TryStation},
		{protocol.Problem{Code: protocol.ShelfFailed}, ModelsStation},
	} {
		p, h := opened()
		p.Apply(&c.p)
		if p.Problems[c.want] == nil || len(p.Problems) != 1 {
			t.Errorf("%s %s stands at %v, want %s", c.p.Code, c.p.Key, reflect.ValueOf(p.Problems).MapKeys(), c.want)
		}
		if len(h.spoken) == 0 {
			t.Errorf("%s is not read aloud", c.p.Code)
		}
	}
}

func TestCurve(t *testing.T) {
	var c Curve
	for step := range 10000 {
		c.Add(step, 2)
	}
	if len(c.Steps) > maxPoints || c.Steps[0] != 0 || c.Steps[len(c.Steps)-1] < 9980 {
		t.Errorf("%d points from %d to %d", len(c.Steps), c.Steps[0], c.Steps[len(c.Steps)-1])
	}
	for i, loss := range c.Losses {
		if fmt.Sprintf("%.9f", loss) != "2.000000000" {
			t.Fatalf("the mean of 2 is %v at %d", loss, i)
		}
	}
}

// However long a run takes, the page keeps so much of it and no more: the first,
// the best and the latest are there.
func TestLongRunIsBounded(t *testing.T) {
	p, _ := trained()
	p.Evals = nil
	for step := range 20_000 {
		p.Apply(evaluated(step, 1, 0, step == 1234))
		p.Apply(&protocol.Sample{Step: step, Text: "x"})
		if n := len(p.Evals); n > mostKept || len(p.Samples) > mostKept {
			t.Fatalf("after step %d it keeps %d evaluations and %d samples", step, n, len(p.Samples))
		}
	}
	best := slices.ContainsFunc(p.Evals, func(e recipe.Measurement) bool { return e.Best && e.Step == 1234 })
	if n := len(p.Evals); n < mostKept/4 || p.Evals[0].Step != 0 || !best || p.LastEval().Step != 19_999 || p.Samples[len(p.Samples)-1].Step != 19_999 {
		t.Errorf("it keeps %d evaluations from %d to %d, the best: %v", n, p.Evals[0].Step, p.LastEval().Step, best)
	}
}

func TestEarlierWriting(t *testing.T) {
	p, _ := trained()
	p.Apply(&protocol.Sample{Step: 10, Text: "later"})
	p.ShowSample("0")
	p.Apply(&protocol.Sample{Step: 15, Text: "latest"})
	if p.sampleText() != "Tim hod" {
		t.Errorf("looking back shows %q", p.sampleText())
	}
	p.ShowSample("2")
	p.Apply(&protocol.Sample{Step: 20, Text: "newest"})
	if p.sampleText() != "newest" {
		t.Errorf("at the end it shows %q", p.sampleText())
	}
}
