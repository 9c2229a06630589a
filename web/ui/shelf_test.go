package ui

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// welcomed is a page that comes with a model, which is open.
func welcomed() (*Page, *paper) {
	h := &paper{}
	p := NewPage(h, "en")
	r, _ := recipe.ByName(recipe.Default)
	r.Model.Vocab = 1024
	for _, e := range []protocol.Event{
		&protocol.Ready{Backend: "cpu", Ranks: 2, Presets: recipe.Presets(), Default: recipe.Default, Samples: []string{"village", "opticks"}, Base: true},
		&protocol.State{State: "idle"},
		&protocol.Model{ModelID: protocol.Base, Name: "base", Recipe: r, Parameters: 1000, Text: "village", Ranks: 2},
		&protocol.History{Steps: []int{100, 480}, Losses: []float64{3, 0.7}, Evals: []recipe.Measurement{evaluated(480, 0.64, 0, false).Measurement}},
		&protocol.Fit{Tokens: 20000, BytesPerToken: 4},
		&protocol.State{State: "idle"},
		&protocol.Text{Source: "sample", Name: "village", Preview: "Tom had a ball."},
		&protocol.Tokenizer{Kind: "bpe", Size: 1024, Tokens: 20000},
	} {
		p.Apply(e)
	}
	return p, h
}

// cards are two models, of which the newest was cut off while it trained.
func cards() []protocol.Card {
	return []protocol.Card{
		{ID: "a", Name: "Letters", Saved: time.Now().Add(-12 * time.Minute).UnixMilli(), Bytes: 12e6, State: "training", Method: recipe.Lora, Text: "letters.txt",
			Parameters: 1000, Step: 240, Steps: 480, ValLoss: 2.31, Curve: []float64{4, 3, 2}},
		{ID: "b", Name: "Tales", State: "done", Method: recipe.Pretrain, Text: "village", Parameters: 2000, Step: 480, Steps: 480},
	}
}

