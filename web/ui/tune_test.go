package ui

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// taught is a page whose own model learns a text of 20 kB.
func taught(method string) (*Page, *paper) {
	p, h := welcomed()
	p.Apply(&protocol.Text{Source: "upload", Name: "letters.txt", Preview: "Dear Ada, how are you?"})
	p.Apply(&protocol.Fit{Tokens: 5000, BytesPerToken: 4, Unknown: 3, Missing: []string{"ß", "\t"}, Advice: protocol.TuneShort})
	tune(p).ChooseMethod(method)
	return p, h
}

func TestDraftOfTrainingFurther(t *testing.T) {
	for method, fields := range map[string][]string{
		recipe.Full: {"Steps", "Measure forgetting on"}, recipe.Last: {"Last layers"}, recipe.Lora: {"LoRA rank", "LoRA alpha"},
	} {
		p, h := taught(method)
		html := drawAt(t, p, "finetune")
		has(t, html, fields...)
		if strings.Contains(html, ">Channels<") {
			t.Errorf("%s: the shape of a finished model can be edited", method)
		}
		tune(p).Set("steps", "77")
		tune(p).Set("old", "own")
		tune(p).Train()
		c := last[*protocol.Train](t, h)
		want := recipe.FineTune(p.Model.Recipe, method, 5000)
		want.Steps, want.Tuning.Old = 77, "own"
		if c.Recipe != want || c.Name != "base › letters.txt" {
			t.Errorf("%s: it sends %+v, want %+v", method, c, want)
		}
	}
}

func TestMoreNumbersOfAnAdapter(t *testing.T) {
	p, h := taught(recipe.Lora)
	tune(p).More = true
	has(t, drawAt(t, p, "finetune"), "Patience", "LoRA dropout", `id="n-lora_targets"`, `inputmode="text"`)
	tune(p).Set("lora_targets", "query,value")
	tune(p).Set("lora_dropout", "0.1")
	tune(p).Train()
	if l := last[*protocol.Train](t, h).Recipe.Tuning.LoRA; l.Targets != "query,value" || l.Dropout != 0.1 {
		t.Errorf("it sends %+v", l)
	}
	tune(p).Set("lora_rank", "many")
	sent := len(h.sent)
	tune(p).Train()
	if len(h.sent) != sent || p.Problems["finetune"].Key != "lora_rank" || h.focused != "n-lora_rank" {
		t.Errorf("a word for a rank: %v, the focus is on %q", p.Problems, h.focused)
	}
	has(t, drawAt(t, p, "finetune"), `aria-invalid="true"`)
	tune(p).Set("lora_rank", "4")
	if p.Problems["finetune"] != nil {
		t.Error("what was mended is still wrong")
	}
}

// A new model and the open one have drafts of their own.
func TestDraftsOfTheirOwn(t *testing.T) {
	p, h := welcomed()
	pre(p).Set("steps", "33")
	tune(p).ChooseMethod(recipe.Lora)
	tune(p).Set("steps", "44")
	if r, _ := pre(p).Recipe(); r.Method() != recipe.Pretrain || r.Steps != 33 {
		t.Errorf("a new model would be trained by %+v", r)
	}
	tune(p).Train()
	if r := last[*protocol.Train](t, h).Recipe; r.Method() != recipe.Lora || r.Steps != 44 {
		t.Errorf("the open model is trained by %+v", r)
	}
	q, _ := opened()
	html := drawAt(t, q, "finetune")
	has(t, html, english.Say("blocked_model"))
	if tune(q).canTrain() || tune(q).Stand().How != "blocked" {
		t.Error("without a model it can be trained further")
	}
}

// The steps follow the text as the open model cuts it, and what was typed stays
// for the text; another model that is opened begins anew.
func TestDraftFollowsTextAndModel(t *testing.T) {
	p, _ := taught(recipe.Full)
	tune(p).Set("batch", "2")
	p.Apply(&protocol.Fit{Tokens: 100_000})
	if r, _ := tune(p).Recipe(); r.Steps != recipe.FineTune(p.Model.Recipe, recipe.Full, 100_000).Steps || r.Batch != 2 {
		t.Errorf("%d steps of %d", r.Steps, r.Batch)
	}
	other := p.Model.Recipe
	other.Model.Context = 512
	p.Apply(&protocol.Model{ModelID: "c", Name: "other", Recipe: other})
	r, _ := tune(p).Recipe()
	if r.Model.Context != 512 || r.Batch != 1 || r.Tuning.Old != "own" {
		t.Errorf("of another model it drafts %+v", r)
	}
}

