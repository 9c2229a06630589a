package ui

import (
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
	p.ChooseMethod(method)
	return p, h
}

func TestDraftOfTrainingFurther(t *testing.T) {
	for method, fields := range map[string][]string{
		recipe.Full: {"Steps", "Measure forgetting on"}, recipe.Last: {"Last layers"}, recipe.Lora: {"LoRA rank", "LoRA alpha"},
	} {
		p, h := taught(method)
		html := draw(t, p)
		has(t, html, fields...)
		if strings.Contains(html, ">Channels<") {
			t.Errorf("%s: the shape of a finished model can be edited", method)
		}
		p.Draft.Set("steps", "77")
		p.Draft.Set("old", "own")
		p.Train()
		r := last[*protocol.Train](t, h).Recipe
		want := recipe.FineTune(p.Model.Recipe, method, 5000)
		want.Steps, want.Tuning.Old = 77, "own"
		if r != want {
			t.Errorf("%s: it sends %+v, want %+v", method, r, want)
		}
	}
}

func TestMoreNumbersOfAnAdapter(t *testing.T) {
	p, h := taught(recipe.Lora)
	p.More = true
	has(t, draw(t, p), "Patience", "LoRA dropout", `id="n-lora_targets"`, `inputmode="text"`)
	p.Draft.Set("lora_targets", "query,value")
	p.Draft.Set("lora_dropout", "0.1")
	p.Train()
	if l := last[*protocol.Train](t, h).Recipe.Tuning.LoRA; l.Targets != "query,value" || l.Dropout != 0.1 {
		t.Errorf("it sends %+v", l)
	}
	p.Draft.Set("lora_rank", "many")
	sent := len(h.sent)
	p.Train()
	if len(h.sent) != sent || p.Problems[TrainStation].Key != "lora_rank" {
		t.Errorf("a word for a rank: %v", p.Problems)
	}
}

// A person who has changed their mind finds the draft of a new model again;
// choosing a preset means a new model too.
func TestBackToANewModel(t *testing.T) {
	p, h := welcomed()
	p.Draft.Set("steps", "33")
	p.ChooseMethod(recipe.Full)
	p.ChooseMethod(recipe.Lora)
	p.ChooseMethod(recipe.Pretrain)
	if r, _ := p.Recipe(); r.Method() != recipe.Pretrain || r.Steps != 33 || p.method() != recipe.Pretrain {
		t.Errorf("it would train %+v", r)
	}
	p.ChooseMethod(recipe.Full)
	p.ChoosePreset("tiny")
	p.Train()
	if r := last[*protocol.Train](t, h).Recipe; r.Method() != recipe.Pretrain || r.Preset != "tiny" {
		t.Errorf("after choosing a preset it trains %q by %q", r.Preset, r.Method())
	}
	q, _ := opened()
	q.ChooseMethod(recipe.Full)
	if q.Draft.Tuning() || q.Problems[TryStation] == nil {
		t.Errorf("without a model it can be trained further; problems %v", q.Problems)
	}
}

// The steps follow the text as the open model cuts it, and another model that
// is opened; what a person typed stays for the text.
func TestDraftFollowsTextAndModel(t *testing.T) {
	p, _ := taught(recipe.Full)
	p.Draft.Set("batch", "2")
	p.Apply(&protocol.Fit{Tokens: 100_000})
	if r, _ := p.Recipe(); r.Steps != recipe.FineTune(p.Model.Recipe, recipe.Full, 100_000).Steps || r.Batch != 2 {
		t.Errorf("%d steps of %d", r.Steps, r.Batch)
	}
	other := p.Model.Recipe
	other.Model.Context = 512
	p.Apply(&protocol.Model{ModelID: "c", Name: "other", Recipe: other})
	r, _ := p.Recipe()
	if r.Model.Context != 512 || r.Batch != 1 || r.Tuning.Old != "own" {
		t.Errorf("of another model it drafts %+v", r)
	}
}

func TestFitIsShown(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Text{Source: "upload", Name: "letters.txt", Preview: "Dear Ada"})
	if html := draw(t, p); strings.Contains(html, "cuts this text") {
		t.Error("what the model made of the last text stays")
	}
	p.Apply(&protocol.Fit{Tokens: 5000, BytesPerToken: 4, Unknown: 3, Missing: []string{"ß", "\t"}, Advice: protocol.TuneShort})
	has(t, draw(t, p), "cuts this text into 5,000 tokens, 4.00 bytes each.", "lacks 3 characters of this text, which are left out: ß  ⇥", "This is little text", "Teach the open model this text")
	p.Teach()
	if p.method() != recipe.Full || h.shown[len(h.shown)-1] != TrainStation {
		t.Errorf("it drafts %q and shows %v", p.method(), h.shown)
	}
	has(t, draw(t, p), "Press Train to teach “This page’s own model” this text.")
}