func has(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

// The first thing to do is to type: the model is open before any training, and
// what was measured of it is not taken for a run.
func TestOpensWithAModel(t *testing.T) {
	p, h := welcomed()
	if open, is := h.sent[0].(*protocol.Open); !is || open.ModelID != protocol.Base {
		t.Errorf("the first command is %+v", h.sent[0])
	}
	if ask := last[*protocol.Predict](t, h); ask.Prompt != "One day" || trying(p).Prompt != "One day" {
		t.Errorf("it asks what comes after %q, and shows %q", ask.Prompt, trying(p).Prompt)
	}
	html := draw(t, p)
	has(t, html, "has read Village Tales", `data-state="idle"`, `data-step="0"`, `data-train-loss=""`, `data-val-loss=""`, `data-ranks="1"`, "480 of 480")
	if p.Open != "try" {
		t.Errorf("it opens at %q", p.Open)
	}
	trying(p).Generate()
	if c := last[*protocol.Generate](t, h); c.Prompt != "One day" || c.By != "" {
		t.Errorf("it asks for %+v", c)
	}
	pre(p).Train()
	if r := last[*protocol.Train](t, h).Recipe; r.Method() != recipe.Pretrain || r.Preset != recipe.Default {
		t.Errorf("with nothing chosen it trains %q by %q", r.Preset, r.Method())
	}
}

// A name goes out as long as the shelf takes it, in whole characters.
func TestLongName(t *testing.T) {
	for typed, want := range map[string]string{
		strings.Repeat("x", 300):       strings.Repeat("x", 200),
		strings.Repeat("語", 80):        strings.Repeat("語", 66),
		"é" + strings.Repeat("é", 100): strings.Repeat("é", 100),
		strings.Repeat("x", 200):       strings.Repeat("x", 200),
	} {
		p, h := welcomed()
		p.Apply(&protocol.Shelf{Cards: cards()})
		shelf(p).Unfold(cards()[1], renamePart)
		shelf(p).NewName = typed
		shelf(p).Rename()
		if c := last[*protocol.Rename](t, h); c.Name != want {
			t.Errorf("%d bytes go out of %d: %q", len(c.Name), len(typed), c.Name)
		}
	}
}

func TestShelf(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards(), Used: 12e6, Left: 3e9, Open: protocol.Base})
	html := draw(t, p)
	has(t, html, ">Letters<", "Has an adapter (LoRA) that learned from letters.txt", "loss\u00a02.31", "12\u00a0MB", `points="0.0,1.0 50.0,14.0 100.0,27.0"`,
		`aria-label="Loss from 4.00 to 2.00."`, ">Tales<", "Learned from Village Tales", "2,000\u00a0weights", "not finished", "This page’s own model",
		"12 MB kept here, about 3.0 GB left. The browser may clear this when space gets short.", "2 kept", `aria-label="Open: Tales"`)
	if n := strings.Count(html, `aria-current="true"`); n != 1 {
		t.Errorf("%d models are marked as open", n)
	}
	for button, hidden := range map[string]bool{"Rename: This page’s own model": true, "Delete: This page’s own model": true,
		"Rename: Tales": false, "Delete: Tales": false, "Open: This page’s own model": true} {
		if hiddenButton(t, html, button) != hidden {
			t.Errorf("%q is hidden: %v", button, !hidden)
		}
	}

	shelf(p).Open("b")
	shelf(p).Unfold(cards()[1], renamePart)
	shelf(p).NewName = "  Old tales "
	shelf(p).renameKey("Enter")
	shelf(p).Duplicate(cards()[1])
	shelf(p).Delete("b")
	shelf(p).Undo("b")
	want := []protocol.Command{&protocol.Open{ModelID: "b"}, &protocol.Rename{ModelID: "b", Name: "Old tales"}, &protocol.Duplicate{ModelID: "b", Name: "Tales, copy"},
		&protocol.Delete{ModelID: "b"}, &protocol.Undelete{ModelID: "b"}}
	for i, c := range want {
		c.Number(h.asked() - len(want) + 1 + i)
	}
	if got := h.sent[len(h.sent)-len(want):]; !reflect.DeepEqual(got, want) {
		t.Errorf("it sends %v", got)
	}
	p.Apply(&protocol.Shelf{Cards: cards()[:1], Deleted: cards()[1:]})
	has(t, draw(t, p), "“Tales” is deleted.", ">Undo<")
}

func TestManyModels(t *testing.T) {
	p, _ := welcomed()
	many := &protocol.Shelf{}
	for i := range 30 {
		many.Cards = append(many.Cards, protocol.Card{ID: fmt.Sprint(i), Name: fmt.Sprintf("model %d.", i)})
	}
	p.Apply(many)
	html := drawAt(t, p, "models")
	has(t, html, "model 7.", "Show all 30 models", "This page’s own model")
	if strings.Contains(html, "model 8.") {
		t.Error("all are drawn at first")
	}
	shelf(p).All = true
	has(t, drawAt(t, p, "models"), "model 29.")
}

// A new model has no place on the shelf before its first save, whatever was
// open before.
func TestNewModelIsNotTheOneBefore(t *testing.T) {
	p, _ := welcomed()
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Name: "new", Recipe: pre(p).Draft.Base})
	p.Apply(&protocol.Shelf{Cards: cards(), Open: protocol.Base})
	if p.modelName() != "new" || p.isOpen(protocol.Base) {
		t.Errorf("it is taken for %q", p.Model.ModelID)
	}
	p.Apply(&protocol.Saved{ModelID: "b", Step: 5})
	if !p.isOpen("b") {
		t.Error("after its first save it is not marked as open")
	}
}

// hiddenButton tells whether the button of this name is hidden.
func hiddenButton(t *testing.T, html, name string) bool {
	t.Helper()
	for _, tag := range strings.Split(html, "<button")[1:] {
		if tag, _, _ = strings.Cut(tag, ">"); strings.Contains(tag, `aria-label="`+name+`"`) {
			return strings.Contains(tag, " hidden")
		}
	}
	t.Errorf("there is no button %q", name)
	return false
}

