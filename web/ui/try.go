package ui

import (
	"strings"

	"github.com/vugu/vugu"

	"hornbook/web/protocol"
)

// Try is the station that shows what the model makes of a beginning, or
// answers.
type Try struct {
	desk
	Prompt     string
	long       int                  // characters that were typed, where they were too many; else 0
	own        bool                 // it was typed, not taken from the text
	added      []string             // tokens that were added to it, which can be taken back
	Prediction *protocol.Prediction // nil: none yet
	predicting int                  // id of the latest Predict
	All        bool                 // all that was predicted is shown
	Sampling   map[string]string    // fields by the protocol's names, where they were typed
	ShowEnd    bool                 // the token that ends a text is written too
	More       bool                 // and shown
	Now        Completion           // of the open model
	Former     Completion           // of the model as it was before it was trained further
	Beside     string               // the model that is to write too: protocol.Before, one of the shelf, or "" for none
	next       string               // the model that is to be asked beside the one that is being opened
	request    *protocol.Generate   // that Now answers
	Chat       bool                 // it is a conversation
	Talk       []protocol.Message   // what was said in it, but for the latest answer, which is Now
	Copied     bool
	pressed    bool // Generate was, before there was a model that has predicted
}

func newTry(p *Page) *Try {
	return &Try{desk: desk{p, Place{"try", "ask"}}, Now: NewCompletion(), Former: NewCompletion(), Sampling: map[string]string{}}
}

// Stand says whether there is a model to ask.
func (t *Try) Stand() Stand {
	if t.Page.Model == nil {
		return Stand{t.Page.W.Say("needs_model"), "blocked"}
	}
	return Stand{Says: t.Page.W.Say("can_try")}
}

// Apply follows the model and what it writes.
func (t *Try) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		if !t.own && e.Base {
			t.Prompt = t.Page.W.Say("first_prompt")
		}
	case *protocol.Text:
		t.suggest(e)
	case *protocol.Model:
		t.meet(e)
	case *protocol.State:
		if e.State == "training" {
			t.solve()
		}
		if e.State == "training" || e.State == "done" {
			t.predict()
		}
	case *protocol.Sample, *protocol.Adapted:
		t.predict()
	case *protocol.Prediction:
		if e.ID == t.predicting {
			t.Prediction = e
			if t.pressed {
				t.pressed = false
				t.Generate()
			}
		}
	case *protocol.Writing:
		if c := t.completion(e.ID); c != nil {
			c.Tokens = append(c.Tokens, e.Tokens...)
		}
	case *protocol.Generated:
		if c := t.completion(e.ID); c != nil {
			c.Done = e
			t.generated(e)
		}
	case *protocol.Problem:
		t.giveUp(e)
	}
}

// Keep writes down the prompt and the numbers of sampling.
func (t *Try) Keep(x Experiment) {
	if t.own {
		x.put("prompt", t.Prompt)
	}
	for key, text := range t.Sampling {
		x.put(key, text)
	}
	if t.ShowEnd {
		x.put("show_end", "true")
	}
}

// Restore takes them over.
func (t *Try) Restore(x Experiment) {
	if text, is := x.take("prompt"); is {
		t.Prompt, t.own = promptOf(text), true
		t.predict()
	}
	if _, is := x.take("show_end", "true"); is {
		t.ShowEnd = true
	}
	for _, key := range samplingFields {
		if text, is := x[key]; is {
			if _, wrong := t.read(key, text); wrong == nil {
				t.Sampling[key] = text
				delete(x, key)
			}
		}
	}
}

// forget takes back what was typed and set.
func (t *Try) forget() {
	t.Prompt, t.own = t.Page.W.Say("first_prompt"), false
	clear(t.Sampling)
	t.ShowEnd = false
}

// A prompt may have so many characters, and bytes, with which vugu can set a
// field; a model sees far less.
const mostPrompt, mostBytes = 4000, 8000

// suggest begins the prompt as the text does, where nobody typed one.
func (t *Try) suggest(e *protocol.Text) {
	if m := t.Page.Model; t.own || ofTalks(e) || m != nil && m.Text == e.Name {
		return
	}
	t.Prompt = firstWords(e.Preview, 2)
	t.predict()
}

// meet takes up a model that has come.
func (t *Try) meet(m *protocol.Model) {
	t.Beside, t.Talk, t.Prediction = "", nil, nil
	if m.Before {
		t.Beside = protocol.Before
	}
	t.Now, t.Former = NewCompletion(), NewCompletion()
	t.pair()
	t.Chat = m.Chat && m.Recipe.Answers()
	if t.Page.Run.State != "preparing" {
		t.solve()
		t.predict()
	}
}

// The prompt.

// TypePrompt asks what may come after the prompt.
func (t *Try) TypePrompt(text string) {
	t.Prompt, t.own, t.added = promptOf(text), true, nil
	t.long = 0
	if t.Prompt != text {
		t.long = len([]rune(text))
	}
	t.predict()
}

// promptOf is as much of a text as a prompt may have.
func promptOf(text string) string {
	if r := []rune(text); len(r) > mostPrompt {
		text = string(r[:mostPrompt])
	}
	return cut(text, mostBytes)
}

// tooLong tells whether more was typed than is taken.
func (t *Try) tooLong() bool { return t.long > 0 }

