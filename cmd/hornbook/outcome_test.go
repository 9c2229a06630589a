package main

import (
	"fmt"
	"strings"
	"testing"
)

// rows are what a card says of a run: the values of its rows, by their keys.
func (p *tab) row(card, key string) string {
	p.Helper()
	return p.js(fmt.Sprintf(`document.querySelector('%s [data-row=%q] .value')?.textContent ?? ""`, card, key))
}

// A run says at its end what it cost and gained, and what its model wrote before and
// after; a student learns from the page's own model, and its twin without, and the two
// stand side by side in My models. axe-core finds nothing wrong with it.
func TestOutcome(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.upload("mine.txt", tales)
	p.until("the text is taken", `document.getElementById("text-facts")?.textContent.includes("characters")`)
	p.at("distill")
	p.choose("Size of the student", "eighth")
	p.fill("Steps", "12")
	p.trains()
	p.until("its card is there", `document.querySelectorAll("#outcome .side").length === 1`)
	for _, key := range []string{"tokens", "flops", "time", "energy", "money", "deepseek", "val_loss", "agreement"} {
		if p.row("#outcome", key) == "" {
			t.Errorf("the card lacks %s", key)
		}
	}
	if tokens, loss := p.row("#outcome", "tokens"), p.row("#outcome", "val_loss"); tokens != "12,288" || !strings.Contains(loss, " → ") {
		t.Errorf("it learned from %s tokens, its loss %s", tokens, loss)
	}
	p.until("it has gone on with beginnings", `document.querySelectorAll("#outcome .answers li").length === 4 && document.querySelectorAll("#outcome .saying").length === 8`)
	p.press("Train its twin too")
	p.state("training")
	p.state("done")
	p.until("the twins are compared", `document.getElementById("twin-says")`)
	p.press("Lay the two side by side")
	p.until("they stand side by side", `document.querySelectorAll("#sides .side").length === 2`)
	if student, twin := p.row("#sides .side:nth-child(1)", "agreement"), p.row("#sides .side:nth-child(2)", "agreement"); !strings.Contains(student, "→") || twin != "–" {
		t.Errorf("the student agrees with its teacher %q, the twin %q", student, twin)
	}
	p.accessible("the two side by side")
	p.at("distill")
	p.accessible("the student's card")
	p.quiet()
}
