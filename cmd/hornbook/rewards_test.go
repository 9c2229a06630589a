package main

import (
	"fmt"
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
	p.accessible("after rewards")
	p.quiet()
}

// A file of tasks of one's own: its verifier is shown by what it takes for right, the open
// model learns from it, and is examined by those that were kept back.
func TestOwnTasks(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	var tasks strings.Builder
	for i := range 60 {
		fmt.Fprintf(&tasks, `{"prompt":"What is %d and 2?","answer":"%d"}`+"\n", i, i+2)
	}
	p.upload("sums.jsonl", []byte(tasks.String()))
	p.until("the text is taken", `document.getElementById("text-facts")?.textContent.includes("characters")`)
	p.at("rewards")
	p.choose("Experiment", "")
	p.choose("Task", "")
	p.choose("What counts as right", "number")
	p.until("it says how many there are", `document.querySelector("#rewards .own").textContent.includes("Your file holds 60 tasks")`)
	p.until("the verifier is shown by what counts and what does not", `document.querySelectorAll("#rewards .own li").length === 3 && document.querySelector("#rewards .own li").textContent.includes("What is 0 and 2?")`)
	p.accessible("tasks of one's own")
	p.fill("Steps", "4")
	p.fill("Steps of examples", "3")
	p.trains()
	p.until("the questions are those that were kept back", `document.querySelector('#outcome [data-row="pass@1"] .value') && [...document.querySelectorAll("#outcome .asked")].every((q) => /What is \d+ and 2\?/.test(q.textContent))`)
	p.quiet()
}
