package ui

import (
	"slices"

	"hornbook/web/protocol"
)

// What the model writes to choose from: by a judge, many at a time, or by hand.

const (
	drawHeat   = 1   // the temperature that answers are drawn at: what the model holds likely
	drawTokens = 160 // of an answer
	judgedOf   = 4   // answers of which a judge takes the best and the worst
	handAtOnce = 4   // prompts that are drawn for a person
	handLow    = 3   // so many are left when the next are drawn
	handTries  = 3   // draws in a row that may bring nothing to choose from
)

// judging is a built-in judge that makes pairs.
type judging struct {
	Taste   string
	Prompts int
	id      int                // of its Draw, 0 for none
	found   int                // pairs so far
	Over    *protocol.DrawOver // how the latest went; nil: there was none
	full    bool               // the list took no more
	seen    int                // prompts that were answered
}

// choosing is a person who chooses between two answers.
type choosing struct {
	Open   bool
	id     int // of the Draw under way, 0 for none
	queue  []choice
	Chosen int // pairs so far
	empty  int // draws in a row that brought nothing
}

// choice is two answers to choose from.
type choice struct {
	prompt protocol.Pair // the answers not yet told apart
	said   [2]string
}

// Drawing tells whether the model writes answers.
func (t *Preferences) Drawing() bool { return t.Judge.id > 0 || t.Hand.id > 0 }

// drawSeed is the seed of the next Draw: another each time.
func (t *Preferences) drawSeed() uint64 {
	return uint64(1 + t.Page.requests)
}

func (t *Preferences) draw(c *protocol.Draw) int {
	c.Seed, c.Temperature, c.Tokens = t.drawSeed(), drawHeat, drawTokens
	return t.ask(c)
}

// drawn takes over the answers to a prompt.
func (t *Preferences) drawn(e *protocol.Drawn) {
	pair := protocol.Pair{Prompt: e.Prompt, Messages: e.Messages}
	switch {
	case e.ID > 0 && e.ID == t.Judge.id && e.Chosen >= 0:
		pair.Chosen, pair.Rejected = e.Said[e.Chosen], e.Said[e.Rejected]
		if !t.List.add(pair) {
			t.Judge.full = true
			t.Judge.stop(t.Page)
			return
		}
		t.Judge.found++
		t.judged, t.unsent = t.Judge.Taste, true
		t.fit()
	case e.ID > 0 && e.ID == t.Hand.id && len(e.Said) >= 2:
		t.Hand.queue = append(t.Hand.queue, choice{pair, [2]string{e.Said[0], e.Said[1]}})
		t.Hand.empty = 0
	}
}

// drewAll takes over that a Draw is over.
func (t *Preferences) drewAll(e *protocol.DrawOver) {
	switch e.ID {
	case t.Judge.id:
		t.Judge.id, t.Judge.Over = 0, e
		t.Page.Host.Say(t.judgeSays())
	case t.Hand.id:
		t.Hand.id = 0
		t.Hand.empty++
		if len(t.Hand.queue) > 0 {
			t.Hand.empty = 0
		}
		t.drawOn()
	default:
		return
	}
	if !t.Drawing() {
		t.send()
	}
}

// undrawn takes over that a Draw was cancelled, or could not be done.
func (t *Preferences) undrawn(e *protocol.Problem) {
	switch {
	case gone(e):
		t.Judge.id, t.Hand.id = 0, 0
	case e.ID == 0:
	case e.ID == t.Judge.id:
		t.Judge.id = 0
	case e.ID == t.Hand.id:
		t.Hand.id = 0
		t.Hand.empty = handTries
	case e.ID == t.sending && e.Code == protocol.TextGone: // the list of the last visit
		t.sending, t.hash = 0, ""
		return
	default:
		return
	}
	if !t.Drawing() && !gone(e) {
		t.send()
	}
}

// The judge.

// Judging lets the judge make pairs, or stops it.
func (t *Preferences) Judging() {
	j := &t.Judge
	if j.id > 0 {
		j.stop(t.Page)
		return
	}
	if !t.canDraw() {
		return
	}
	j.found, j.seen, j.Over, j.full = 0, 0, nil, false
	j.id = t.draw(&protocol.Draw{Prompts: j.Prompts, Answers: judgedOf, Taste: j.Taste})
	t.Page.await("draw", j.id)
}

func (j *judging) stop(p *Page) {
	if j.id > 0 {
		p.cancel(j.id)
	}
}