// A text can be learned by a new model or by the open one; the button says
// which.
func TestWhoLearns(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Text{Source: "upload", Name: "letters.txt", Preview: "Dear Ada"})
	text := of[*Text](p)
	has(t, drawAt(t, p, "text"), "a new model on letters.txt")
	text.ChooseTeach(true)
	if html := drawAt(t, p, "text"); strings.Contains(html, "cuts this text") {
		t.Error("what the model made of the last text stays")
	}
	p.Apply(&protocol.Fit{Tokens: 5000, BytesPerToken: 4, Unknown: 3, Missing: []string{"ß", "\t"}, Advice: protocol.TuneShort})
	has(t, drawAt(t, p, "text"), "cuts this text into 5,000 tokens, 4.00 bytes each.", "lacks 3 characters of this text, which are left out: ß  ⇥", "This is little text",
		"“This page’s own model” further on letters.txt")
	text.Train()
	if r := last[*protocol.Train](t, h).Recipe; r.Method() != recipe.Full || p.Open != "finetune" {
		t.Errorf("it trains by %q at %q", r.Method(), p.Open)
	}
	text.ChooseTeach(false)
	text.Train()
	if r := last[*protocol.Train](t, h).Recipe; r.Method() != recipe.Pretrain || p.Open != "pretrain" {
		t.Errorf("it trains by %q at %q", r.Method(), p.Open)
	}
}

// tuned is a page on which a model was trained further.
func tuned() (*Page, *paper) {
	p, h := taught(recipe.Full)
	r, _ := tune(p).Recipe()
	for _, e := range []protocol.Event{
		&protocol.State{State: "preparing"},
		&protocol.Model{ModelID: "n", Name: "base, taught", From: "base", Before: true, Old: "village", Recipe: r, Text: "letters.txt", Parameters: 1000, Trained: 1000},
		&protocol.State{State: "training"},
		evaluated(0, 4.4, 0.64, true),
	} {
		p.Apply(e)
	}
	return p, h
}

func TestPictureOfLearningAndForgetting(t *testing.T) {
	p, _ := tuned()
	has(t, draw(t, p), "The first measurement is the model as it was.")
	for _, e := range []protocol.Event{
		evaluated(20, 3.2, 1.06, true), evaluated(40, 3.3, 1.4, false),
		&protocol.State{State: "done", Reason: protocol.StoppedEarly},
	} {
		p.Apply(e)
	}
	picture := tune(p).Picture()
	series, marks := picture.Series, picture.Marks
	if len(series) != 2 || series[0].Values[2] != 3.3 || series[1].Values[1] != 1.06 || series[0].Colour == series[1].Colour {
		t.Errorf("the curves are %+v", series)
	}
	if len(marks) != 2 || marks[0].Step != 0 || marks[1].Step != 20 {
		t.Errorf("the marks are %+v", marks)
	}
	has(t, draw(t, p), "Learning and forgetting", "The training stopped early", "It has learned 1.2 nats of your text and forgotten 0.4 of the old.",
		"on your text (letters.txt)", "on text like the old (Village Tales)", ">4.40<", ">3.20<", ">−1.20<", ">0.64<", ">1.06<", ">+0.42<")
	tune(p).AsTable = true
	has(t, draw(t, p), ">Loss on the old text<", ">1.40<")
}

// Where nothing was better than the beginning, the beginning was kept.
func TestNothingLearned(t *testing.T) {
	p, _ := tuned()
	p.Apply(evaluated(20, 4.9, 0.9, false))
	has(t, draw(t, p), "It has become worse on your text by 0.5 nats and forgotten 0.3 of the old.")
	p.Apply(&protocol.State{State: "done", Reason: protocol.StoppedEarly})
	has(t, draw(t, p), "It has learned nothing of your text so far and forgotten nothing of the old.")
}