func TestTeachBeforeThereIsAnOwnText(t *testing.T) {
	p, h := welcomed()
	has(t, draw(t, p), ">Teach this model your text<")
	p.Teach()
	if h.shown[len(h.shown)-1] != TextStation {
		t.Errorf("it shows %v", h.shown)
	}
	has(t, draw(t, p), "Now choose the text")
}

// tuned is a page on which a model was trained further.
func tuned() (*Page, *paper) {
	p, h := taught(recipe.Full)
	r, _ := p.Recipe()
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
	series, marks := p.Picture()
	if len(series) != 2 || series[0].Values[2] != 3.3 || series[1].Values[1] != 1.06 || series[0].Colour == series[1].Colour {
		t.Errorf("the curves are %+v", series)
	}
	if len(marks) != 2 || marks[0].Step != 0 || marks[1].Step != 20 {
		t.Errorf("the marks are %+v", marks)
	}
	has(t, draw(t, p), "Learning and forgetting", "The training stopped early", "It has learned 1.2 nats of your text and forgotten 0.4 of the old.",
		"on your text (letters.txt)", "on text like the old (Village Tales)", ">4.40<", ">3.20<", ">−1.20<", ">0.64<", ">1.06<", ">+0.42<")
	p.AsTable = true
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
	if series, _ := p.Picture(); len(series) != 1 {
		t.Errorf("%d curves", len(series))
	}
	has(t, draw(t, p), "It has learned 1.2 nats of your text. What it has forgotten was not measured.")
}

func TestPictureOfANewModel(t *testing.T) {
	p, _ := trained()
	series, marks := p.Picture()
	if len(series) != 2 || len(series[0].Steps) != 1 || series[1].Values[0] != 4 || marks != nil {
		t.Errorf("the picture is %+v, %+v", series, marks)
	}
}

// Both models write from the same prompt and seed, one after the other.
func TestBeforeAndAfter(t *testing.T) {
	p, h := tuned()
	p.Generate()
	now := last[*protocol.Generate](t, h)
	p.Apply(&protocol.Writing{Reply: to(now.ID), Tokens: []protocol.Choice{{Text: " new"}}})
	p.Apply(&protocol.Generated{Reply: to(now.ID), Tokens: 1})
	former := last[*protocol.Generate](t, h)
	if want := *now; former.ID == now.ID || !former.Before {
		t.Fatalf("the model before is asked for %+v", former)
	} else if want.ID, want.Before = former.ID, true; !reflect.DeepEqual(*former, want) {
		t.Errorf("the model before is asked for %+v, the other for %+v", former, now)
	}
	if !p.IsWriting() {
		t.Error("while the model before writes, nobody seems to")
	}
	p.Apply(&protocol.Writing{Reply: to(former.ID), Tokens: []protocol.Choice{{Text: " old"}}})
	p.Apply(&protocol.Generated{Reply: to(former.ID), Tokens: 1})
	if p.Now.Text() != " new" || p.Former.Text() != " old" || p.IsWriting() {
		t.Errorf("they wrote %q and %q", p.Now.Text(), p.Former.Text())
	}
	has(t, draw(t, p), `aria-label="Completion"`, `aria-label="Completion before"`)

	sent := len(h.sent)
	p.Both = false
	p.Generate()
	p.Apply(&protocol.Generated{Reply: to(last[*protocol.Generate](t, h).ID)})
	if len(h.sent) != sent+1 || p.Former.ID != 0 {
		t.Error("one alone is wanted, and both write")
	}
}

func TestCancelledOrRefusedWritingIsNotFollowed(t *testing.T) {
	p, h := tuned()
	p.Generate()
	c := last[*protocol.Generate](t, h)
	p.Apply(&protocol.Generated{Reply: to(c.ID), Cancelled: true})
	if last[*protocol.Generate](t, h) != c {
		t.Error("after a cancel the model before writes")
	}
	p.Generate()
	c = last[*protocol.Generate](t, h)
	p.Apply(&protocol.Problem{Code: protocol.NoModel, Reply: to(c.ID)})
	if p.IsWriting() || last[*protocol.Generate](t, h) != c {
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
	p.Adapt(false)
	if last[*protocol.Adapt](t, h).On {
		t.Error("the adapter is not switched off")
	}
	asked := last[*protocol.Predict](t, h).ID
	p.Apply(&protocol.Adapted{Has: true})
	if last[*protocol.Predict](t, h).ID == asked {
		t.Error("the predictions are those with the adapter still")
	}
	p.Merge()
	last[*protocol.Merge](t, h)
}
