package wording

import (
	"math"
	"strings"

	"hornbook/web/protocol"
)

// MethodName names a way to train, MethodAbout says what it does.
func (w *Words) MethodName(method string) string  { return w.named("method_", method) }
func (w *Words) MethodAbout(method string) string { return w.about("method_", method) }

// Task names a task that comes with Hornbook.
func (w *Words) Task(name string) string { return w.named("task_", name) }

// Taste names a judge of answers, "" none; TasteAbout says what it likes.
func (w *Words) Taste(name string) string {
	if name == "" {
		return w.Say("prefs_taste_none")
	}
	return w.named("prefs_taste_", name)
}
func (w *Words) TasteAbout(name string) string { return w.about("prefs_taste_", name) }

// Says names who says something in a conversation.
func (w *Words) Says(role string) string {
	if role == "user" {
		return w.Say("you_say")
	}
	return w.Say("model_says")
}

// Talks says what became of the conversations that are learned from.
func (w *Words) Talks(t *protocol.Talks) string {
	says := w.Say("talks", "conversations", w.Say("conversations", "n", t.Kept), "tokens", w.Say("tokens", "n", t.Tokens), "counted", t.Counted)
	if t.Cut > 0 {
		says += " " + w.Say("talks_cut", "n", t.Cut)
	}
	if t.Dropped > 0 {
		says += " " + w.Say("talks_dropped", "n", t.Dropped)
	}
	return says
}

// Pairs says what became of the pairs that a run learns from.
func (w *Words) Pairs(p *protocol.Pairs) string {
	says := w.Say("pairs", "n", p.Kept)
	for _, left := range []struct {
		key string
		n   int
	}{{"pairs_long", p.Long}, {"pairs_same", p.Same}, {"pairs_foreign", p.Foreign}} {
		if left.n > 0 {
			says += " " + w.Say(left.key, "n", left.n)
		}
	}
	if len(p.Ignored) > 0 {
		says += " " + w.Say("pairs_ignored", "names", strings.Join(p.Ignored, ", "))
	}
	return says
}

// BaseLead says what the model is that the page opens with.
func (w *Words) BaseLead(text string) string { return w.of("base_lead", text) }

// OnNew and OnOld name the texts that learning and forgetting are measured on.
func (w *Words) OnNew(text string) string { return w.of("on_new", text) }
func (w *Words) OnOld(text string) string { return w.of("on_old", text) }

// of is a phrase with a text's name or, without one, the phrase for that.
func (w *Words) of(key, text string) string {
	if text == "" {
		return w.Say(key)
	}
	return w.Say(key+"_of", "text", text)
}

// Fits says what the open model makes of the text.
func (w *Words) Fits(model string, f *protocol.Fit) string {
	says := w.Say("fits", "model", model, "tokens", w.Say("tokens", "n", f.Tokens), "bytes", w.Number(f.BytesPerToken, 2))
	if f.Unknown == 0 {
		says += " " + w.Say("fits_all")
	}
	return says
}

// ChangeOf writes a difference between two measures of this name with its sign.
func (w *Words) ChangeOf(name string, x float64) string {
	switch text := w.MeasureValue(name, math.Abs(x)); {
	case text == w.MeasureValue(name, 0):
		return text
	case x < 0:
		return "−" + text
	default:
		return "+" + text
	}
}

// Learned says how much better the model became on the new text, in nats.
func (w *Words) Learned(nats float64) string { return w.Say("learned", "learned", w.learned(nats)) }

// LearnedForgotten sets what was learned beside what was forgotten, in nats.
func (w *Words) LearnedForgotten(learnt, forgotten float64) string {
	key := "forgot"
	switch {
	case w.tenth(forgotten) == w.tenth(0):
		key = "forgot_nothing"
	case forgotten < 0:
		key = "forgot_less"
	}
	return w.Say(key, "learned", w.learned(learnt), "n", w.tenth(forgotten))
}

func (w *Words) learned(nats float64) string {
	key := "learned_so"
	switch {
	case w.tenth(nats) == w.tenth(0):
		key = "learned_nothing"
	case nats < 0:
		key = "learned_less"
	}
	return w.Say(key, "n", w.tenth(nats))
}

// tenth is how large x is, whatever its sign.
func (w *Words) tenth(x float64) string { return w.Number(math.Abs(x), 1) }

// PartOf is a number of weights and its share of all.
func (w *Words) PartOf(n, all int) string {
	return w.Say("part_of", "n", n, "part", w.Percent(float64(n)/float64(all)))
}
