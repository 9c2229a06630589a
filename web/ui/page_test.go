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
	"hornbook/web/wording"
)

// paper is a browser that keeps what the page wants of it.
type paper struct {
	sent        []protocol.Command
	spoken      []string
	copied      string
	shown       []string // stations that were opened for the person
	focused     string
	language    string
	rightToLeft bool
	chosen      []string // the files in whatever input is held
	persist     bool     // it was asked to keep models for good
	read        string
	saved       string // the file that was handed to the browser last
	savedAs     string
	renewed     int
	calls       []Call // to the server, and what is to be done with their answers
	thens       []func(Answer)
	later       func()
	accepted    int // files of answers
	fetched     []string
	small       map[string]string // what it remembers
}

// english is what the page says in tests.
var english = wording.New("en")

func pre(p *Page) *Pretrain  { return of[*Pretrain](p) }
func tune(p *Page) *Finetune { return of[*Finetune](p) }
func trying(p *Page) *Try    { return of[*Try](p) }
func shelf(p *Page) *Models  { return of[*Models](p) }

func (h *paper) Send(c protocol.Command)     { h.sent = append(h.sent, c) }
func (h *paper) Read(input, encoding string) { h.read = input + " " + encoding }
func (h *paper) ReadAgain(encoding string)   { h.read = "again " + encoding }
func (h *paper) Copy(text string)            { h.copied = text }
func (h *paper) Say(text string)             { h.spoken = append(h.spoken, text) }
func (h *paper) Focus(id string)             { h.focused = id }
func (h *paper) Visit(station string)        { h.shown = append(h.shown, station) }
func (h *paper) CopyLink(at string)          { h.copied = at }
func (h *paper) Speak(language, title string, rightToLeft bool) {
	h.language, h.rightToLeft = language, rightToLeft
}
func (h *paper) Hold(string) []string         { return h.chosen }
func (h *paper) Persist()                     { h.persist = true }
func (h *paper) Save(name, kind, text string) { h.savedAs, h.saved = name, text }
func (h *paper) SavePicture()                 {}
func (h *paper) Print()                       {}
func (h *paper) Renew()                       { h.renewed++ }
func (h *paper) Link(fragment string) string  { return "https://school.example/" + fragment }
func (h *paper) QR(text string) int           { return 21 + len(text)%4 }
func (h *paper) Collect(input string)         { h.read = "results " + input }
func (h *paper) Accept()                      { h.accepted++ }
func (h *paper) Later(then func())            { h.later = then }
func (h *paper) Call(c Call, then func(Answer)) {
	h.calls, h.thens = append(h.calls, c), append(h.thens, then)
}
func (h *paper) Fetch(name string) { h.fetched = append(h.fetched, name) }
func (h *paper) Remember(name, text string) {
	if h.small == nil {
		h.small = map[string]string{}
	}
	h.small[name] = text
}
func (h *paper) Recall(name string) string { return h.small[name] }

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
	p := NewPage(h, "en")
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

// draw is the page with each of its stations open, one after the other.
func draw(t *testing.T, p *Page) string {
	t.Helper()
	at, all := p.Open, ""
	for _, s := range p.Stations {
		all += drawAt(t, p, s.Place().ID)
	}
	p.Open = at
	return all
}

// drawAt is the page with a station open.
func drawAt(t *testing.T, p *Page, station string) string {
	t.Helper()
	p.Open = station
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
	if !p.Usable() || trying(p).Prompt != "Tom had" {
		t.Errorf("usable %v, prompt %q", p.Usable(), trying(p).Prompt)
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
	pre(p).Draft.Set("steps", "77")
	pre(p).Draft.Set("heads", "2")
	pre(p).Train()
	r := last[*protocol.Train](t, h).Recipe
	if r.Steps != 77 || r.Model.Heads != 2 || r.Model.KVHeads != 2 || r.Tokenizer != "chars" || r.Preset != recipe.Default {
		t.Errorf("it sends %+v", r)
	}
	n := len(h.sent)
	pre(p).Draft.Set("steps", "many")
	pre(p).Train()
	if len(h.sent) != n || p.Problems["pretrain"].Key != "steps" {
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
	pre(p).Train()
	if c := last[*protocol.Train](t, h); c.Ranks != 2 {
		t.Errorf("it asks for %d workers", c.Ranks)
	}
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Recipe: pre(p).Draft.Base, Ranks: 2})
	if html := draw(t, p); !strings.Contains(html, `data-ranks="2"`) {
		t.Error("the page does not say that 2 train")
	}
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Problem{Code: protocol.RankLost, Got: "1"})
	p.Apply(&protocol.Step{Step: 5, Steps: 10, Ranks: 1})
	if html := draw(t, p); !strings.Contains(html, `data-ranks="1"`) || !strings.Contains(html, "goes on with 1 worker") {
		t.Error("the page does not say that a worker was lost")
	}
}

func TestPresetBringsItsTokenizer(t *testing.T) {
	p, h := opened()
	pre(p).ChoosePreset("stories")
	if c := last[*protocol.SetTokenizer](t, h); c.Kind != "bpe" || c.Size != 1024 {
		t.Errorf("stories asks for %+v", c)
	}
	p.Apply(&protocol.Tokenizer{Kind: "bpe", Size: 1000})
	pre(p).ChoosePreset("nanogpt-cpu")
	if c := last[*protocol.SetTokenizer](t, h); c.Kind != "chars" {
		t.Errorf("nanogpt-cpu asks for %+v", c)
	}
}

