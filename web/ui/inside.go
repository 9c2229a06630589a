package ui

import (
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/lesson"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Inside is the station that looks into a model of DeepSeek's form: which experts take
// which words, how much each has to do, what a cache keeps, and how words are proposed two
// at a time.
type Inside struct {
	desk
	Text    string
	own     bool                 // it was typed, not taken from the text
	Block   int                  // whose experts the words are shown with
	Seen    *protocol.Inside     // of Text; nil: nothing yet
	Counted *protocol.Inside     // the latest that has counted
	Told    *protocol.Speculated // what was written both ways
	Plain   bool                 // it is shown as written a word a pass
	AsTable bool                 // the loads are shown as a table
	Story   []lesson.Section     // how all that works; nil: it was not asked for yet
	Lost    bool                 // it could not be had
	told    string               // the language that it was asked for in, "" for none
	looking int                  // id of the LookInside under way, 0 for none
	again   bool                 // what it tells will be stale
	count   bool                 // the next is to count
	writing int                  // id of the Speculate under way, 0 for none
}

func newInside(p *Page) *Inside { return &Inside{desk: desk{p, Place{"inside", "ask"}}} }

// Stand says whether the open model has the form.
func (t *Inside) Stand() Stand {
	w := t.Page.W
	switch {
	case t.Page.Model == nil:
		return Stand{w.Say("needs_model"), "blocked"}
	case !t.formed():
		return Stand{w.Say("inside_none"), "blocked"}
	}
	return Stand{Says: w.Say("inside_some")}
}

// formed tells whether the open model has something of the form, shape what.
func (t *Inside) formed() bool {
	return t.Page.Model != nil && t.Page.Model.Recipe.Model.Formed()
}

func (t *Inside) shape() recipe.Model { return t.Page.Model.Recipe.Model }

func (t *Inside) mixed() bool { return t.formed() && t.shape().Experts.Count > 0 }
func (t *Inside) ahead() bool { return t.formed() && t.shape().Ahead > 0 }

// Apply follows the model, its run and the text.
func (t *Inside) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		if !t.own {
			t.Text = t.Page.W.Say("first_prompt")
		}
	case *protocol.Text:
		if !t.own && !ofTalks(e) {
			t.Text = firstWords(e.Preview, 45)
		}
	case *protocol.Model:
		t.Seen, t.Counted, t.Told, t.Block, t.looking, t.writing = nil, nil, nil, 0, 0, 0
		if t.Page.Open == t.place.ID {
			t.enter()
		}
	case *protocol.Fit, *protocol.Eval:
		t.look(true)
	case *protocol.State:
		if e.State == "done" {
			t.look(true)
		}
	case *protocol.Inside:
		t.see(e)
	case *protocol.Speculated:
		if e.ID == t.writing {
			t.writing, t.Told = 0, e
			t.Page.Host.Say(t.costSays())
		}
	case *protocol.Problem:
		if gone(e) || e.ID > 0 && e.ID == t.looking {
			t.looking, t.again = 0, false
		}
		if gone(e) || e.ID > 0 && e.ID == t.writing {
			t.writing = 0
		}
	}
}

// see takes over what was seen, and looks again if that is stale.
func (t *Inside) see(e *protocol.Inside) {
	if e.ID != t.looking {
		return
	}
	t.looking, t.Seen = 0, e
	if e.Held > 0 {
		t.Counted = e
	}
	if t.again {
		t.look(t.count)
	}
}

// enter looks as the station is opened, of a model that has the form with a text to count on.
func (t *Inside) enter() {
	if t.formed() {
		t.Page.needText()
		t.look(true)
	}
}

// look asks what there is to see, while that is shown: once at a time.
func (t *Inside) look(count bool) {
	switch {
	case t.Page.Open != t.place.ID || !t.formed():
	case t.looking != 0:
		t.again, t.count = true, t.count || count
	default:
		t.looking = t.ask(&protocol.LookInside{Text: t.Text, Count: count})
		t.again, t.count = false, false
	}
}

// Keep writes down what was typed.
func (t *Inside) Keep(x Experiment) {
	if t.own {
		x.put("look", t.Text)
	}
}

// Restore takes it over.
func (t *Inside) Restore(x Experiment) {
	if text, is := x.take("look"); is {
		t.Text, t.own = promptOf(text), true
	}
}

// Type shows the experts of another text.
func (t *Inside) Type(text string) {
	t.Text, t.own = promptOf(text), true
	t.look(false)
}

// Words and their experts.

