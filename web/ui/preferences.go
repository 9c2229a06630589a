package ui

import (
	"cmp"
	"strconv"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Preferences is the station where the open model learns from pairs of answers which
// a person, or a judge, likes better.
type Preferences struct {
	further
	List    PairList
	Judge   judging
	Hand    choosing
	Aspect  string // what of the run the chart shows, one of aspects
	judged  string // the taste by which the list was made, "" where a person chose
	hash    string // by which the trainer finds the list again
	unsent  bool   // the list is another than the trainer has
	Edges   bool   // what was typed in the form cannot be saved
	sending int    // id of the latest SetPairs
}

// fewestPairs can be learned from.
const fewestPairs = 10

func newPreferences(p *Page) *Preferences {
	t := &Preferences{further: further{Teaching: Teaching{desk: desk{p, Place{"preferences", "teach"}}}, objective: recipe.DPO}, List: PairList{Edits: -1}, Aspect: aspects[0]}
	t.Judge = judging{Taste: "shorter", Prompts: 200}
	return t
}

// Stand says how many pairs there are, or what the run does.
func (t *Preferences) Stand() Stand {
	if s := t.stand(); len(t.List.Pairs) == 0 || s.How != "" || t.mine() && t.Page.begun() {
		return s
	}
	return Stand{Says: t.Page.W.Say("prefs_count", "n", len(t.List.Pairs))}
}

// Apply follows the text, the model and what it answers.
func (t *Preferences) Apply(e protocol.Event) {
	t.follow(e)
	switch e := e.(type) {
	case *protocol.Text:
		if e.Pairs && (e.Source == "upload" || e.Source == "typed" || len(t.List.Pairs) == 0) {
			t.take("text", "")
		}
	case *protocol.PairList:
		t.listed(e)
	case *protocol.Drawn:
		t.drawn(e)
	case *protocol.DrawOver:
		t.drewAll(e)
	case *protocol.Problem:
		t.undrawn(e)
	case *protocol.Model:
		t.Hand.forget()
	}
}

// Keep writes down the method, what was typed, and where the list is found again.
func (t *Preferences) Keep(x Experiment) {
	x.put(here+"pairs", t.hash)
	x.put(here+"judged", t.judged)
	x.put("judge", t.Judge.Taste)
	t.keepMethod(x)
}

// Restore takes them over.
func (t *Preferences) Restore(x Experiment) {
	if taste, is := x.take("judge", t.Page.Ready.Tastes...); is {
		t.Judge.Taste = taste
	}
	t.judged, _ = x.take(here+"judged", t.Page.Ready.Tastes...)
	if hash, is := x.take(here + "pairs"); is {
		t.take("kept", hash)
	}
	t.restoreMethod(x)
}

// take asks for the pairs of the text, or for those of the last visit.
func (t *Preferences) take(source, hash string) {
	t.sending = t.Page.ask(&protocol.SetPairs{Source: source, Hash: hash, Pairs: []protocol.Pair{}})
}

// listed takes over which pairs there are.
func (t *Preferences) listed(e *protocol.PairList) {
	if e.ID != t.sending {
		return
	}
	t.hash = e.Hash
	if len(e.Pairs) > 0 {
		t.List = PairList{Pairs: e.Pairs, Edits: -1, Open: t.List.Open, Beyond: e.Count - len(e.Pairs)}
	}
	t.fit()
}

// changed is called after each change of the list: the trainer has to know of it,
// once it does not draw any more.
func (t *Preferences) changed() {
	t.unsent = true
	t.solve()
	t.fit()
	if !t.Drawing() {
		t.send()
	}
}

// send gives the trainer the list.
func (t *Preferences) send() {
	if t.unsent {
		t.unsent = false
		t.sending = t.ask(&protocol.SetPairs{Source: "page", Pairs: append([]protocol.Pair{}, t.List.Pairs...)})
	}
}

// fit fits the draft to the list; what was typed stays.
func (t *Preferences) fit() { t.Draft.Base = t.fineTune(t.Method()) }

// count is how many pairs there are.
func (t *Preferences) count() int { return len(t.List.Pairs) + t.List.Beyond }

// Change the list.

// Swap switches a pair round.
func (t *Preferences) Swap(i int) { t.List.swap(i); t.changed() }

// Delete takes a pair out of the list, or all for -1; Back puts what was deleted last
// back.
func (t *Preferences) Delete(i int) {
	t.List.remove(i)
	t.changed()
	t.Page.Host.Say(t.deletedSays())
}
func (t *Preferences) Back() { t.List.back(); t.changed() }

func (t *Preferences) deletedSays() string {
	return t.Page.W.Say("prefs_deleted", "n", len(t.List.former)-len(t.List.Pairs))
}

// Edit opens the form of a pair, and SaveEdit takes over what it says.
func (t *Preferences) Edit(i int) {
	t.List.edit(i)
	t.Edges = false
	t.Page.Host.Focus("pair-prompt")
}
func (t *Preferences) SaveEdit() {
	if t.Edges = !t.List.save(); !t.Edges {
		t.changed()
	}
}

// TakeOut hands the pairs to the browser as a file.
func (t *Preferences) TakeOut() {
	t.Page.Host.Save("pairs.jsonl", "application/jsonl", t.List.lines())
}

func (t *Preferences) listSays() string {
	says := t.Page.W.Say("prefs_count", "n", t.count())
	if t.List.Beyond > 0 {
		return says + " " + t.Page.W.Say("prefs_beyond", "n", len(t.List.Pairs))
	}
	return says
}

// pageSays tells which of them are in sight.
func (t *Preferences) pageSays() string {
	l := &t.List
	return t.Page.W.Say("prefs_page", "from", l.From+1, "to", min(l.From+pairsShown, len(l.Pairs)), "n", len(l.Pairs))
}

// pairName names a button of a pair for a screen reader.
func (t *Preferences) pairName(button string, i int) string {
	return t.Page.W.Say("prefs_named", "button", t.Page.W.Say(button), "n", i+1)
}

// Train.

func (t *Preferences) canTrain() bool {
	return t.Teaching.canTrain() && t.count() >= fewestPairs
}

// Train begins with the pairs that there are, whatever is drawn.
func (t *Preferences) Train() {
	if !t.canTrain() {
		return
	}
	t.Hand.stop(t.Page)
	t.Judge.stop(t.Page)
	t.send()
	t.begin(t.name())
}

func (t *Preferences) trains() string {
	p := t.Page
	if n := t.count(); n < fewestPairs {
		return p.W.Say("prefs_too_few", "n", fewestPairs-n)
	}
	return p.W.Say("prefs_trains", "model", p.modelName(), "pairs", p.W.Say("prefs_count", "n", t.count()))
}

func (t *Preferences) name() string {
	if t.Page.Model == nil {
		return ""
	}
	return t.Page.fresh(t.Page.shortName() + lineageMark + t.Page.W.Say("prefs_short"))
}

// prefer is the recipe to learn the list by.
func (t *Preferences) prefer(from recipe.Recipe, method string) recipe.Recipe {
	r := recipe.Prefer(from, method, t.count())
	r.Preferences.Chat = r.Preferences.Chat && t.List.speaks()
	r.Preferences.Taste = t.judged
	return r
}

func (t *Preferences) lookLabel() string {
	if t.List.Open {
		return t.Page.W.Say("prefs_look_away")
	}
	return t.Page.W.Say("prefs_look")
}

// digit is a number of one digit, as it stands on its key.
func digit(n int) string { return strconv.Itoa(n) }

// promptChoices are how many prompts a judge can be given.
var promptChoices = []int{25, 50, 100, 200}

// ChooseTaste chooses the judge, and ChoosePrompts how many prompts it is given.
func (t *Preferences) ChooseTaste(taste string) { t.Judge.Taste = taste }
func (t *Preferences) ChoosePrompts(n string) {
	t.Judge.Prompts, _ = strconv.Atoi(n)
	t.Judge.Prompts = cmp.Or(t.Judge.Prompts, 200)
}
