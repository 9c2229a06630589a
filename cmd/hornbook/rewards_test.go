package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A lab runs through the page: its chip, its curves, its tries, one update by
// numbers while it rests, the same questions through time, and what it measured
// as attributes. How much is learned is not judged.
func TestRewards(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.at("rewards")
	p.js(`(() => { [...document.querySelectorAll("#rewards .chip")].find((c) => c.textContent.includes("R1 in a minute")).click() })(); true`)
	p.until("it says what to expect", `document.querySelectorAll("#rewards .curve.ghost").length >= 4`)
	p.choose("Workers", "2")
	p.fill("Steps", "4000") // so that it is not over before it is paused
	p.fill("Steps of examples", "40")
	p.press("More numbers")
	p.fill("Questions measured first and last", "16")
	p.fill("Questions measured", "16")
	p.press("Train")
	p.until("it tries", `document.querySelectorAll("#tries .replies li").length === 8`)
	p.press("Pause")
	p.state("paused")
	p.until("an update is worked out", `document.querySelectorAll("#worked li").length >= 2`)
	p.press("Resume")
	p.until("right answers are measured", `["pass-at-1", "pass-at-8", "reward", "working"].every((m) => document.getElementById("run").hasAttribute("data-measure-" + m))`)
	p.until("the curves are drawn", `["reward", "pass@1", "pass@8", "working", "tokens"].every((name) => [...document.querySelectorAll("#rewards text.end")].some((t) => t.textContent.startsWith(name + " ")))`)
	p.press("Stop")
	p.state("done")
	if label := p.js(`document.querySelector("#rewards svg.track").getAttribute("aria-label")`); !strings.Contains(label, "pass@1") {
		t.Errorf("the picture is called %q", label)
	}
	p.until("what it cost and gained stands there", `document.querySelector('#outcome [data-row="pass@1"] .value')?.textContent.includes("→") && document.querySelectorAll("#outcome .saying").length >= 8`)
	now := p.js(`document.getElementById("answers").textContent`)
	p.named("slider", "Step to look at", `(s) => s.focus()`)
	p.keys(kb.ArrowLeft)
	p.until("it answered otherwise before", `document.getElementById("answers").textContent !== `+strconv.Quote(now))
	p.quiet()
}
