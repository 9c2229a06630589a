package main

import (
	"os"
	"testing"
	"time"
)

// In the browser: sizes are trained one after another, and after a reload they are gone on
// with. With HORNBOOK_LADDER=whole they are trained to their end, and so is the next size:
// some minutes, of which one learns how a forecast comes out in a tab.
func TestScalingLab(t *testing.T) {
	p := openTab(t)
	open := func() {
		p.upload("mine.txt", tales)
		p.until("the text is taken", `document.getElementById("text-facts")?.textContent.includes("characters")`)
		p.at("pretrain")
		p.press("Would a larger model be better? (scaling laws)")
		p.until("its sizes are said", `document.getElementById("ladder-says")?.textContent.includes("weights")`)
	}
	open()
	p.press("Three sizes")
	p.until("one is over", `document.getElementById("ladder-progress")?.textContent.includes("Run 2 of 6")`)
	p.until("its loss stands in the table", `/^\d\.\d{3}$/.test(document.querySelector("#ladder-table td:nth-child(3)")?.textContent)`)
	p.press("Stop")
	p.state("done")
	p.reload()
	open()
	p.press("Go on with the sizes")
	p.until("it goes on", `document.getElementById("ladder-progress")?.textContent.includes("Run 2 of 6")`)
	p.accessibleIn(`{include: ["#ladder"]}`, "the scaling lab")
	if os.Getenv("HORNBOOK_LADDER") == "whole" {
		began := time.Now()
		p.until("all are over", `document.getElementById("ladder-start")?.textContent.startsWith("Train the next size")`)
		t.Logf("after %.0f s: %s", time.Since(began).Seconds(), p.js(`document.getElementById("ladder-says").textContent`))
		p.look(1280, 900, "light")
		p.press("Train the next size and see")
		p.until("it came out", `document.getElementById("ladder-says").textContent.includes("reached") && document.getElementById("ladder-says").textContent.includes("had said")`)
		t.Logf("after %.0f s: %s", time.Since(began).Seconds(), p.js(`document.getElementById("ladder-says").textContent`))
		p.look(390, 900, "dark")
	}
	p.quiet()
}
