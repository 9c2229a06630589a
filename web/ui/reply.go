package ui

import (
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// The marks around what a model thinks before it answers.
const beginThought, endThought = "<|think|>", "<|/think|>"

// A part of a reply is thought or said.
type part struct {
	Thought bool
	Text    string
}

func (p part) class() string {
	if p.Thought {
		return "thought"
	}
	return "said"
}

// parts are those of a reply in order, without the marks; thoughts that never
// end go on to its end.
func parts(reply string) (list []part) {
	add := func(thought bool, text string) {
		if text != "" {
			list = append(list, part{thought, text})
		}
	}
	for reply != "" {
		before, rest, thinks := strings.Cut(reply, beginThought)
		add(false, strings.ReplaceAll(before, endThought, ""))
		if !thinks {
			break
		}
		thought, after, _ := strings.Cut(rest, endThought)
		add(true, thought)
		reply = after
	}
	return list
}

// plain is a reply in one line: its thoughts in brackets, then what is said.
func plain(reply string) string {
	var line []string
	for _, p := range parts(reply) {
		if p.Thought {
			p.Text = "(" + p.Text + ")"
		}
		line = append(line, p.Text)
	}
	return strings.Join(line, " ")
}

// The newest group of replies.

// groupOf is the open model's recipe of rewards.
func (t *Rewards) groupOf() recipe.Rewards { return t.Page.Model.Recipe.Rewards }

// round is the newest round of the run that stands here, nil for none.
func (t *Rewards) round() *protocol.Round {
	if !t.mine() {
		return nil
	}
	return t.Page.Round
}

// verdict says what became of a reply: a sign, since colour alone says nothing,
// and a word.
func (t *Rewards) verdict(r protocol.Scored) string {
	w := t.Page.W
	switch paid := r.Reward > 0; {
	case t.hidden() && paid:
		return w.Say("rewards_paid")
	case t.hidden():
		return w.Say("rewards_unpaid")
	case r.Right:
		return w.Say("rewards_right")
	case paid:
		return w.Say("rewards_cheated")
	}
	return w.Say("rewards_wrong")
}

func (t *Rewards) verdictClass(r protocol.Scored) string {
	switch {
	case r.Reward <= 0:
		return "try missed"
	case !t.hidden() && !r.Right:
		return "try cheated"
	}
	return "try"
}

// unended says of a reply that it did not end, "" where it did.
func (t *Rewards) unended(r protocol.Scored) string {
	if r.Ended {
		return ""
	}
	return t.Page.W.Say("rewards_unended")
}

// roundNotes say what of the round teaches nothing, and how many replies did
// not end; none for neither.
func (t *Rewards) roundNotes() (notes []string) {
	r, w := t.round(), t.Page.W
	if r == nil {
		return nil
	}
	all := t.groupOf().Prompts
	if flat := int(r.Flat*float64(all) + 0.5); flat > 0 {
		notes = append(notes, w.Say("rewards_flat", "n", w.Count(flat), "all", w.Count(all)))
	}
	if r.Cut >= muchCut {
		notes = append(notes, w.Say("rewards_cut", "part", w.Percent(r.Cut), "most", w.Count(t.groupOf().ReplyMost)))
	}
	return notes
}

// muchCut is the part of replies that did not end from which one is told.
const muchCut = 0.1

// partSays is a part of a reply as it is written: thoughts in brackets, so that
// who hears them knows them too.
func (t *Rewards) partSays(p part) string {
	if p.Thought {
		return t.Page.W.Say("rewards_thought", "text", p.Text)
	}
	return p.Text
}
