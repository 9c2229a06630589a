package main

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newton is a text that the page's own model has never read.
func newton(t *testing.T) []byte {
	t.Helper()
	text, err := fs.ReadFile(builtPage(t), "samples/opticks.txt")
	if err != nil {
		t.Fatal(err)
	}
	return text[20_000:40_000]
}

// changed are the losses of the table of learning and forgetting: on the new
// text and on text like the old, each before and after.
func (p *tab) changed() (newBefore, newAfter, oldBefore, oldAfter float64) {
	p.Helper()
	p.until("what changed stands in a table", `document.querySelectorAll("#change tbody tr").length === 2`)
	var losses [4]float64
	cells := strings.Fields(p.js(`[...document.querySelectorAll("#change tbody tr")].flatMap((r) => [r.cells[1], r.cells[2]]).map((c) => c.textContent).join(" ")`))
	for i := range losses {
		loss, err := strconv.ParseFloat(cells[i], 64)
		if err != nil {
			p.Fatalf("the table says %q", cells)
		}
		losses[i] = loss
	}
	return losses[0], losses[1], losses[2], losses[3]
}

// The page opens with a model that predicts. It is taught 20 kB of another text,
// by all weights and by an adapter, and shows what was learned and what was
// forgotten; the adapter forgets less. How long it takes is reported, not
// judged.
func TestTeach(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.upload("newton.txt", newton(t))
	forgotten := map[string]float64{}
	for _, method := range []string{"full", "lora"} {
		if method != "full" { // that is open
			p.at("models")
			p.press("Open: This page’s own model")
			p.state("idle")
		}
		p.at("finetune")
		p.choose("What trains", method)
		p.choose("Workers", "2")
		p.fill("Steps", "90") // of 160 or so, to save time
		begin := time.Now()
		p.trains()
		took := time.Since(begin)
		was, is, oldWas, oldIs := p.changed()
		t.Logf("%s: in %.0f s the loss on the new text went from %.2f to %.2f, on the old from %.2f to %.2f", method, took.Seconds(), was, is, oldWas, oldIs)
		if is > was-1 || oldIs < oldWas {
			t.Errorf("%s: losses went from %v to %v and from %v to %v", method, was, is, oldWas, oldIs)
		}
		forgotten[method] = oldIs - oldWas
		p.at("try")
		p.press("Generate")
		p.until("both have written, up to the end of a text or 200 tokens", `["picked", "picked-before"].every((id) => document.getElementById(id)?.textContent.includes("a second"))`)
		if p.js(`document.getElementById("completion").textContent === document.getElementById("completion-before").textContent`) == "true" {
			t.Errorf("%s: before and after write the same", method)
		}
	}
	if forgotten["lora"] >= forgotten["full"] {
		t.Errorf("the adapter forgot %v, all weights %v", forgotten["lora"], forgotten["full"])
	}
	p.named("switch", "Write with the adapter", `(s) => s.id`)
	p.quiet()
}

// Every file that can be taken along comes in again and predicts the same.
func TestTakenAlong(t *testing.T) {
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	predictions := `[...document.querySelectorAll("#next li")].map((l) => l.textContent).join()`
	want := p.js(predictions)
	p.at("models")
	for i, format := range []string{"zip", "hf", "gguf"} {
		p.js(fmt.Sprintf(`new Promise((done) => {
			const take = ({ data }) => {
				if (typeof data === "string") return;
				hornbookTrainer.removeEventListener("message", take);
				window.taken = new File([data.payload.slice(0)], JSON.parse(data.json).name);
				done(true);
			};
			hornbookTrainer.addEventListener("message", take);
			hornbookTrainer.postMessage({ json: '{"command":"export","id":0,"model":"","format":%q,"dtype":"f32"}' });
		})`, format))
		p.at("models")
		p.js(`(() => {
			const chosen = new DataTransfer();
			chosen.items.add(window.taken);
			const input = document.getElementById("import");
			input.files = chosen.files;
			input.dispatchEvent(new Event("change", { bubbles: true }));
		})(); true`)
		p.until(format+" is open", fmt.Sprintf(`document.querySelectorAll("#shelf li").length === %d`, i+2))
		p.at("try")
		p.until(format+" predicts the same", predictions+fmt.Sprintf(` === %q`, want))
	}
	p.quiet()
}