// canDraw tells whether the model can be asked for answers.
func (t *Preferences) canDraw() bool { return t.Page.Model != nil && !t.Page.Active() }

func (t *Preferences) judgeLabel() string {
	if t.Judge.id > 0 {
		return t.Page.W.Say("stop_it")
	}
	return t.Page.W.Say("prefs_judge_go")
}

// judgeDone is how far the judge is.
func (t *Preferences) judgeDone() int {
	if w := t.Page.Working; w != nil && w.Task == "draw" && w.ID == t.Judge.id {
		t.Judge.seen = w.Done
	}
	return t.Judge.seen
}

// judgeSays is how the judge's work goes, or went.
func (t *Preferences) judgeSays() string {
	w, j := t.Page.W, &t.Judge
	switch {
	case j.id > 0:
		return w.Say("prefs_judging", "done", t.judgeDone(), "all", j.Prompts, "pairs", w.Say("prefs_count", "n", j.found))
	case j.full:
		return w.Say("prefs_full")
	case j.Over == nil:
		return w.TasteAbout(j.Taste)
	}
	says := w.Say("prefs_judged", "n", j.Over.Prompts, "pairs", w.Say("prefs_count", "n", j.Over.Pairs), "unclear", j.Over.Unclear)
	if j.Over.Unended > 0 {
		says += " " + w.Say("prefs_unended", "n", j.Over.Unended)
	}
	return says
}

// By hand.

// OpenHand begins to show answers to choose from, or ends it.
func (t *Preferences) OpenHand() {
	h := &t.Hand
	if h.Open {
		h.stop(t.Page)
		h.Open = false
		return
	}
	if !t.canDraw() {
		return
	}
	h.Open, h.empty = true, 0
	t.drawOn()
	t.Page.Host.Focus("choose")
}

// drawOn draws the next answers while some are left to read.
func (t *Preferences) drawOn() {
	h := &t.Hand
	if h.Open && h.id == 0 && len(h.queue) < handLow && h.empty < handTries && t.canDraw() && t.Judge.id == 0 {
		h.id = t.draw(&protocol.Draw{Prompts: handAtOnce, Answers: 2})
	}
}

func (h *choosing) stop(p *Page) {
	if h.id > 0 {
		p.cancel(h.id)
	}
}

// forget lets go what another model answered.
func (h *choosing) forget() { h.queue, h.Open = nil, false }

// now is what there is to choose from, false for nothing yet.
func (h *choosing) now() (c choice, is bool) {
	if len(h.queue) == 0 {
		return c, false
	}
	return h.queue[0], true
}

// Choose prefers the first answer or the second, 0 or 1; a tie teaches nothing, and what
// is to be decided later comes again.
func (t *Preferences) Choose(which int) {
	c, is := t.Hand.now()
	if !is {
		return
	}
	t.Hand.queue = t.Hand.queue[1:]
	t.Hand.empty = 0
	switch which {
	case 0, 1:
		pair := c.prompt
		pair.Chosen, pair.Rejected = c.said[which], c.said[1-which]
		t.Hand.Chosen++
		t.List.add(pair)
		t.judged = ""
		t.changed()
		t.Page.Host.Say(t.listSays())
	case later:
		t.Hand.queue = append(t.Hand.queue, c)
	}
	t.drawOn()
}

// What Choose takes besides.
const (
	tie   = -1
	later = -2
)

// pressed is a key in the region of the two answers.
func (t *Preferences) pressed(key string) {
	switch key {
	case "1", "2":
		t.Choose(slices.Index([]string{"1", "2"}, key))
	case "t", "T", "0":
		t.Choose(tie)
	case "s", "S":
		t.Choose(later)
	}
}

func (t *Preferences) handLabel() string {
	if t.Hand.Open {
		return t.Page.W.Say("prefs_hand_end")
	}
	return t.Page.W.Say("prefs_hand_go")
}

// handPrompt is what both answers follow.
func (t *Preferences) handPrompt() string {
	c, _ := t.Hand.now()
	return asksFor(c.prompt)
}

func (t *Preferences) handSaid(i int) string {
	c, _ := t.Hand.now()
	return c.said[i]
}

// handWaits says why there is nothing to choose from.
func (t *Preferences) handWaits() string {
	if t.Hand.id == 0 && t.Hand.empty >= handTries {
		return t.Page.W.Say("prefs_hand_none")
	}
	return t.Page.W.Say("prefs_hand_waits")
}