// trained is a page after a few steps.
func trained() (*Page, *paper) {
	p, h := opened()
	r := pre(p).Draft.Base
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
	trying(p).TypePrompt("To")
	old := last[*protocol.Predict](t, h).ID
	trying(p).TypePrompt("Tom")
	p.Apply(&protocol.Prediction{Reply: to(old), Choices: []protocol.Choice{{Text: "old"}}})
	p.Apply(&protocol.Prediction{Reply: to(last[*protocol.Predict](t, h).ID), Choices: []protocol.Choice{{Text: "new"}}})
	if len(trying(p).Prediction.Choices) != 1 || trying(p).Prediction.Choices[0].Text != "new" {
		t.Errorf("it shows %+v", trying(p).Prediction)
	}
}

func TestGenerate(t *testing.T) {
	p, h := trained()
	trying(p).Sampling["top_k"] = "5"
	trying(p).Generate()
	c := last[*protocol.Generate](t, h)
	if c.Prompt != "Tom had" || c.TopK != 5 || c.Temperature != 0.8 || c.Tokens != 200 {
		t.Errorf("it asks for %+v", c)
	}
	p.Apply(&protocol.Writing{Reply: to(c.ID), Tokens: []protocol.Choice{{Text: " a", Probability: 0.25}, {Text: " b", Probability: 0.25}}})
	p.Apply(&protocol.Writing{Reply: to(c.ID), Tokens: []protocol.Choice{{Text: " c", Probability: 0.25}}})
	p.Apply(&protocol.Writing{Reply: to(c.ID + 99), Tokens: []protocol.Choice{{Text: "stray"}}})
	trying(p).Now.Pick("ArrowRight")
	trying(p).Now.Pick("ArrowRight")
	if says := trying(p).Now.Says(p.W); !strings.Contains(says, "25 %") || trying(p).Now.Picked != 1 {
		t.Errorf("token %d says %q", trying(p).Now.Picked, says)
	}
	trying(p).CancelWriting()
	if last[*protocol.Cancel](t, h).ID != c.ID {
		t.Error("another writing was cancelled")
	}
	p.Apply(&protocol.Generated{Reply: to(c.ID), Tokens: 3})
	if h.spoken[len(h.spoken)-1] != " a b c" {
		t.Errorf("a screen reader hears %q", h.spoken[len(h.spoken)-1])
	}
	trying(p).CopyWriting()
	if h.copied != "Tom had a b c" {
		t.Errorf("it copies %q", h.copied)
	}
	trying(p).Sampling["temperature"] = "hot"
	trying(p).Generate()
	if p.Problems["try"] == nil || p.Problems["try"].Key != "sampling_temperature" || h.focused != "n-sampling_temperature" {
		t.Errorf("a word for a temperature: %+v", p.Problems["try"])
	}
}

// A problem stands where it was asked for, whatever is open; what nobody asked
// for stands beside the run, which points to what is wrong elsewhere.
func TestProblemsFindTheirStation(t *testing.T) {
	for want, act := range map[string]func(p *Page){
		"text":     func(p *Page) { of[*Text](p).ChooseSample("opticks") },
		"tokens":   func(p *Page) { of[*Tokens](p).ChooseKind("bytes") },
		"pretrain": func(p *Page) { pre(p).Train() },
		"chat":     func(p *Page) { of[*Chat](p).ChooseLessons("sums") },
		"models":   func(p *Page) { shelf(p).Delete("a") },
		"speed":    func(p *Page) { of[*Speed](p).MeasureBrowser() },
	} {
		p, h := opened()
		act(p)
		p.Apply(&protocol.Problem{Reply: to(h.asked()), Code: protocol.Internal})
		if p.Problems[want] == nil || len(p.Problems) != 1 {
			t.Errorf("it stands at %v, want %s", reflect.ValueOf(p.Problems).MapKeys(), want)
		}
		if len(h.spoken) == 0 {
			t.Errorf("what is wrong at %s is not read aloud", want)
		}
		p.Open = "try"
		if len(p.elsewhere()) != 1 || p.elsewhere()[0].Place().ID != want {
			t.Errorf("the strip does not point to %s", want)
		}
	}
	for code, want := range map[protocol.Code]string{protocol.LossNaN: RunStrip, protocol.RankLost: RunStrip, protocol.ShelfFailed: "models", protocol.TextTooLong: "text"} {
		p, _ := opened()
		p.Apply(&protocol.Problem{Code: code})
		if p.Problems[want] == nil || len(p.Problems) != 1 {
			t.Errorf("%s stands at %v, want %s", code, reflect.ValueOf(p.Problems).MapKeys(), want)
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
	pre(p).Show(0)
	p.Apply(&protocol.Sample{Step: 15, Text: "latest"})
	if pre(p).sampleText() != "Tim hod" {
		t.Errorf("looking back shows %q", pre(p).sampleText())
	}
	pre(p).Show(2)
	p.Apply(&protocol.Sample{Step: 20, Text: "newest"})
	if pre(p).sampleText() != "newest" {
		t.Errorf("at the end it shows %q", pre(p).sampleText())
	}
}
