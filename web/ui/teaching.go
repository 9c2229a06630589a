package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Teaching is what the stations of Teach have in common: a draft of what to
// train by, and the button that begins.
type Teaching struct {
	desk
	Draft    Draft
	More     bool // more numbers are shown
	AsTable  bool // the losses are shown as a table
	LogScale bool
	lookBack int  // the piece of writing that is looked at
	looking  bool // back at lookBack, not at the latest
	waits    bool // Train was pressed, and begins once the text is there
}

// blocked tells whether there is no model that could be taught further.
func (t *Teaching) blocked() bool { return t.Draft.Tuning() && t.Page.Model == nil }

// Draft.

func (t *Teaching) shownFields() []string {
	if t.More {
		return slices.Concat(t.Draft.Basic(), t.Draft.More())
	}
	return t.Draft.Basic()
}

func (t *Teaching) moreLabel() string {
	if t.More {
		return t.Page.W.Say("fewer_numbers")
	}
	return t.Page.W.Say("more_numbers")
}

// fieldOptions are the words that a field may be, nil for what is typed.
func (t *Teaching) fieldOptions(key string) []string {
	if key == "old" {
		return slices.Concat([]string{""}, t.Page.Ready.Samples, []string{"own"})
	}
	return options[key]
}

// optionName is a word of a field for people.
func (t *Teaching) optionName(key, word string) string {
	switch {
	case key != "old":
		return t.Page.W.Choice(word)
	case word == "":
		return t.Page.W.Say("old_known")
	}
	return t.Page.oldName(word)
}

// oldName names the text by which forgetting is measured.
func (p *Page) oldName(old string) string {
	if old == "own" {
		return p.W.Say("old_own")
	}
	return p.textName(old)
}

// keyboard is the kind of keys that a field is typed with.
func keyboard(key string) string {
	if key == "lora_targets" {
		return "text"
	}
	return "decimal"
}

// fieldClass gives fields of many words the room of two.
func fieldClass(key string) string {
	if key == "old" || key == "lora_targets" {
		return "field pair"
	}
	return "field"
}

// invalid is the value of a field's aria-invalid.
func (t *Teaching) invalid(key string) string {
	_, wrong := t.Recipe()
	told := t.Problem()
	return strconv.FormatBool(wrong != nil && wrong.Key == key || told != nil && told.Key == key)
}

// Set writes into a field; what was wrong is looked at anew.
func (t *Teaching) Set(key, text string) {
	t.Draft.Set(key, text)
	if told := t.Problem(); told != nil && told.Key != "" {
		t.solve()
	}
}

// Recipe is the draft, of a new model with the tokenizer that is in use. wrong
// is what of it cannot be trained, nil for nothing.
func (t *Teaching) Recipe() (r recipe.Recipe, wrong *protocol.Problem) {
	if r, wrong = t.Draft.Recipe(t.Page.W); wrong != nil {
		return r, wrong
	}
	if cut := t.Page.Tokenizer; cut != nil && !t.Draft.Tuning() {
		r.Tokenizer, r.Model.Vocab = cut.Kind, cut.Size
		if r.Tokenizer == "bpe" {
			r.VocabSize = cut.Size
		}
	}
	return r, impossible(r)
}

// impossible is what of a recipe cannot be trained here, nil for nothing.
func impossible(r recipe.Recipe) *protocol.Problem {
	if w, is := r.Check().(*recipe.Wrong); is {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: w.Key, Got: w.Got, Want: w.Want}
	}
	if n := r.Bytes(); n > protocol.MaxMemory {
		return &protocol.Problem{Code: protocol.OutOfMemory, Got: strconv.FormatFloat(n, 'f', 0, 64), Want: strconv.FormatFloat(protocol.MaxMemory, 'f', 0, 64)}
	}
	return nil
}

// estimate describes the model that Train would begin, or says why it cannot.
func (t *Teaching) estimate() string {
	r, wrong := t.Recipe()
	if wrong != nil {
		return t.Page.W.Problem(wrong)
	}
	m := r.Model
	return t.Page.W.Estimate(m.Parameters(), r.Bytes(), m.FLOPsPerToken()*float64(r.TokensPerStep()))
}

func (t *Teaching) estimateClass() string {
	if _, wrong := t.Recipe(); wrong != nil {
		return "warning"
	}
	return "hint"
}

// Begin.

// canTrain tells whether Train can be pressed. Where the text is on its way, it
// waits for it.
func (t *Teaching) canTrain() bool { return !t.Page.Active() && !t.blocked() && !t.waits }

