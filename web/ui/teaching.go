package ui

import (
	"cmp"
	"slices"
	"strconv"

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
	switch key {
	case "old":
		return slices.Concat([]string{""}, t.Page.Ready.Samples, []string{"own"})
	case "taste":
		return slices.Concat([]string{""}, t.Page.Ready.Tastes)
	case "loss":
		if t.Draft.Base.Objective == recipe.DPO {
			return recipe.PreferenceLosses
		}
		return recipe.RewardLosses
	}
	return options[key]
}

// optionName is a word of a field for people.
func (t *Teaching) optionName(key, word string) string {
	switch {
	case key == "taste":
		return t.Page.W.Taste(word)
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
	if key == "lora_targets" || key == "reward" {
		return "text"
	}
	return "decimal"
}

// fieldClass gives fields of many words the room of two.
func fieldClass(key string) string {
	if key == "old" || key == "lora_targets" || key == "reward" {
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
	if cut := t.Page.Tokenizer; cut != nil && t.Draft.Cuts() {
		r.Tokenizer, r.Model.Vocab = cut.Kind, cut.Size
		if r.Tokenizer == "bpe" {
			r.VocabSize = cut.Size
		}
	}
	return r, t.impossible(r)
}

// impossible is what of a recipe cannot be trained here, nil for nothing.
func (t *Teaching) impossible(r recipe.Recipe) *protocol.Problem {
	if w, is := r.Check().(*recipe.Wrong); is {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: w.Key, Got: w.Got, Want: w.Want}
	}
	return protocol.TooMuch(r, cmp.Or(t.Page.Ready.Memory, protocol.MaxMemory))
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
