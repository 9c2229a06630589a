package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// singleFile is the address of the page in one file.
func singleFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../build/hornbook.html")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		missing(t, "the single file is not there: run make single")
	}
	return "file://" + path
}

// The page in one file, opened as from a stick: it trains, alone and with a
// second worker, predicts, writes, and knows the other sample.
func TestSingleFile(t *testing.T) {
	p := openTabAt(t, singleFile(t))
	if p.js(`crossOriginIsolated`) != "false" {
		t.Error("a page of file:// is isolated: say so in offline_apart")
	}
	p.until("it says what it is", `document.getElementById("offline").textContent.includes("one single file")`)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.at("models")
	p.until("it says that it cannot keep models, and what to do", `document.getElementById("models").textContent.includes("Download a model to keep it")`)
	p.trainsAndWrites("1")
	p.trainsAndWrites("2")
	p.at("text")
	p.choose("Sample text", "opticks")
	p.until("the other sample is there", `document.querySelector(".preview").textContent.includes("OPTICKS")`)
	p.at("learn")
	p.until("the lessons are there", `document.getElementById("lesson-6-begin")`)
	p.silent()
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, url := range p.requests {
		if url != p.address && !strings.HasPrefix(url, p.address+"#") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			t.Errorf("the page asked %.100s", url)
		}
	}
}

// A browser that cannot unpack the file says so.
func TestSingleFileInOldBrowser(t *testing.T) {
	p := &tab{T: t, ctx: chromium(t)}
	p.beforePage(`delete window.DecompressionStream`)
	p.do(chromedp.Navigate(singleFile(t)))
	p.until("it says so", `document.getElementById("trouble-unpack")?.hidden === false`)
}

// trainsAndWrites trains a small model for some steps and lets it predict and
// write.
func (p *tab) trainsAndWrites(workers string) {
	p.Helper()
	p.tiny()
	p.choose("Workers", workers)
	p.fill("Steps", "16")
	p.trains()
	p.until(workers+" have trained", `document.getElementById("run").dataset.ranks === "`+workers+`"`)
	p.at("try")
	p.fill("Prompt", "Tom had a")
	p.until("it predicts", `document.querySelectorAll("#next li").length === 5`)
	p.press("Generate")
	p.until("it has written", `document.getElementById("picked").textContent.includes("200 tokens")`)
}
