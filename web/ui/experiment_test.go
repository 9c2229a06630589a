package ui

import (
	"maps"
	"strings"
	"testing"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// What is set on a page is set on another one that opens its address.
func TestExperimentTravels(t *testing.T) {
	p, h := welcomed()
	of[*Text](p).ChooseSample("opticks")
	pre(p).ChoosePreset("tiny")
	pre(p).Set("steps", "77")
	tune(p).ChooseMethod("lora")
	tune(p).Set("lora_rank", "2")
	trying(p).TypePrompt("A day & a night = 1 % more + 語")
	trying(p).SetSampling("temperature", "0")
	trying(p).ShowEnd = true
	p.Go("pretrain")
	p.CopyLink()
	address := h.copied
	if !strings.HasPrefix(address, "#/pretrain?") || strings.ContainsAny(address, " <>\"語") {
		t.Errorf("the address is %q", address)
	}
	q, asked := NewPage(&paper{}, "de"), &paper{}
	q.Host = asked
	q.Addressed(address, true)
	q.Apply(ready())
	if q.Open != "pretrain" || pre(q).Draft.Base.Preset != "tiny" || pre(q).Draft.Fields["steps"] != "77" || trying(q).Prompt != "A day & a night = 1 % more + 語" ||
		trying(q).Sampling["temperature"] != "0" || !trying(q).ShowEnd || of[*Text](q).Source != "opticks" || tune(q).Draft.Fields["lora_rank"] != "2" || tune(q).Method() != "lora" {
		t.Errorf("the other page is set up as %s", q.Address())
	}
	if got, want := q.Address(), address; got != want {
		t.Errorf("its address is %q, want %q", got, want)
	}
}

func ready() *protocol.Ready {
	p, _ := opened()
	return &p.Ready
}

// An address that is opened on a page that is in use asks first; what nobody
// knows, or cannot be, is said and left out.
func TestAddressAsksFirst(t *testing.T) {
	p, h := welcomed()
	pre(p).Set("steps", "33")
	sent := len(h.sent)
	p.Addressed("#/try?preset=quick&pretrain.steps=44&temperature=hot&top_k=3&pretrain.batch=many&pretrain.context=100000&colour=red&text=../secret", false)
	if p.Open != "try" || len(h.sent) != sent || pre(p).Draft.Fields["steps"] != "33" {
		t.Error("it is set up unasked")
	}
	has(t, drawAt(t, p, "try"), "This sets up an experiment", "Preset: quick", "Pre-train, Steps: 44")
	p.SetUp()
	if pre(p).Draft.Base.Preset != "quick" || pre(p).Draft.Fields["steps"] != "44" || trying(p).Sampling["top_k"] != "3" || trying(p).Sampling["temperature"] != "" {
		t.Errorf("it is set up as %s", p.Address())
	}
	has(t, drawAt(t, p, "try"), "left out: colour, Pre-train, Batch, Pre-train, Context, Temperature.", "Its text, ../secret, does not travel along")
	p.LeaveAsked()
	if html := drawAt(t, p, "try"); strings.Contains(html, "left out:") {
		t.Error("what was left out stays")
	}
	p.Addressed("#/try?steps=1", false)
	p.LeaveAsked()
	if pre(p).Draft.Fields["steps"] != "44" {
		t.Error("what was left changes something")
	}
}

// What nobody knows is said at a first visit too; what an older page remembered is
// not.
func TestUnknownAtFirst(t *testing.T) {
	p := NewPage(&paper{}, "en")
	p.Addressed("#/try?colour=red&prompt=Tom", true)
	p.Apply(ready())
	has(t, drawAt(t, p, "try"), "left out: colour.")
	p = NewPage(&paper{}, "en")
	p.Remembered(Experiment{"prompt": "Tom", "here.text": "diary.txt"})
	p.Apply(ready())
	if says := p.leftSays(); says != "" || trying(p).Prompt != "Tom" {
		t.Errorf("it says %q", says)
	}
}

// What is set is set on another page that opens its file: after a question, and
// with the text of one's own, once that is there.
func TestExperimentFile(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Text{Source: "upload", Name: "diary.txt", Hash: "abc"})
	pre(p).ChoosePreset("tiny")
	p.Go("pretrain")
	p.SaveExperiment()
	if !IsExperiment(h.savedAs) || strings.Contains(h.saved, "abc") {
		t.Errorf("%s holds %s", h.savedAs, h.saved)
	}
	q, _ := welcomed()
	q.OpenExperiment("lesson.experiment", h.saved)
	if q.Open != "pretrain" || pre(q).Draft.Base.Preset == "tiny" {
		t.Errorf("at %s it is set up as %s", q.Open, q.Address())
	}
	q.SetUp()
	if pre(q).Draft.Base.Preset != "tiny" {
		t.Errorf("it is set up as %s", q.Address())
	}
	has(t, draw(t, q), "Its text, diary.txt, does not travel along")
	q.Apply(&protocol.Text{Source: "upload", Name: "diary.txt", Hash: "abc"})
	if q.leftSays() != "" {
		t.Errorf("the text is there: %s", q.leftSays())
	}
	for _, bad := range []string{"", "{", "[]", `{"open":"try"}`, `{"open":"try","set":{"steps":5}}`, `{"set":{"steps":"5","x":"` + strings.Repeat("x", mostAddress) + `"}}`} {
		q, _ := welcomed()
		q.OpenExperiment("lesson.experiment", bad)
		has(t, drawAt(t, q, "text"), "“lesson.experiment” holds no experiment")
	}
}

