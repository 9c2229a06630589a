package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"hornbook/web/site"
)

// A link sets up an experiment at a first visit: two clicks from it stands a
// trained model. On a page that is in use it asks first, and what nobody knows is
// said.
func TestLink(t *testing.T) {
	server := httptest.NewServer(site.Handler(builtPage(t)))
	t.Cleanup(server.Close)
	p := openTabAt(t, server.URL+"/#/pretrain?text=village&preset=tiny&pretrain.steps=40&pretrain.seed=7&prompt=Tom+had&temperature=0&colour=red")
	p.address = server.URL
	p.until("characters are tokens", charTokens)
	if fields := p.js(`["n-steps", "n-seed", "preset"].map((id) => document.getElementById(id).value).join(" ")`); fields != "40 7 tiny" {
		t.Errorf("it sets up %q", fields)
	}
	p.trains()
	p.at("try")
	p.until("the prompt is set", `document.getElementById("prompt").value === "Tom had"`)
	p.js(`navigator.clipboard.writeText = async (text) => { window.copied = text }; true`)
	p.press("Copy link")
	p.until("the link is copied", "window.copied")
	link := p.js("window.copied")
	for _, part := range []string{server.URL + "/#/try?", "pretrain.steps=40", "preset=tiny", "prompt=Tom+had", "temperature=0"} {
		if !strings.Contains(link, part) {
			t.Errorf("the link %q lacks %s", link, part)
		}
	}
	if strings.Contains(link, "here.") {
		t.Errorf("the link %q carries what is of this device", link)
	}
	p.js(`(location.hash = "/pretrain?preset=quick&pretrain.steps=9999999999&colour=red", true)`)
	p.until("it asks", `document.getElementById("asked")`)
	if steps := p.js(`document.getElementById("n-steps").value`); steps != "40" {
		t.Errorf("unasked it sets %s steps", steps)
	}
	p.press("Set it up")
	p.until("it is set up", `document.querySelector(".chip.chosen").textContent.includes("quick")`)
	p.until("what is unknown or cannot be is said", `document.getElementById("left")?.textContent.includes("colour, Pre-train, Steps")`)
	p.at("text")
	p.upload("lesson.experiment", []byte(`{"open": "pretrain", "set": {"preset": "tiny", "text": "diary.txt"}}`))
	p.until("a file asks too", `location.hash === "#/pretrain" && document.getElementById("asked")`)
	p.press("Set it up")
	p.until("it is set up, but for its text", `document.querySelector(".chip.chosen").textContent.includes("tiny") && document.getElementById("left")?.textContent.includes("diary.txt")`)
	p.at("text")
	p.upload("diary.txt", tales)
	p.until("the text is there", `document.querySelector('.stand[href="#/text"]').textContent.includes("diary.txt") && !document.getElementById("left")`)
	p.choose("Sample text", "opticks")
	p.until("another replaces it", `document.getElementById("text-former")`)
	p.press("Take it back")
	p.until("it is back", `document.querySelector('.stand[href="#/text"]').textContent.includes("diary.txt") && !document.getElementById("text-former")`)
	p.quiet()
}

// Who leaves a page on which a model trains is asked; one that is paused goes on
// later.
func TestLeaving(t *testing.T) {
	p := openTab(t)
	asks := `(() => { const leaving = new Event("beforeunload", { cancelable: true }); dispatchEvent(leaving); return leaving.defaultPrevented })()`
	if p.js(asks) != "false" {
		t.Error("a page that does nothing asks")
	}
	p.tiny()
	p.fill("Steps", "100000")
	p.press("Train")
	p.beyond(3)
	if p.js(asks) != "true" {
		t.Error("a page that trains does not ask")
	}
	p.press("Pause")
	p.state("paused")
	if p.js(asks) != "false" {
		t.Error("a page that is paused asks")
	}
	p.quiet()
}