func (t *Teaching) trains() string {
	p := t.Page
	text := of[*Text](p).name()
	if t.waits {
		return p.W.Say("trains_soon", "text", text)
	}
	if t.Draft.Tuning() && p.Model != nil {
		return p.W.Say("trains_model", "model", p.modelName(), "text", text)
	}
	return p.W.Say("trains_new", "text", text)
}

// A lesson is a station that trains.
type lesson interface {
	Station
	beginner
}

// A beginner is what the red button belongs to.
type beginner interface {
	Train()
	canTrain() bool
	trains() string // what Train does: who learns what
}

// Train starts a run with the draft.
func (t *Teaching) Train() { t.begin(t.name()) }

// begin starts a run with the draft, of a model that is to be called so, once
// the text is there.
func (t *Teaching) begin(name string) {
	p := t.Page
	if p.Active() {
		return
	}
	if p.Text == nil && p.loading("sample") || p.textWaits || !t.Draft.Tuning() && p.Text != nil && !of[*Tokens](p).settled() {
		p.needText()
		t.waits = true
		return
	}
	r, wrong := t.Recipe()
	if wrong != nil {
		t.fail(wrong)
		return
	}
	p.solve(RunStrip)
	t.ask(&protocol.Train{Recipe: r, Ranks: p.Workers, Name: name})
}

// name is what the model is to be called that Train makes.
func (t *Teaching) name() string {
	p := t.Page
	text := of[*Text](p).name()
	if t.Draft.Tuning() && p.Model != nil {
		return p.fresh(p.shortName() + lineageMark + text)
	}
	return p.fresh(text)
}

// ChooseWorkers sets how many are to train together.
func (p *Page) ChooseWorkers(n string) { p.Workers, _ = strconv.Atoi(n) }

// keep and restore are the draft in an experiment: its base's name and what was
// typed.
func (t *Teaching) keep(x Experiment) {
	for key, text := range t.Draft.Fields {
		x.put(t.place.ID+"."+key, text)
	}
}

func (t *Teaching) restore(x Experiment) {
	for _, key := range slices.Concat(t.Draft.Basic(), t.Draft.More()) {
		text, is := x.take(t.place.ID+"."+key, t.fieldOptions(key)...)
		if !is {
			continue
		}
		before, had := t.Draft.Fields[key]
		t.Draft.Set(key, text)
		if _, wrong := t.Recipe(); wrong != nil && (wrong.Key == key || wrong.Code == protocol.OutOfMemory) { // it is said to be left out
			x[t.place.ID+"."+key] = text
			delete(t.Draft.Fields, key)
			if had {
				t.Draft.Set(key, before)
			}
		}
	}
}

// Looking back at what the model wrote while it trained.

// sampleIndex is the piece that is shown: the latest, unless one looks back.
func (t *Teaching) sampleIndex() int {
	if t.looking && t.lookBack < len(t.Page.Samples) {
		return t.lookBack
	}
	return len(t.Page.Samples) - 1
}

func (t *Teaching) sampleTitle() string {
	if i := t.sampleIndex(); i >= 0 {
		return t.Page.W.AtStep(t.Page.Samples[i].Step)
	}
	return ""
}

func (t *Teaching) sampleText() string {
	if i := t.sampleIndex(); i >= 0 {
		return t.Page.Samples[i].Text
	}
	return t.Page.W.Say("no_writing")
}

// A new model.

// Pretrain is the station where a new model learns the text.
type Pretrain struct{ Teaching }

func newPretrain(p *Page) *Pretrain {
	return &Pretrain{Teaching{desk: desk{p, Place{"pretrain", "teach"}}}}
}

// Stand is the run's state, if it is of a new model.
func (t *Pretrain) Stand() Stand {
	if t.Page.begun() && !t.Page.Tuned() {
		return t.Page.runStand()
	}
	return Stand{Says: t.Page.W.Preset(cmp.Or(t.Draft.Base.Preset, recipe.Default))}
}

// runStand is how a run stands, for the station that it belongs to.
func (p *Page) runStand() Stand {
	says := p.W.RunState(p.Run.State)
	if p.running() {
		says = p.W.List(says, p.W.PercentDone(p.done()))
	}
	if p.Run.State == "done" {
		return Stand{says, "done"}
	}
	return Stand{Says: says}
}

