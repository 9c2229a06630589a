package ui

import (
	"math"
	"strconv"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// What experts have to do, what a cache keeps, and what drafts bring.

// counted are the blocks whose loads are known.
func (t *Inside) counted() []protocol.Mixed {
	if t.Counted == nil {
		return nil
	}
	return t.Counted.Blocks
}

// meanOf is what each expert would have to do if all had as much.
func meanOf(load []int) float64 {
	sum := 0
	for _, n := range load {
		sum += n
	}
	return float64(max(1, sum)) / float64(max(1, len(load)))
}

// busiest is the most of a load, times the mean.
func busiest(load []int) (most float64) {
	for _, n := range load {
		most = max(most, float64(n)/meanOf(load))
	}
	return most
}

// loadSays is how busy the busiest expert of a block is, with the bias and without.
func (t *Inside) loadSays(b protocol.Mixed) string {
	w := t.Page.W
	return w.Say("inside_busiest", "with", w.Number(busiest(b.Load), 2), "without", w.Number(busiest(b.Alone), 2))
}

func (t *Inside) loadAbout(b protocol.Mixed) string {
	return t.blockName(b.Block) + ". " + t.loadSays(b)
}

// highest is where the pictures end above, in means: for all the same.
func (t *Inside) highest() float64 {
	top := 2.0
	for _, b := range t.counted() {
		top = max(top, busiest(b.Load), busiest(b.Alone))
	}
	return math.Ceil(2*top) / 2
}

// A loadBar is an expert's, and where its number stands.
type loadBar struct{ Class, X, Y, Wide, High, Middle, Number string }

// loadBars are two for each expert: what it has to do with the bias, and without.
func (t *Inside) loadBars(b protocol.Mixed) (bars []loadBar) {
	slot, top := 100/float64(max(1, len(b.Load))), t.highest()
	add := func(e int, load []int, class string, at float64) {
		high := 100 * float64(load[e]) / meanOf(load) / top
		bar := loadBar{Class: class, X: percent(slot * (float64(e) + at)), Y: percent(100 - high), Wide: percent(slot * 0.34), High: percent(high)}
		if class == "balanced" && len(load) <= 16 {
			bar.Middle, bar.Number = percent(slot*(float64(e)+0.5)), strconv.Itoa(e+1)
		}
		bars = append(bars, bar)
	}
	for e := range b.Load {
		add(e, b.Load, "balanced", 0.14)
		add(e, b.Alone, "alone", 0.52)
	}
	return bars
}

// meanAt is where the mean stands in the pictures.
func (t *Inside) meanAt() string { return percent(100 - 100/t.highest()) }

// loadCells are a row of the table: of an expert its shares of each block.
func (t *Inside) loadCells(expert int) (cells []string) {
	for _, b := range t.counted() {
		for _, load := range [][]int{b.Load, b.Alone} {
			cells = append(cells, t.Page.W.Percent(float64(load[expert])/meanOf(load)/float64(len(load))))
		}
	}
	return cells
}

func (t *Inside) loadColumns() (names []string) {
	w := t.Page.W
	for _, b := range t.counted() {
		names = append(names, w.List(t.blockName(b.Block), w.Say("inside_with")), w.List(t.blockName(b.Block), w.Say("inside_without")))
	}
	return names
}

func (t *Inside) experts() []int { return make([]int, t.shape().Experts.Count) }

func (t *Inside) tableLabel() string {
	if t.AsTable {
		return t.Page.W.Say("hide_table")
	}
	return t.Page.W.Say("show_table")
}

// loadOn says what was counted on, and how the busiest fared over the run.
func (t *Inside) loadOn() string {
	w := t.Page.W
	if t.Counted == nil {
		return w.Say("inside_no_text")
	}
	says := w.Say("inside_counted", "n", t.Counted.Held)
	var first, last float64
	for _, e := range t.Page.Evals {
		if load, taken := e.Measures.Of(recipe.ExpertLoad); taken {
			if last = load; first == 0 {
				first = load
			}
		}
	}
	if first > 0 {
		says += " " + w.Say("inside_over_run", "first", w.Number(first, 2), "last", w.Number(last, 2))
	}
	return says
}

// The cache.

// A keeping is what a cache keeps of a token in a layer.
type keeping struct {
	Key, Name, Value string
	Bars             []bar
}

func (t *Inside) kept() []keeping {
	m, w := t.shape(), t.Page.W
	plain := m
	plain.Latent = recipe.Latent{}
	row := func(key string, n int, class string) keeping {
		return keeping{key, w.Say(key), w.Say("inside_numbers", "n", n), long(class, float64(n), float64(max(m.Kept(), plain.Kept())))}
	}
	return []keeping{row("inside_kept", m.Kept(), "is"), row("inside_kept_plain", plain.Kept(), "cost")}
}

// keptSays is what that comes to for all that the model sees.
func (t *Inside) keptSays() string {
	m, w := t.shape(), t.Page.W
	plain := m
	plain.Latent = recipe.Latent{}
	bytes := 4 * float64(m.Layers*m.Context)
	return w.Say("inside_kept_says", "times", w.Number(float64(plain.Kept())/float64(m.Kept()), 1), "tokens", w.Count(m.Context), "layers", w.Count(m.Layers),
		"size", w.Bytes(bytes*float64(m.Kept())), "plain", w.Bytes(bytes*float64(plain.Kept())))
}

// latent tells whether attention goes through a latent vector.
func (t *Inside) latent() bool { return t.formed() && t.shape().Latent.Rank > 0 }

// The second word.

// second is the part of second words that are right, false if that is not known.
func (t *Inside) second() (part float64, known bool) {
	if c := t.Counted; c != nil && c.Second > 0 {
		return float64(c.Right) / float64(c.Second), true
	}
	return 0, false
}

func (t *Inside) secondSays() string {
	part, known := t.second()
	if !known {
		return t.Page.W.Say("inside_no_text")
	}
	return t.Page.W.Say("inside_second_says", "part", t.Page.W.Percent(part), "n", t.Counted.Second)
}

func (t *Inside) secondBar() []bar {
	part, _ := t.second()
	return long("is", part, 1)
}

// Drafts.

// draftTokens are written at most.
const draftTokens = 100

// Write writes both ways.
func (t *Inside) Write() {
	if t.writing == 0 && t.ahead() {
		t.writing = t.ask(&protocol.Speculate{Prompt: t.Text, Tokens: draftTokens})
	}
}

// TakeOver makes what was written the text whose words are shown with their experts.
func (t *Inside) TakeOver() {
	if t.Told == nil {
		return
	}
	text := t.Told.Prompt
	for _, one := range t.Told.Written {
		text += one.Text
	}
	t.Type(text)
	t.Page.Host.Focus("look")
}

// wordClass marks a word that was a draft, if that is shown.
func (t *Inside) wordClass(one protocol.Proposed) string {
	if one.Draft && !t.Plain {
		return "draft"
	}
	return ""
}

func (t *Inside) draftsKept() (n int) {
	for _, one := range t.Told.Written {
		if one.Draft {
			n++
		}
	}
	return n
}

// wayRows are what each way took.
func (t *Inside) wayRows() [][]string {
	w := t.Page.W
	row := func(key string, e protocol.Effort) []string {
		return []string{w.Say(key), w.Count(e.Passes), w.Milliseconds(1000 * e.Seconds)}
	}
	return [][]string{row("inside_plain", t.Told.Plain), row("inside_drafts", t.Told.Drafts)}
}

// costSays is what drafts brought, whatever that is.
func (t *Inside) costSays() string {
	w, told := t.Page.W, t.Told
	says := w.Say("inside_kept_drafts", "kept", t.draftsKept(), "all", w.Count(told.Drafted))
	if times := told.Drafts.Seconds / max(1e-9, told.Plain.Seconds); times < 1 {
		says += " " + w.Say("inside_faster", "times", w.Number(1/max(times, 1e-9), 2))
	} else {
		says += " " + w.Say("inside_slower", "times", w.Number(times, 2))
	}
	if !told.Same {
		says += " " + w.Say("inside_differs")
	}
	return says
}