// A text of one's own that another has replaced can be taken back.
func TestTextBack(t *testing.T) {
	p, h := welcomed()
	give := func(name, hash string) { p.Apply(&protocol.Text{Source: "upload", Name: name, Hash: hash}) }
	give("diary.txt", "abc")
	if html := drawAt(t, p, "text"); strings.Contains(html, "was here before") {
		t.Error("nothing was replaced")
	}
	p.Apply(&protocol.Text{Source: "sample", Name: "opticks"})
	has(t, drawAt(t, p, "text"), "diary.txt was here before.")
	of[*Text](p).TakeBack()
	if c := last[*protocol.SetText](t, h); c.Source != "kept" || c.Hash != "abc" || c.Name != "diary.txt" {
		t.Errorf("it asks for %+v", c)
	}
	give("diary.txt", "abc")
	if html := drawAt(t, p, "text"); strings.Contains(html, "was here before") {
		t.Error("it is back")
	}
	give("letters.txt", "def")
	has(t, drawAt(t, p, "text"), "diary.txt was here before.")
}

// Whatever stands in an address, the page opens.
func FuzzReadAddress(f *testing.F) {
	for _, s := range []string{"", "#", "#/try", "#/try?prompt=One+day", "#/?%zz=1&a=%ff", "#/nowhere?" + strings.Repeat("x", 70_000), "#/try?a=b=c&&=&prompt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, fragment string) {
		station, x := ReadAddress(fragment)
		_, again := ReadAddress("#/" + strings.ReplaceAll(station, "?", "") + "?" + x.String())
		if len(x.String()) <= mostAddress && !maps.Equal(x, again) {
			t.Errorf("%q is read as %v, written and read again as %v", fragment, x, again)
		}
		p, _ := opened()
		p.Addressed(fragment, false)
		p.SetUp()
		drawAt(t, p, p.Open)
	})
}

// Each language has its own words, numbers and direction, chosen while the page
// is open.
func TestLanguages(t *testing.T) {
	p, h := trained()
	for _, language := range wording.Languages {
		p.ChooseLanguage(language)
		html := draw(t, p)
		has(t, html, wording.New(language).Say("station_pretrain"), wording.New(language).Say("train"))
		if h.language != language || h.rightToLeft != (language == "ar") {
			t.Errorf("the browser is told %q, right to left %v", h.language, h.rightToLeft)
		}
	}
}
