package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// One press measures the browser; the table and the copied JSON say the same, and
// axe-core finds nothing wrong with them.
func TestMeasureThisBrowser(t *testing.T) {
	p := openTab(t)
	p.js(`navigator.clipboard.writeText = async (text) => { window.copied = text }; true`)
	p.js(`window.said = { "speed-says": "", spoken: "" };
		new MutationObserver(() => { for (const id in said) said[id] += document.getElementById(id)?.textContent })
			.observe(document.body, { subtree: true, childList: true, characterData: true }); true`)
	p.at("speed")
	p.press("Measure this browser")
	p.until("it says what it measures", `said["speed-says"].includes("Measuring a training step")`)
	p.until("a screen reader hears it", `said.spoken.includes("Measuring")`)
	p.until("it has measured", `document.getElementById("speed-says").textContent.startsWith("Measured")`)
	table := p.named("table", "Milliseconds a training step (fewer is faster)", `(table) => table.id`)
	rows := p.js(`[...document.getElementById("` + table + `").rows].map((r) => [...r.cells].map((c) => c.textContent).join("|")).join("\n")`)
	own := strings.Split(strings.Split(rows, "\n")[1], "|")
	if len(own) != 4 || own[0] != "This browser, 1 worker" || own[1] == "–" || own[2] == "–" || own[3] != "–" {
		t.Errorf("the table's first line is %q", own)
	}
	if second := strings.Split(strings.Split(rows, "\n")[2], "|"); p.js(`navigator.hardwareConcurrency > 1`) == "true" && (second[0] != "This browser, 2 workers" || second[1] == "–") {
		t.Errorf("the table's second line is %q", second)
	}
	if !strings.Contains(rows, "PyTorch 1.13, 1 thread|58|15|703") {
		t.Errorf("the published numbers are not beside it: %s", rows)
	}
	p.accessible("after measuring")
	p.look(1280, 900, "light")
	p.press("Copy as JSON")
	p.until("it is copied", "window.copied")
	var copied struct {
		Cores  int
		SIMD   bool
		Fused  bool
		Peak   float64 `json:"peak_gflops"`
		Writes float64 `json:"writing_tokens_per_second"`
		Steps  []struct {
			Channels int
			Ms       struct{ Median float64 } `json:"ms_per_step"`
		}
	}
	if err := json.Unmarshal([]byte(p.js("window.copied")), &copied); err != nil {
		t.Fatalf("%s: %v", p.js("window.copied"), err)
	}
	if !copied.SIMD || copied.Cores < 1 || copied.Peak <= 0 || copied.Writes <= 0 || len(copied.Steps) < 2 ||
		copied.Steps[0].Channels != 128 || copied.Steps[0].Ms.Median <= 0 {
		t.Errorf("copied: %s", p.js("window.copied"))
	}
	if can := p.js(`WebAssembly.validate(new Uint8Array([` + relaxedModule + `]))`); can != strconv.FormatBool(copied.Fused) {
		t.Errorf("this browser fuses multiply-adds: %s; the trainer does: %v", can, copied.Fused)
	}
	p.at("pretrain")
	p.press("Train")
	p.state("training")
	p.at("speed")
	if off := p.named("button", "Measure this browser", `(b) => b.getAttribute("aria-disabled") + b.getAttribute("aria-describedby")`); off != "truespeed-says" {
		t.Errorf("while training the button is %q", off)
	}
	if says := p.js(`document.getElementById("speed-says").textContent`); !strings.Contains(says, "A training is going on") {
		t.Errorf("while training it says %q", says)
	}
	p.press("Stop")
	p.state("done")
	p.quiet()
}

// relaxedModule is a module of one function that needs relaxed SIMD.
const relaxedModule = "0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 0, 32, 0, 253, 133, 2, 11"
