package main

import (
	"fmt"
	"testing"
)

// The page's own model is taught to answer by one of the tasks, and is talked
// with: what was said stands above what is said next. axe-core finds nothing
// wrong with a conversation, in any look.
func TestTeachToAnswer(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.at("chat")
	taken := func(task string) {
		p.until("the conversations are taken", fmt.Sprintf(`document.querySelector('.stand[href="#/text"]').textContent.includes(%q)`, task))
	}
	p.choose("Conversations", "sums")
	taken("Sums")
	p.fill("Steps", "60")
	p.press("Train")
	p.state("training")
	p.state("done")
	run := `document.getElementById("run").dataset`
	if got := p.js(run + `.objective`); got != "sft" {
		t.Errorf("the objective is %q", got)
	}
	for _, measure := range []string{"TrainLoss", "ValLoss", "OldLoss", "Exact"} {
		if got := p.js(fmt.Sprintf(`String(Number.isFinite(Number.parseFloat(%s.measure%s)))`, run, measure)); got != "true" {
			t.Errorf("the measure %s is no number", measure)
		}
	}
	p.at("try")
	for turn, says := range []string{"What is 2 plus 3?", "What is 4 plus 1?"} {
		p.fill("Prompt", says)
		p.press("Generate")
		p.until("it has answered, below what was said before", fmt.Sprintf(`document.querySelectorAll("#talk p").length === %d &&
			document.getElementById("picked").textContent.includes("a second")`, 2*turn+1))
	}
	p.named("region", "Conversation", `(e) => e.id`)
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {1280, "dark"}, {390, "light"}} {
		p.look(look.width, 800, look.scheme)
		if found := p.axe("document"); found != "" {
			t.Errorf("%d pixels, %s:\n%s", look.width, look.scheme, found)
		}
		if width := p.js(`document.documentElement.scrollWidth`); width != fmt.Sprint(look.width) {
			t.Errorf("the page is %s pixels wide in a window of %d", width, look.width)
		}
	}
	p.press("New conversation")
	p.until("it begins anew", `document.querySelectorAll("#talk .user").length === 0`)
	p.quiet()
}