// While a model trains no other is opened, and it is not deleted.
func TestShelfWhileTraining(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Recipe: pre(p).Draft.Base, Text: "village"})
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Saved{ModelID: "a", Step: 20})
	p.Apply(&protocol.Shelf{Cards: cards(), Open: "a"})
	sent := len(h.sent)
	shelf(p).Open("b")
	shelf(p).Delete("a")
	trying(p).Merge()
	if len(h.sent) != sent {
		t.Errorf("it sends %v", h.sent[sent:])
	}
	has(t, draw(t, p), "Saved at step 20.", "open, training")
	p.Apply(&protocol.Problem{Code: protocol.KeepFull})
	if p.Problems[RunStrip] == nil {
		t.Error("a full disk is not told beside the run")
	}
	p.Apply(&protocol.Saved{ModelID: "a", Step: 40})
	if len(p.Problems) != 0 {
		t.Errorf("after a save there are still problems: %v", p.Problems)
	}
}

func TestDownload(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	shelf(p).Unfold(cards()[0], downloadPart)
	has(t, draw(t, p), "everything, to go on elsewhere (zip)", "GGUF for llama.cpp, Ollama, LM Studio (a quarter of the size, Q8_0)", "the adapter alone (PEFT)")
	shelf(p).As = "gguf/q8_0"
	shelf(p).Download()
	sent := len(h.sent)
	shelf(p).Download()
	if c := last[*protocol.Export](t, h); c.ModelID != "a" || c.Format != "gguf" || c.DType != "q8_0" || len(h.sent) != sent {
		t.Errorf("it asks for %+v, after %d commands", c, len(h.sent)-sent)
	}
	has(t, draw(t, p), "Making the file…")
	p.Apply(&protocol.Problem{Code: protocol.SampleFailed, Reply: to(h.asked() - 1)})
	has(t, draw(t, p), "Making the file…")
	p.Apply(&protocol.File{Reply: to(h.asked()), Name: "letters.gguf", Size: 1200, Note: protocol.NearGELU})
	has(t, draw(t, p), "“letters.gguf” (1.2 kB) is among your downloads. llama.cpp computes")
	for _, as := range downloads(recipe.Full) {
		if strings.HasPrefix(as, "peft") {
			t.Error("a model without an adapter offers it alone")
		}
	}
	shelf(p).Unfold(protocol.Card{ID: protocol.Base}, downloadPart)
	shelf(p).Download()
	if c := last[*protocol.Export](t, h); c.ModelID != "" || c.Format != "zip" {
		t.Errorf("of the page's own model it asks for %+v", c)
	}
}

// What the trainer works at is said until it is done.
func TestWorking(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Working{Reply: to(9), Task: "old", Done: 512, Total: 2048})
	has(t, draw(t, p), "The model writes a little, to measure forgetting by…", `max="2048" value="512"`)
	p.CancelWorking()
	if c := last[*protocol.Cancel](t, h); c.ID != 9 {
		t.Errorf("it cancels %d", c.ID)
	}
	p.Apply(&protocol.Model{Reply: to(9), Recipe: pre(p).Draft.Base})
	p.Apply(&protocol.State{Reply: to(9), State: "training"})
	if p.Working != nil {
		t.Error("while it trains it is said to prepare")
	}
	for _, end := range []protocol.Event{&protocol.Model{Reply: to(9), ModelID: "a", Recipe: pre(p).Draft.Base}, &protocol.Needs{Reply: to(9)}, &protocol.Problem{Reply: to(9), Code: protocol.ModelNone}} {
		p.Apply(&protocol.Working{Reply: to(9), Task: "import", Total: 1})
		has(t, draw(t, p), "Reading the model…")
		p.Apply(end)
		if html := draw(t, p); strings.Contains(html, "Reading the model…") {
			t.Errorf("after %T it still reads", end)
		}
	}
	p.Apply(&protocol.Working{Reply: to(9), Task: "sample", Total: 1})
	p.Apply(&protocol.Model{Reply: to(10), ModelID: protocol.Base, Recipe: pre(p).Draft.Base})
	p.Apply(&protocol.Problem{Reply: to(11), Code: protocol.KeepFull})
	if !p.loading("sample") {
		t.Error("another model or an unrelated problem ends the loading of a text")
	}
	p.Apply(&protocol.Problem{Reply: to(9), Code: protocol.Cancelled})
	if p.Working != nil || p.Problems["text"] != nil {
		t.Error("what was stopped goes on, or is called a problem")
	}
}