func TestPictureWithoutTheOldText(t *testing.T) {
	p, _ := tuned()
	p.Evals[0] = evaluated(0, 4.4, 0, true).Measurement
	p.Apply(evaluated(20, 3.2, 0, true))
	if series := tune(p).Picture().Series; len(series) != 1 {
		t.Errorf("%d curves", len(series))
	}
	has(t, draw(t, p), "It has learned 1.2 nats of your text. What it has forgotten was not measured.")
}

func TestPictureOfANewModel(t *testing.T) {
	p, _ := trained()
	picture := pre(p).Picture()
	series, marks := picture.Series, picture.Marks
	if len(series) != 3 || len(series[0].Steps) != 1 || series[1].Values[0] != 4 || series[2].Style != "rule" || marks != nil {
		t.Errorf("the picture is %+v, %+v", series, marks)
	}
	if loss := series[2].Values[0]; math.Abs(loss-math.Log(40)) > 1e-9 {
		t.Errorf("guessing among 40 costs %v", loss)
	}
}

// Both models write from the same prompt and seed, one after the other.
func TestBeforeAndAfter(t *testing.T) {
	p, h := tuned()
	trying(p).Generate()
	now := last[*protocol.Generate](t, h)
	p.Apply(&protocol.Writing{Reply: to(now.ID), Tokens: []protocol.Choice{{Text: " new"}}})
	p.Apply(&protocol.Generated{Reply: to(now.ID), Tokens: 1})
	former := last[*protocol.Generate](t, h)
	if want := *now; former.ID == now.ID || former.By != protocol.Before {
		t.Fatalf("the model before is asked for %+v", former)
	} else if want.ID, want.By = former.ID, protocol.Before; !reflect.DeepEqual(*former, want) {
		t.Errorf("the model before is asked for %+v, the other for %+v", former, now)
	}
	if !trying(p).IsWriting() {
		t.Error("while the model before writes, nobody seems to")
	}
	p.Apply(&protocol.Writing{Reply: to(former.ID), Tokens: []protocol.Choice{{Text: " old"}}})
	p.Apply(&protocol.Generated{Reply: to(former.ID), Tokens: 1})
	if trying(p).Now.Text() != " new" || trying(p).Former.Text() != " old" || trying(p).IsWriting() {
		t.Errorf("they wrote %q and %q", trying(p).Now.Text(), trying(p).Former.Text())
	}
	has(t, draw(t, p), `aria-label="Completion"`, `aria-label="Completion before"`)

	sent := len(h.sent)
	trying(p).Beside = ""
	trying(p).Generate()
	p.Apply(&protocol.Generated{Reply: to(last[*protocol.Generate](t, h).ID)})
	if len(h.sent) != sent+1 || trying(p).Former.ID != 0 {
		t.Error("one alone is wanted, and both write")
	}
}

func TestCancelledOrRefusedWritingIsNotFollowed(t *testing.T) {
	p, h := tuned()
	trying(p).Generate()
	c := last[*protocol.Generate](t, h)
	p.Apply(&protocol.Generated{Reply: to(c.ID), Cancelled: true})
	if last[*protocol.Generate](t, h) != c {
		t.Error("after a cancel the model before writes")
	}
	trying(p).Generate()
	c = last[*protocol.Generate](t, h)
	p.Apply(&protocol.Problem{Code: protocol.NoModel, Reply: to(c.ID)})
	if trying(p).IsWriting() || last[*protocol.Generate](t, h) != c {
		t.Error("after a problem somebody still seems to write")
	}
}

func TestAdapter(t *testing.T) {
	p, h := tuned()
	if html := draw(t, p); !strings.Contains(html, `class="buttons acts" hidden`) {
		t.Error("without an adapter there is a switch for it")
	}
	p.Apply(&protocol.State{State: "done"})
	p.Apply(&protocol.Adapted{Has: true, On: true})
	has(t, draw(t, p), "Write with the adapter", "Make it part of the model")
	trying(p).Adapt(false)
	if last[*protocol.Adapt](t, h).On {
		t.Error("the adapter is not switched off")
	}
	asked := last[*protocol.Predict](t, h).ID
	p.Apply(&protocol.Adapted{Has: true})
	if last[*protocol.Predict](t, h).ID == asked {
		t.Error("the predictions are those with the adapter still")
	}
	trying(p).Merge()
	last[*protocol.Merge](t, h)
}
