package ui

import (
	"strconv"
	"strings"
	"time"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Page is the State with what a person is doing on it. Its methods are the
// handlers of the components.
type Page struct {
	State
	Host Host

	Offline Offline

	Source    string // the sample that is chosen, "" for an own text
	Typed     string
	TypedOpen bool

	CutText  string // what was typed to see it cut
	cutOwn   bool   // it was typed, not taken from the text
	CutKind  string
	CutSize  string
	Draft    Draft
	fresh    Draft // of a new model, while the open one is to be trained further
	Workers  int   // that are to train, 0 for as many as help
	More     bool  // more numbers are shown
	AsTable  bool  // the losses are shown as a table
	LogScale bool
	lookBack int  // the piece of writing that is looked at
	looking  bool // back at lookBack, not at the latest

	PromptText string
	promptOwn  bool              // it was typed, not taken from the text
	Sampling   map[string]string // fields of Try by the protocol's names
	Both       bool              // the model as it was before is to write too
	asked      *protocol.Generate
	Chat       bool               // Try is a conversation
	Talk       []protocol.Message // what was said in it, but for the latest answer, which is Now
	Lessons    string             // the task whose conversations are chosen, "" for none
	CopyDone   bool
	AsideOpen  bool // on narrow screens

	Shelving   Shelving
	textWaits  bool      // the first text is still to be asked for
	opening    int       // id of the Open that the page begins with
	requests   int       // ids of requests so far
	cutting    int       // id of the latest Tokenize
	predicting int       // id of the latest Predict
	spoken     time.Time // when a screen reader was last told the step
}

// sayEvery is the least time between two steps that are read aloud.
const sayEvery = 10 * time.Second

// NewPage returns a page that waits for the trainer's Ready.
func NewPage(h Host) *Page {
	return &Page{Host: h, State: State{Run: protocol.State{State: "idle"}, Now: NewCompletion(), Former: NewCompletion()},
		Sampling: map[string]string{"temperature": "0.8", "top_k": "0", "top_p": "0.95", "seed": "1", "tokens": "200"}}
}

// Usable tells whether there is a text, so that Train can be pressed, or a
// message that says why there is none.
func (p *Page) Usable() bool {
	return p.Tokenizer != nil || p.Problems[TextStation] != nil || p.Problems[TokensStation] != nil || p.Problems[TrainStation] != nil
}

// Apply takes over an event and asks for what follows from it.
func (p *Page) Apply(e protocol.Event) {
	if p.stale(e) {
		return
	}
	known := p.standing(e)
	p.State.Apply(e)
	p.applySpeed(e)
	p.applyModels(e)
	switch e := e.(type) {
	case *protocol.Ready:
		p.welcome(e)
	case *protocol.Text:
		p.begin(e)
	case *protocol.Tokenizer:
		p.CutKind = e.Kind
		p.askTokens()
	case *protocol.State:
		if e.State != "idle" {
			p.Host.Say(wording.RunState(e.State))
		}
		if e.State == "training" || e.State == "done" {
			p.askPrediction()
		}
	case *protocol.Sample, *protocol.Adapted:
		p.askPrediction()
	case *protocol.Generated:
		p.generated(e)
	case *protocol.Step:
		p.saySteps(e)
	case *protocol.Prediction:
		p.firstText()
	case *protocol.Problem:
		if e.ID == p.opening || e.ID == p.predicting {
			p.firstText()
		}
		p.giveUp(e)
		if !known {
			p.Host.Say(wording.Problem(e))
		}
	}
}

// welcome opens what the page begins with: the model that comes with it, so
// that one can type at once, and the first text.
func (p *Page) welcome(e *protocol.Ready) {
	p.Draft = NewDraft(p.preset(e.Default))
	p.CutSize = strconv.Itoa(p.Draft.Base.VocabSize)
	p.textWaits = true
	if e.Base {
		p.PromptText, p.Source = wording.FirstPrompt, e.Samples[0]
		p.opening = p.ask(&protocol.Open{ModelID: protocol.Base})
		return
	}
	p.firstText()
}

// firstText asks for the text that the page begins with: once the model has
// predicted, which it could not do meanwhile.
func (p *Page) firstText() {
	if p.textWaits {
		p.textWaits = false
		p.ChooseSample(p.Ready.Samples[0])
	}
}

// giveUp forgets the writing that a problem has ended.
func (p *Page) giveUp(e *protocol.Problem) {
	if e.ID > 0 && e.ID == p.Now.ID {
		p.unsay()
	}
	for _, c := range []*Completion{&p.Now, &p.Former} {
		if e.ID > 0 && c.ID == e.ID {
			*c = NewCompletion()
		}
	}
}

// standing tells whether e says anew that a save has failed, which still stands
// on the page: a run tries again and again.
func (p *Page) standing(e protocol.Event) bool {
	problem, is := e.(*protocol.Problem)
	if !is || !unsaved(problem) {
		return false
	}
	before := p.Problems[p.station(problem)]
	return before != nil && before.Code == problem.Code
}

// stale tells whether e answers a request that a newer one has replaced.
func (p *Page) stale(e protocol.Event) bool {
	switch e := e.(type) {
	case *protocol.Tokens:
		return e.ID != p.cutting
	case *protocol.Prediction:
		return e.ID != p.predicting
	case *protocol.Writing:
		return e.ID != p.Now.ID && e.ID != p.Former.ID
	case *protocol.Generated:
		return e.ID != p.Now.ID && e.ID != p.Former.ID
	}
	return false
}

// begin fills in what was not typed from the beginning of the text.
func (p *Page) begin(t *protocol.Text) {
	p.textWaits = false
	if t.Source != "sample" {
		p.Source = ""
	}
	if t.Source != "task" {
		p.Lessons = ""
	}
	if ofTalks(t) {
		return
	}
	if !p.cutOwn {
		p.CutText = firstLine(t.Preview)
	}
	if !p.promptOwn && (p.Model == nil || p.Model.Text != t.Name) {
		p.PromptText = firstWords(t.Preview, 2)
		p.askPrediction()
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > 80 {
		return strings.TrimSpace(string(r[:80]))
	}
	return line
}

func firstWords(text string, n int) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(n, len(words))], " ")
}