// blocks are those whose experts words can be shown with.
func (t *Inside) blocks() (list []protocol.Mixed) {
	if t.Seen == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Seen.Blocks), func(b protocol.Mixed) bool { return b.Block == 0 })
}

// block is the one that is chosen, or the first.
func (t *Inside) block() (b protocol.Mixed) {
	for i, one := range t.blocks() {
		if i == 0 || one.Block == t.Block {
			b = one
		}
	}
	return b
}

// ChooseBlock shows words with the experts of another.
func (t *Inside) ChooseBlock(number string) { t.Block, _ = strconv.Atoi(number) }

func (t *Inside) blockName(number int) string {
	if number == 0 {
		return t.Page.W.Say("inside_ahead_block")
	}
	return t.Page.W.Say("inside_block", "n", t.Page.W.Count(number))
}

// A taken is a token with the experts that it goes to.
type taken struct{ Class, Text, Experts, Says string }

func (t *Inside) taken() (list []taken) {
	turns := t.block().Turns
	for i, piece := range t.pieces()[:min(len(t.pieces()), len(turns))] {
		one := taken{Text: wording.Visible(piece.Text)}
		var numbers, says []string
		for k, turn := range turns[i] {
			if k == 0 {
				one.Class = expertClass(turn.Expert)
			}
			numbers = append(numbers, strconv.Itoa(turn.Expert+1))
			says = append(says, t.Page.W.Say("inside_turn", "expert", t.Page.W.Count(turn.Expert+1), "part", t.Page.W.Percent(turn.Weight/weightOf(turns[i]))))
		}
		one.Experts, one.Says = strings.Join(numbers, "·"), t.Page.W.List(says...)
		list = append(list, one)
	}
	return list
}

// weightOf is what the experts of a token count together.
func weightOf(turns []protocol.Turn) (sum float64) {
	for _, turn := range turns {
		sum += turn.Weight
	}
	return max(sum, 1e-9)
}

func (t *Inside) pieces() []protocol.Piece {
	if t.Seen == nil {
		return nil
	}
	return t.Seen.Pieces
}

// expertClass colours what an expert takes; its number tells it apart too.
func expertClass(expert int) string { return "e" + strconv.Itoa(expert%8) }

// An expertRow is what an expert counts most for.
type expertRow struct{ Class, Name, Words string }

// mostOfExpert bounds the words that are listed of one.
const mostOfExpert = 14

// expertRows are the words of each expert, by what counts most of each.
func (t *Inside) expertRows() (rows []expertRow) {
	words := map[int][]string{}
	for i, turns := range t.block().Turns {
		if text := wording.Visible(t.pieces()[i].Text); len(turns) > 0 && !slices.Contains(words[turns[0].Expert], text) {
			words[turns[0].Expert] = append(words[turns[0].Expert], text)
		}
	}
	for e := range t.shape().Experts.Count {
		if list := words[e]; len(list) > 0 {
			says := strings.Join(list[:min(len(list), mostOfExpert)], "  ")
			if len(list) > mostOfExpert {
				says += " …"
			}
			rows = append(rows, expertRow{expertClass(e), t.Page.W.Say("inside_expert", "n", t.Page.W.Count(e+1)), says})
		}
	}
	return rows
}

// unknown are the characters of the text that the model lacks, "" for none.
func (t *Inside) unknown() string {
	if t.Seen == nil || len(t.Seen.Unknown) == 0 {
		return ""
	}
	return t.Page.W.Unknown(visibleList(t.Seen.Unknown))
}

// How it works.

// OpenStory asks for the page that tells how all that works.
func (t *Inside) OpenStory() {
	t.told, t.Lost = t.Page.W.Language, false
	t.Page.Host.Fetch(storyOf(t.told))
}

// CloseStory puts it away.
func (t *Inside) CloseStory() { t.Story, t.told, t.Lost = nil, "", false }

func storyOf(language string) string { return "pages/deepseek." + language + ".md" }

// fetched takes it over, and reports whether it was meant.
func (t *Inside) fetched(name, text string) bool {
	if !strings.HasPrefix(name, "pages/") {
		return false
	}
	if name == storyOf(t.told) {
		t.Story = lesson.ReadPage(text)
		if t.Lost = t.Story == nil; !t.Lost {
			t.Page.Host.Focus("story-title")
		}
	}
	return true
}

// speaks has it in another language.
func (t *Inside) speaks() {
	if t.told != "" {
		t.OpenStory()
	}
}

// choosePreset leads to where a model of the form is taught.
func (t *Inside) choosePreset() {
	of[*Pretrain](t.Page).ChoosePreset("deepseek")
	t.Page.visit("pretrain")
}
