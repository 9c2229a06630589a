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
		trying(q).Sampling["temperature"] != "0" || of[*Text](q).Source != "opticks" || tune(q).Draft.Fields["lora_rank"] != "2" || tune(q).Method() != "lora" {
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
	has(t, drawAt(t, p, "try"), "This link sets up an experiment", "Preset: quick", "Pre-train, Steps: 44")
	p.SetUp()
	if pre(p).Draft.Base.Preset != "quick" || pre(p).Draft.Fields["steps"] != "44" || trying(p).Sampling["top_k"] != "3" || trying(p).Sampling["temperature"] != "" {
		t.Errorf("it is set up as %s", p.Address())
	}
	has(t, drawAt(t, p, "try"), "left out: colour, Pre-train, Batch, Pre-train, Context, Temperature, Text")
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