func (p *Page) saySteps(e *protocol.Step) {
	if now := time.Now(); now.Sub(p.spoken) >= sayEvery {
		p.spoken = now
		p.Host.Say(wording.NewSteps(e.Step, e.Steps, e.Loss))
	}
}

// ask sends a command, and gives the id that its answers have.
func (p *Page) ask(c protocol.Command) int {
	p.requests++
	c.Number(p.requests)
	p.Host.Send(c)
	return p.requests
}

// await shows that a task goes on, from the moment that it is asked for.
func (p *Page) await(task string, id int) {
	p.Working = &protocol.Working{Reply: protocol.Reply{ID: id}, Task: task, Total: 1}
}

// CancelWorking ends what goes on.
func (p *Page) CancelWorking() {
	if p.Working != nil {
		p.cancel(p.Working.ID)
	}
}

// cancel ends the command with this id, whose answer still comes.
func (p *Page) cancel(id int) {
	p.Host.Send(&protocol.Cancel{Request: protocol.Request{ID: id}})
}

// Text.

// ChooseSample asks for a built-in text.
func (p *Page) ChooseSample(name string) {
	if name == "" {
		return
	}
	p.Source = name
	p.solve(TextStation)
	p.await("sample", p.ask(&protocol.SetText{Source: "sample", Name: name}))
}

// UseTyped takes what was typed as the text.
func (p *Page) UseTyped() {
	p.solve(TextStation)
	p.ask(&protocol.SetText{Source: "typed", Name: wording.TypedName, Data: []byte(p.Typed)})
}

// Upload sends the file that was chosen.
func (p *Page) Upload() { p.Host.SendFile("upload", p.Uploading()) }

// Uploading gives the id by which a file is to be sent as SetText.
func (p *Page) Uploading() int {
	p.solve(TextStation)
	p.requests++
	return p.requests
}

// Tokens.

// ChooseKind asks for another tokenizer; BPE waits for its size and a button.
func (p *Page) ChooseKind(kind string) {
	p.CutKind = kind
	if kind != "bpe" {
		p.Cut()
	}
}

// Cut asks for the tokenizer that is chosen.
func (p *Page) Cut() {
	size, err := strconv.Atoi(strings.TrimSpace(p.CutSize))
	if err != nil && p.CutKind == "bpe" {
		p.fail(&protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size", Got: p.CutSize, Want: wording.WholeNumber})
		return
	}
	if p.CutKind != "bpe" {
		size = 0
	}
	p.solve(TokensStation)
	p.ask(&protocol.SetTokenizer{Kind: p.CutKind, Size: size})
}

// TypeToCut shows how another text is cut.
func (p *Page) TypeToCut(text string) {
	p.CutText, p.cutOwn = text, true
	p.askTokens()
}

func (p *Page) askTokens() {
	p.cutting = p.ask(&protocol.Tokenize{Text: p.CutText})
}

// Train.

// ChoosePreset begins the draft of a new model and asks for the tokenizer that
// goes with it.
func (p *Page) ChoosePreset(name string) {
	p.Draft = NewDraft(p.preset(name))
	p.solve(TrainStation)
	if r := p.Draft.Base; p.Text != nil && (r.Tokenizer != p.CutKind || r.Tokenizer == "bpe") {
		p.CutKind, p.CutSize = r.Tokenizer, strconv.Itoa(r.VocabSize)
		p.Cut()
	}
}

// ChooseWorkers sets how many are to train together.
func (p *Page) ChooseWorkers(n string) { p.Workers, _ = strconv.Atoi(n) }

// Recipe is the draft, of a new model with the tokenizer that is in use; key
// names a field that cannot be read, "" if all can.
func (p *Page) Recipe() (r recipe.Recipe, key string) {
	r, key = p.Draft.Recipe()
	if p.Tokenizer != nil && !p.Draft.Tuning() {
		r.Tokenizer, r.Model.Vocab = p.Tokenizer.Kind, p.Tokenizer.Size
		if r.Tokenizer == "bpe" {
			r.VocabSize = p.Tokenizer.Size
		}
	}
	return r, key
}

// Train starts a run with the draft.
func (p *Page) Train() {
	if p.Active() {
		return
	}
	r, key := p.Recipe()
	if key != "" {
		p.fail(&protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: p.Draft.Value(key), Want: wording.AnyNumber})
		return
	}
	p.solve(TrainStation)
	p.ask(&protocol.Train{Recipe: r, Ranks: p.Workers})
	p.Host.Show("run")
}

// PauseResume does what the button says.
func (p *Page) PauseResume() {
	switch p.Run.State {
	case "training":
		p.ask(&protocol.Pause{})
	case "paused":
		p.ask(&protocol.Resume{})
	}
}

// Stop ends the run, or what leads to one.
func (p *Page) Stop() {
	if p.Active() {
		p.ask(&protocol.Stop{})
	}
}
