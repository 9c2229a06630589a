package ui

import "hornbook/web/protocol"

// The strip of growth: what the model wrote at each measurement, with a phase
// that is named from what was measured.

// phase names how far writing has come.
func phase(g protocol.Growth) string {
	switch {
	case g.Known < 0.2 && (g.Spaces < 0.4 || g.Spaces > 2.5):
		return "letters"
	case g.Known < 0.4:
		return "spaces"
	case g.Copied > 0.5:
		return "copies"
	case g.Known < 0.85 || g.Sentences == 0:
		return "words"
	}
	return "sentences"
}

// mostGrown is how many pieces of writing the strip has.
const mostGrown = 8

// grown are the pieces of writing that the strip shows, by their place among
// all: the first and the last, those at which a phase begins, and of the rest as
// many as there is room for, evenly.
func (t *Teaching) grown() []int {
	all := t.Page.Samples
	if len(all) <= mostGrown {
		places := make([]int, len(all))
		for i := range places {
			places[i] = i
		}
		return places
	}
	chosen := map[int]bool{0: true, len(all) - 1: true}
	for i := 1; i < len(all) && len(chosen) < mostGrown; i++ {
		if phase(all[i].Growth) != phase(all[i-1].Growth) {
			chosen[i] = true
		}
	}
	for k := 1; k < mostGrown && len(chosen) < mostGrown; k++ {
		chosen[k*(len(all)-1)/(mostGrown-1)] = true
	}
	var places []int
	for i := range all {
		if chosen[i] {
			places = append(places, i)
		}
	}
	return places
}

// phaseSays names the phase of a piece of writing.
func (t *Teaching) phaseSays(i int) string {
	return t.Page.W.Say("phase_" + phase(t.Page.Samples[i].Growth))
}

// stepSays is the step of a piece of writing.
func (t *Teaching) stepSays(i int) string {
	return t.Page.W.Say("card_step", "step", t.Page.W.Count(t.Page.Samples[i].Step))
}

// beginning is how a piece of writing begins.
func (t *Teaching) beginning(i int) string { return firstRunes(t.Page.Samples[i].Text, 70) }

// shown marks the piece of the strip that is shown whole.
func (t *Teaching) shown(i int) string { return disabled(i == t.sampleIndex()) }

// Show shows a piece of the strip whole.
func (t *Teaching) Show(i int) { t.lookBack, t.looking = i, i < len(t.Page.Samples)-1 }

// grownSays is what was measured of the piece that is shown, "" for none.
func (t *Teaching) grownSays() string {
	i := t.sampleIndex()
	if i < 0 {
		return ""
	}
	g := t.Page.Samples[i].Growth
	return t.Page.W.Say("growth_says", "known", t.Page.W.Percent(g.Known), "copied", t.Page.W.Percent(g.Copied))
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