func TestImport(t *testing.T) {
	p, h := welcomed()
	sent := len(h.sent)
	shelf(p).BringIn("import")
	if len(h.sent) != sent {
		t.Error("without files it imports something")
	}
	h.chosen = []string{"llama/config.json", "llama/model.safetensors"}
	shelf(p).BringIn("import")
	if c := last[*protocol.Import](t, h); !reflect.DeepEqual(c.Names, h.chosen) || c.Agreed {
		t.Errorf("it sends %+v", c)
	}
	has(t, draw(t, p), "Reading the model…")
	p.Apply(&protocol.Needs{Reply: to(h.asked()), Name: "llama", Parameters: 135_000_000, Bytes: 540e6})
	has(t, draw(t, p), "Opening “llama” (135,000,000 weights) needs about 540 MB of memory", ">Open it<", ">Leave it<")
	shelf(p).Agree()
	if c := last[*protocol.Import](t, h); !reflect.DeepEqual(c.Names, h.chosen) || !c.Agreed {
		t.Errorf("agreed, it sends %+v", c)
	}
	p.Apply(&protocol.Problem{Reply: to(h.asked()), Code: protocol.ModelUnsupported, Detail: "it has experts"})
	if html := draw(t, p); strings.Contains(html, "Reading the model…") || !strings.Contains(html, "cannot run (it has experts)") {
		t.Error("it does not say why the model is refused")
	}
	shelf(p).BringIn("import") // and what its tokenizer left out is said
	for _, e := range []protocol.Event{&protocol.State{State: "idle"}, &protocol.Shelf{Left: -1, Open: "x"},
		&protocol.Problem{Reply: to(h.asked()), Code: protocol.ModelNotes, Detail: "tokens were left out ([PAD])"}, &protocol.Shelf{Left: -1, Open: "x"}} {
		p.Apply(e)
	}
	has(t, draw(t, p), "was left out, or taken otherwise (tokens were left out ([PAD]))")
	p.Apply(&protocol.Needs{Name: "llama"})
	sent = len(h.sent)
	shelf(p).Decline()
	if html := draw(t, p); len(h.sent) != sent || strings.Contains(html, "Opening “llama”") {
		t.Error("the question stays after it was answered")
	}
}

func TestWhichFilesAreAModel(t *testing.T) {
	for want, names := range map[bool][][]string{
		true:  {{"a.gguf"}, {"a.ZIP"}, {"m/README.md", "m/model.safetensors"}, {"config.json"}},
		false: {{"a.txt"}, {"a"}, {"a.csv"}, {"a.txt", "b.txt"}, {"x.gguf.txt"}},
	} {
		for _, n := range names {
			if AreModel(n) != want {
				t.Errorf("%v: want %v", n, want)
			}
		}
	}
}

func TestKeepForGood(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()[:1], Used: 4.4e9, Left: -1})
	has(t, draw(t, p), "12 MB kept here. The browser may clear")
	shelf(p).KeepForGood()
	if !h.persist {
		t.Error("the browser is not asked")
	}
	p.Persisted(false)
	has(t, draw(t, p), "has not promised")
	p.Persisted(true)
	if html := draw(t, p); !strings.Contains(html, "The browser has promised to keep it.") || shelf(p).canPersist() {
		t.Error("the promise is not told, or is asked for again")
	}
}
