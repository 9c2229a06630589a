package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"hornbook/web/headless"
)

// The page checks the graphics card, trains on it when that is wished, with the
// processor's losses, and says of SwiftShader that it is none.
func TestGPU(t *testing.T) {
	t.Parallel()
	p := openTab(t, headless.WithGPU...)
	if p.js(`navigator.gpu?.requestAdapter().then(Boolean)`) != "true" {
		missing(t, "this Chromium lends no graphics card")
	}
	p.at("speed")
	p.press("Check the graphics card")
	p.until("it is checked", `/each operation gives what the processor gives/.test(document.getElementById("gpu").textContent)`)
	p.until("it is called by its name, and no card", `/swiftshader/i.test(document.getElementById("gpu").textContent) && /no real graphics card/.test(document.getElementById("gpu").textContent)`)
	loss := map[string]float64{}
	for _, backend := range []string{"cpu", "webgpu"} {
		p.tiny()
		p.fill("Steps", cmp.Or(os.Getenv("HORNBOOK_GPU_STEPS"), "10"))
		p.fill("Batch", "1") // SwiftShader is slow
		p.choose("Workers", "1")
		p.choose("Graphics card", backend)
		p.trains()
		if got := p.js(`document.getElementById("run").dataset.backend`); got != backend {
			t.Errorf("%s is wished, %s trains", backend, got)
		}
		loss[backend], _ = strconv.ParseFloat(p.js(`document.getElementById("run").dataset.valLoss`), 64)
	}
	if off := math.Abs(loss["cpu"] - loss["webgpu"]); !(off <= 1e-3) || loss["cpu"] == 0 {
		t.Errorf("at the end the losses are %v", loss)
	}
	t.Logf("at the end the losses are %v", loss)
	p.at("speed")
	p.until("it says how long a step takes", `/a step took it .* and one core of the processor/.test(document.getElementById("gpu").textContent)`)
	p.reload()
	p.at("pretrain")
	p.until("the choice is kept", `document.getElementById("backend").value === "webgpu"`)
	p.quiet()
}

// Who wishes for a graphics card where the browser lends none is told, and the processor
// trains.
func TestNoGPU(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.js(`(history.replaceState(null, "", "?backend=webgpu" + location.hash), true)`)
	p.reload()
	p.tiny()
	p.fill("Steps", "10")
	p.trains()
	if got := p.js(`document.getElementById("run").dataset.backend`); got != "cpu" {
		t.Errorf("%s has trained", got)
	}
	p.until("it says why", `[...document.querySelectorAll(".notice")].some((n) => n.textContent.includes("The graphics card is not used"))`)
}

// bench times a card too, and tells which.
func TestBenchOnGPU(t *testing.T) {
	t.Parallel()
	p := openTab(t, headless.WithGPU...)
	if p.js(`navigator.gpu?.requestAdapter().then(Boolean)`) != "true" {
		missing(t, "this Chromium lends no graphics card")
	}
	var out, errs bytes.Buffer
	if code := run([]string{"bench", "-where", "chromium", "-backend", "webgpu", "-preset", "tiny", "-steps", "1", "-batch", "1", "-json"}, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	var r result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Backend != "webgpu" || r.Card == nil || !r.Card.Software || r.Card.GFLOPS <= 0 || r.Card.Writing <= 0 || r.MsPerStep.Median <= 0 {
		t.Errorf("it tells %s", out.String())
	}
}