// arrived tells whether the text has come that Train waits for: for a new model
// with its tokens, for the open one with what it makes of it. A problem of the
// text ends the waiting.
func (t *Teaching) arrived(e protocol.Event) bool {
	if !t.waits {
		return false
	}
	switch e.(type) {
	case *protocol.Tokenizer:
		t.waits = t.Draft.Tuning() || !of[*Tokens](t.Page).settled()
	case *protocol.Fit:
		t.waits = !t.Draft.Tuning()
	case *protocol.Problem:
		if asker := t.Page.asker[e.Answers()]; asker == "text" || asker == t.place.ID || gone(e) {
			t.waits = false
		}
		return false
	}
	return !t.waits
}

// Apply begins with the default preset, and follows a model of one's own that
// is opened.
func (t *Pretrain) Apply(e protocol.Event) {
	if t.arrived(e) {
		t.Train()
	}
	switch e := e.(type) {
	case *protocol.Ready:
		if t.Draft.Base.Preset == "" {
			t.Draft = NewDraft(t.Page.preset(e.Default))
		}
	case *protocol.Model:
		t.looking = false
		if m := e; m.From == "" && m.ModelID != protocol.Base && t.Page.Run.State != "preparing" && t.Page.preset(m.Recipe.Preset).Preset != "" {
			t.Draft = NewDraft(m.Recipe)
		}
	}
}

// Keep writes down the preset and what was typed.
func (t *Pretrain) Keep(x Experiment) {
	x.put("preset", t.Draft.Base.Preset)
	t.keep(x)
}

// Restore takes them over.
func (t *Pretrain) Restore(x Experiment) {
	if name, is := x.take("preset", t.presets()...); is {
		t.Draft = NewDraft(t.Page.preset(name))
		if cut := of[*Tokens](t.Page); !cut.chosen {
			cut.cutFor(t.Draft.Base.Tokenizer, t.Draft.Base.VocabSize)
		}
	}
	t.restore(x)
}

func (t *Pretrain) presets() (names []string) {
	for _, r := range t.Page.Ready.Presets {
		names = append(names, r.Preset)
	}
	return names
}

// ChoosePreset begins the draft of a new model and asks for the tokenizer that
// goes with it.
func (t *Pretrain) ChoosePreset(name string) {
	t.Draft = NewDraft(t.Page.preset(name))
	t.solve()
	of[*Tokens](t.Page).cutFor(t.Draft.Base.Tokenizer, t.Draft.Base.VocabSize)
}

// chip is the class of a choice among few.
func chip(chosen bool) string {
	if chosen {
		return "chip chosen"
	}
	return "chip"
}

// The open model.

// further are the two stations where the open model is trained further, on a
// text or on conversations.
type further struct {
	Teaching
	objective string
}

// Method is what of the model trains.
func (t *further) Method() string { return t.Draft.Base.Method() }

// ChooseMethod chooses what of the open model trains, by numbers that suit it
// and the text.
func (t *further) ChooseMethod(method string) {
	t.solve()
	t.Draft = NewDraft(t.fineTune(method))
}

// fineTune is the recipe to train the open model further. What a model of
// unknown origin forgets is measured on its own writing.
func (t *further) fineTune(method string) recipe.Recipe {
	p, by := t.Page, recipe.FineTune
	if t.objective == recipe.SFT {
		by = recipe.Chat
	}
	from := recipe.Recipe{}
	if p.Model != nil {
		from = p.Model.Recipe
	} else {
		from = p.preset(p.Ready.Default)
	}
	r := by(from, method, t.fitTokens())
	if p.Model != nil && p.Model.Text == "" {
		r.Tuning.Old = "own"
	}
	return r
}

// fitTokens are the tokens of the text as the open model sees it, or a guess
// where it has not said.
func (t *further) fitTokens() int {
	switch p := t.Page; {
	case p.Fit != nil:
		return p.Fit.Tokens
	case p.Model != nil:
		return p.Model.TrainTokens + p.Model.ValTokens
	}
	return 0
}

// follow fits the draft to another text or another open model. What was typed
// stays for the text, since the fields mean the same; it goes with the model.
func (t *further) follow(e protocol.Event) {
	switch e.(type) {
	case *protocol.Ready:
		if t.Draft.Base.From == "" {
			t.Draft = NewDraft(t.fineTune(recipe.Full))
		}
	case *protocol.Model:
		t.looking = false
		if t.Page.Run.State != "preparing" {
			t.Draft = NewDraft(t.fineTune(t.Method()))
		}
	case *protocol.Fit:
		t.Draft.Base = t.fineTune(t.Method())
	}
}