// Add takes one of the predicted tokens over.
func (t *Try) Add(token string) {
	t.Prompt, t.own, t.added = t.Prompt+token, true, append(t.added, token)
	t.predict()
}

// TakeBack takes the token back that was added last.
func (t *Try) TakeBack() {
	if last := len(t.added) - 1; last >= 0 {
		t.Prompt, t.added = strings.TrimSuffix(t.Prompt, t.added[last]), t.added[:last]
		t.predict()
	}
}

// keyed writes at Enter; with Shift it begins a new line, and while a word is put
// together it belongs to that.
func (t *Try) keyed(e vugu.DOMEvent) {
	if e.PropString("key") == "Enter" && !e.PropBool("shiftKey") && !e.PropBool("isComposing") {
		e.PreventDefault()
		t.Generate()
	}
}

func (t *Try) predict() {
	if t.Page.Model != nil && !t.chatting() {
		t.predicting = t.Page.ask(&protocol.Predict{Prompt: t.Prompt})
	}
}

// fewChoices are shown at first.
const fewChoices = 5

func (t *Try) choices() []protocol.Choice {
	switch {
	case t.Prediction == nil:
		return nil
	case t.All:
		return t.Prediction.Choices
	}
	return t.Prediction.Choices[:min(fewChoices, len(t.Prediction.Choices))]
}

func (t *Try) allLabel() string {
	if t.All {
		return t.Page.W.Say("fewer_choices")
	}
	return t.Page.W.Say("more_choices")
}

func (t *Try) choiceSays(c protocol.Choice) string {
	return t.Page.W.List(t.Page.W.Spoken(c.Text), t.Page.W.Percent(c.Probability), t.Page.W.Say("add_token"))
}

// unknown are the characters of the prompt that the model lacks, "" for none.
func (t *Try) unknown() string {
	switch {
	case t.tooLong():
		return t.Page.W.Say("prompt_long", "n", t.long, "most", mostPrompt)
	case t.Prediction == nil || len(t.Prediction.Unknown) == 0:
		return ""
	}
	return t.Page.W.Unknown(visibleList(t.Prediction.Unknown))
}

// Writing.

// completion is the one that the request with this id asked for, nil for none.
func (t *Try) completion(id int) *Completion {
	for _, c := range []*Completion{&t.Now, &t.Former} {
		if id > 0 && c.ID == id {
			return c
		}
	}
	return nil
}

// IsWriting tells whether a Generate is under way.
func (t *Try) IsWriting() bool { return t.Now.underWay() || t.Former.underWay() }

// Generate lets the model go on from the prompt; the model as it was before
// follows with the same numbers, if both are wanted.
func (t *Try) Generate() {
	c, wrong := t.readSampling()
	switch {
	case wrong != nil:
		t.More = true // where the field is
		t.fail(wrong)
		return
	case t.Page.Model == nil:
		t.fail(&protocol.Problem{Code: protocol.NoModel})
		return
	}
	switch t.Copied = false; {
	case !t.chatting():
		c.Prompt = t.Prompt
	case !t.say(c):
		return
	}
	t.ask(c)
	t.Now, t.Former, t.request = begun(c), NewCompletion(), c
}

func begun(c *protocol.Generate) Completion {
	return Completion{ID: c.ID, Prompt: c.Prompt, Picked: -1}
}

// generated reads a finished text aloud and asks for what follows it.
func (t *Try) generated(e *protocol.Generated) {
	if e.ID == t.Former.ID {
		t.Page.Host.Say(t.Page.W.Say("completion_before") + ": " + t.Former.Text())
		return
	}
	t.Page.Host.Say(t.Now.Text())
	if t.Beside != "" && !e.Cancelled && !t.chatting() {
		c := *t.request
		c.By = t.Beside
		t.ask(&c)
		t.Former = begun(&c)
	}
}

// giveUp forgets the writing that a problem has ended.
func (t *Try) giveUp(e *protocol.Problem) {
	if e.ID > 0 && e.ID == t.Now.ID {
		t.unsay()
	}
	if c := t.completion(e.ID); c != nil {
		*c = NewCompletion()
	}
}

// CancelWriting ends the Generate under way.
func (t *Try) CancelWriting() {
	for _, c := range []*Completion{&t.Now, &t.Former} {
		if c.underWay() {
			t.Page.cancel(c.ID)
		}
	}
}

// CopyWriting puts prompt and writing on the clipboard.
func (t *Try) CopyWriting() {
	t.Page.Host.Copy(t.Now.Prompt + t.Now.Text())
	t.Copied = true
	t.Page.Host.Say(t.Page.W.Say("copied"))
}

func (t *Try) copyLabel() string {
	if t.Copied {
		return t.Page.W.Say("copied")
	}
	return t.Page.W.Say("copy")
}

// Adapt lets the open model write with its adapter or without.
func (t *Try) Adapt(on bool) { t.ask(&protocol.Adapt{On: on}) }

// Merge makes the adapter part of the weights.
func (t *Try) Merge() {
	if !t.Page.Active() {
		t.ask(&protocol.Merge{})
	}
}

// lead says what the open model is, or what can be done with one.
func (t *Try) lead() string {
	p := t.Page
	switch {
	case t.chatting():
		return p.W.Say("chat_lead")
	case p.Model != nil && p.Model.ModelID == protocol.Base:
		return p.W.BaseLead(p.textName(p.Model.Text))
	}
	return p.W.Say("try_lead")
}
