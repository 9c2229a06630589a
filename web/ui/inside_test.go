package ui

import (
	"slices"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

func within(p *Page) *Inside { return of[*Inside](p) }

// formed is a page with an open model of DeepSeek's form, at the station that looks inside.
func formed(t *testing.T) (*Page, *paper) {
	t.Helper()
	p, h := opened()
	r, _ := recipe.ByName("deepseek")
	r.Model.Vocab = 40
	p.Apply(&protocol.Model{Recipe: r, Parameters: 1000, ModelID: "m", Text: "village"})
	p.Go("inside")
	return p, h
}

// seen is what a look tells, of two blocks and one that looks ahead.
func seen(id int) *protocol.Inside {
	turns := [][]protocol.Turn{{{Expert: 2, Weight: 0.75}, {Expert: 6, Weight: 0.25}}, {{Expert: 0, Weight: 0.6}, {Expert: 2, Weight: 0.4}}}
	other := [][]protocol.Turn{{{Expert: 7, Weight: 0.5}, {Expert: 1, Weight: 0.5}}, {{Expert: 7, Weight: 0.9}, {Expert: 1, Weight: 0.1}}}
	even, odd := []int{10, 10, 10, 10, 10, 10, 10, 10}, []int{30, 10, 10, 10, 10, 10, 0, 0}
	return &protocol.Inside{Reply: to(id), Pieces: []protocol.Piece{{Text: "Tom"}, {Text: " ran"}}, Held: 40, Right: 15, Second: 20,
		Blocks: []protocol.Mixed{{Block: 2, Load: even, Alone: odd, Turns: turns}, {Block: 3, Load: odd, Alone: even, Turns: other}, {Block: 0, Load: even, Alone: even}}}
}

// Only a model of the form is looked into; another page says how to come by one.
func TestInsideOfOtherModels(t *testing.T) {
	p, h := opened()
	p.Go("inside")
	if html := drawAt(t, p, "inside"); !strings.Contains(html, `id="unblock-train"`) || strings.Contains(html, `id="look"`) {
		t.Error("without a model there is something to look into")
	}
	r, _ := recipe.ByName("stories")
	p.Apply(&protocol.Model{Recipe: r, ModelID: "m"})
	html := drawAt(t, p, "inside")
	for _, absent := range []string{`id="look"`, `id="takers"`, `id="kept"`, `id="drafts"`} {
		if strings.Contains(html, absent) {
			t.Errorf("of a plain model it shows %s", absent)
		}
	}
	for _, c := range h.sent {
		if _, is := c.(*protocol.LookInside); is {
			t.Error("it looks into a plain model")
		}
	}
	p.Apply(&protocol.Ready{Presets: slices.Concat(recipe.Presets(), recipe.Further()), Default: recipe.Default})
	within(p).choosePreset()
	if p.Open != "pretrain" || pre(p).Draft.Base.Preset != "deepseek" || last[*protocol.SetTokenizer](t, h).Size != 1024 {
		t.Errorf("it leads to %s with %s", p.Open, pre(p).Draft.Base.Preset)
	}
}

// Words are shown with the experts of a layer, by number as well as by colour, and are
// listed by expert.
func TestTakers(t *testing.T) {
	p, h := formed(t)
	c := last[*protocol.LookInside](t, h)
	if !c.Count || !strings.HasPrefix(c.Text, "Tom had a ball.") {
		t.Errorf("it asks for %+v", c)
	}
	p.Apply(seen(c.ID))
	html := drawAt(t, p, "inside")
	for _, part := range []string{`<li class="e2" title="expert 3: ` + english.Percent(0.75) + ", expert 7: " + english.Percent(0.25), `<span class="id">3·7</span>`, `<span class="id">1·3</span>`, "␣ran", ">Expert 3<", ">Expert 1<",
		"Each piece of the text goes to 2 of 8 experts", "layer 2", "layer 3"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	within(p).ChooseBlock("3")
	if html := drawAt(t, p, "inside"); !strings.Contains(html, `<span class="id">8·2</span>`) || strings.Contains(html, `<span class="id">3·7</span>`) {
		t.Error("another layer shows the same experts")
	}
	within(p).Type("Anna")
	if c := last[*protocol.LookInside](t, h); c.Text != "Anna" || c.Count {
		t.Errorf("what is typed asks for %+v", c)
	}
}

// It looks once at a time: what is typed meanwhile is asked for when the answer is there.
func TestLooksOnceAtATime(t *testing.T) {
	p, h := formed(t)
	id, n := h.asked(), len(h.sent)
	within(p).Type("A")
	within(p).Type("Anna")
	p.Apply(evaluated(50, 2, 0, false))
	if len(h.sent) != n {
		t.Errorf("it asks %d times more while it looks", len(h.sent)-n)
	}
	p.Apply(seen(id))
	if c := last[*protocol.LookInside](t, h); c.Text != "Anna" || !c.Count || len(h.sent) != n+1 {
		t.Errorf("then it asks for %+v", c)
	}
	p.Apply(&protocol.Problem{Code: protocol.TrainerGone})
	if within(p).looking != 0 {
		t.Error("it waits for a trainer that is gone")
	}
	p.Go("try")
	n = len(h.sent)
	p.Apply(evaluated(100, 2, 0, false))
	for _, c := range h.sent[n:] {
		if _, is := c.(*protocol.LookInside); is {
			t.Error("it looks while another station is open")
		}
	}
}

// Where the station is open before the model is, it asks for a text to count on too.
func TestInsideIsOpenFirst(t *testing.T) {
	h := &paper{}
	p := NewPage(h, "en")
	p.Open = "inside"
	p.Apply(&protocol.Ready{Presets: recipe.Presets(), Default: recipe.Default, Samples: []string{"village"}, Base: true})
	r, _ := recipe.ByName("deepseek")
	p.Apply(&protocol.Model{Recipe: r, ModelID: "m"})
	last[*protocol.SetText](t, h)
	p.Apply(&protocol.Fit{})
	if c := last[*protocol.LookInside](t, h); !c.Count {
		t.Errorf("it asks for %+v", c)
	}
}

// Loads, the second word and the cache are shown as numbers beside their pictures.
func TestLoadsAndCache(t *testing.T) {
	p, h := formed(t)
	if html := drawAt(t, p, "inside"); !strings.Contains(html, "There is no text to count on") {
		t.Error("before it has counted it does not say so")
	}
	p.Apply(seen(h.asked()))
	for i, load := range []float64{1.52, 1.12} {
		p.Apply(&protocol.Eval{Measurement: recipe.Measurement{Step: i, Measures: recipe.Measures{{Name: recipe.ExpertLoad, Value: load}}}})
	}
	within(p).AsTable = true
	html := drawAt(t, p, "inside")
	for _, part := range []string{"busiest: 1.00 × the mean; without the bias 3.00", "busiest: 3.00 × the mean; without the bias 1.00", "the block that looks ahead",
		"Counted on 40 tokens", "from 1.52 to 1.12 times the mean", ">" + english.Percent(0.375) + "</td>", ">" + english.Percent(0.125) + "</td>",
		"48 numbers", "256 numbers", "5.3 times less. For 128 tokens in 4 layers that is 98 kB in place of 524 kB",
		"right in " + english.Percent(0.75) + " of 20 places", "the graphics card has no programs"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if n := strings.Count(html, `<rect class="balanced"`); n != 24 {
		t.Errorf("%d bars are drawn, want 24", n)
	}
	if bars := within(p).loadBars(within(p).Counted.Blocks[0]); bars[1].Class != "alone" || bars[1].High != "100.00%" || bars[0].High != "33.33%" || within(p).meanAt() != "66.67%" {
		t.Errorf("the bars are %+v, the mean at %s", bars[:2], within(p).meanAt())
	}
}

// Both ways of writing stand beside each other with what they took, whatever that is.
func TestDrafts(t *testing.T) {
	p, h := formed(t)
	within(p).Type("Tom")
	within(p).Write()
	c := last[*protocol.Speculate](t, h)
	if c.Prompt != "Tom" || c.Tokens != 100 {
		t.Errorf("it asks for %+v", c)
	}
	n := len(h.sent)
	if within(p).Write(); len(h.sent) != n {
		t.Error("it asks twice")
	}
	told := &protocol.Speculated{Reply: to(c.ID), Prompt: "Tom", Same: true, Written: []protocol.Proposed{{Text: " ran"}, {Text: " home", Draft: true}, {Text: "."}},
		Plain: protocol.Effort{Passes: 3, Seconds: 0.02}, Drafts: protocol.Effort{Passes: 2, Seconds: 0.026}, Drafted: 2}
	p.Apply(told)
	html := drawAt(t, p, "inside")
	for _, part := range []string{`<span class="draft"> home</span>`, "Of 2 guesses 1 were kept. With drafts it took 1.30 times as long", "<td>3</td><td>20</td>", "<td>2</td><td>26</td>"} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	within(p).Plain = true
	if html := drawAt(t, p, "inside"); strings.Contains(html, `class="draft"`) || !strings.Contains(html, " home</span>") {
		t.Error("without drafts they are marked, or the text is another")
	}
	within(p).Told.Drafts.Seconds, within(p).Told.Same = 0.01, false
	if says := within(p).costSays(); !strings.Contains(says, "2.00 times as fast") || !strings.Contains(says, "part at a word") {
		t.Errorf("of a gain it says %q", says)
	}
	within(p).TakeOver()
	if within(p).Text != "Tom ran home." {
		t.Errorf("taken over is %q", within(p).Text)
	}
}

// The page that explains is fetched when it is asked for, in the language of the page.
func TestStory(t *testing.T) {
	p, h := opened()
	p.Go("inside")
	within(p).OpenStory()
	p.Fetched("pages/deepseek.en.md", "# How it works\n\nA **cheap** model.\n\n## What it cost\n\n- much\n")
	html := drawAt(t, p, "inside")
	for _, part := range []string{">How it works<", "<h4>What it cost</h4>", `class="strong"`, `id="story-close"`} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	p.ChooseLanguage("de")
	p.Fetched("pages/deepseek.de.md", "")
	if got := h.fetched[len(h.fetched)-1]; got != "pages/deepseek.de.md" || !within(p).Lost {
		t.Errorf("fetched is %s, lost %v", got, within(p).Lost)
	}
	within(p).CloseStory()
	if html := drawAt(t, p, "inside"); strings.Contains(html, `id="story"`) {
		t.Error("it is still there")
	}
}

// The text is kept.
func TestInsideIsKept(t *testing.T) {
	p, _ := formed(t)
	x := Experiment{}
	if within(p).Keep(x); len(x) != 0 {
		t.Errorf("kept is %v", x)
	}
	within(p).Type("Anna")
	within(p).Keep(x)
	q, _ := formed(t)
	within(q).Restore(x)
	if within(q).Text != "Anna" || len(x) != 0 {
		t.Errorf("%q is there again, %v is left", within(q).Text, x)
	}
}
