package main

import "testing"

// In the browser: a model of DeepSeek's form is taught and looked into; what there is to
// see can be used by all, and the page that explains it comes when it is asked for.
func TestInside(t *testing.T) {
	p := openTab(t)
	p.at("pretrain")
	p.choose("Preset", "deepseek")
	p.fill("Steps", "4")
	p.trains()
	p.at("inside")
	p.until("words have experts, and these their loads", `document.querySelectorAll(".taken li .id").length > 5 && document.querySelectorAll("#loads rect").length === 64`)
	p.press("Write both ways")
	p.until("it has written", `document.getElementById("drafts-say")?.textContent.includes("guesses")`)
	p.press("How this works, and the story behind it")
	p.until("the story is there", `document.querySelectorAll("#story h4").length > 3`)
	p.press("Show as table")
	p.accessibleIn(`{include: ["main"]}`, "inside")
	p.quiet()
}