// stand is that of the run, if it is of this objective, or says that a model is
// needed.
func (t *further) stand() Stand {
	p := t.Page
	switch {
	case p.Model == nil:
		return Stand{p.W.Say("needs_model"), "blocked"}
	case p.begun() && p.Tuned() && p.Model.Recipe.Objective == t.objective:
		return p.runStand()
	}
	return Stand{Says: p.W.Say("can_try")}
}

func (t *further) keepMethod(x Experiment) {
	x.put(t.place.ID+".method", t.Method())
	t.keep(x)
}

func (t *further) restoreMethod(x Experiment) {
	if method, is := x.take(t.place.ID+".method", tuning...); is {
		t.ChooseMethod(method)
	}
	t.restore(x)
}

// tuning are the methods that train the open model further.
var tuning = []string{recipe.Full, recipe.Last, recipe.Lora}

// Finetune is the station where the open model learns a text.
type Finetune struct{ further }

func newFinetune(p *Page) *Finetune {
	return &Finetune{further{Teaching{desk: desk{p, Place{"finetune", "teach"}}}, recipe.LM}}
}

// Stand says whether it can be used.
func (t *Finetune) Stand() Stand { return t.stand() }

// Apply follows text and model.
func (t *Finetune) Apply(e protocol.Event) {
	t.follow(e)
	if t.arrived(e) {
		t.Train()
	}
}

// Keep writes down the method and what was typed.
func (t *Finetune) Keep(x Experiment) { t.keepMethod(x) }

// Restore takes them over.
func (t *Finetune) Restore(x Experiment) { t.restoreMethod(x) }

// Chat is the station where the open model learns to answer.
type Chat struct {
	further
	Lessons string // the task whose conversations are chosen, "" for a file of one's own
}

func newChat(p *Page) *Chat {
	return &Chat{further: further{Teaching{desk: desk{p, Place{"chat", "teach"}}}, recipe.SFT}}
}

// Stand says whether it can be used.
func (t *Chat) Stand() Stand { return t.stand() }

// Apply follows text and model.
func (t *Chat) Apply(e protocol.Event) {
	t.follow(e)
	switch e := e.(type) {
	case *protocol.Ready:
		if t.Lessons == "" && len(e.Tasks) > 0 {
			t.Lessons = e.Tasks[0]
		}
	case *protocol.Text:
		t.solve()
		if task, is := strings.CutPrefix(e.Name, protocol.TaskText); is {
			t.Lessons = task
		} else if ofTalks(e) {
			t.Lessons = ""
		}
	}
	if t.arrived(e) {
		t.Train()
	}
}

// Keep writes down the task, the method and what was typed.
func (t *Chat) Keep(x Experiment) {
	x.put("lessons", t.Lessons)
	t.keepMethod(x)
}

// Restore takes them over.
func (t *Chat) Restore(x Experiment) {
	if task, is := x.take("lessons", t.Page.Ready.Tasks...); is {
		t.Lessons = task
	}
	t.restoreMethod(x)
}

// ChooseLessons asks for the conversations that teach a task, or leads to where
// a file of one's own is chosen.
func (t *Chat) ChooseLessons(task string) {
	t.Lessons = task
	if task == "" {
		t.Page.visit("text")
		return
	}
	t.fetch()
}

// fetch asks for the conversations of the task.
func (t *Chat) fetch() {
	t.Page.await("sample", t.ask(&protocol.SetText{Source: "task", Name: t.Lessons}))
}

// hasTalks tells whether the text is of conversations.
func (t *Chat) hasTalks() bool { return ofTalks(t.Page.Text) }

func (t *Chat) canTrain() bool { return t.Teaching.canTrain() && (t.hasTalks() || t.Lessons != "") }

// Train begins with the conversations that are there, or fetches those of the
// task first, since the numbers follow from them.
func (t *Chat) Train() {
	if t.hasTalks() || t.Page.Active() {
		t.begin(t.name())
		return
	}
	t.waits = true
	t.fetch()
}

func (t *Chat) trains() string {
	p := t.Page
	text := p.W.Task(t.Lessons)
	switch {
	case t.hasTalks():
		text = p.textName(p.Text.Name)
	case t.Lessons == "":
		text = p.W.Say("lessons_own")
	}
	return p.W.Say("trains_chat", "model", p.modelName(), "text", text)
}

func (t *Chat) name() string {
	if t.Page.Model == nil {
		return ""
	}
	return t.Page.fresh(t.Page.shortName() + lineageMark + t.Page.W.Say("chat_short"))
}
