package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// What the lessons about Village Tales bring in the tab, by the page's own
// numbers: the model that is downloaded in the end is examined by eval, and answers
// 850 of 1,000 questions about tales that it has not read. It takes minutes, so it is
// run for whom asks. How long it takes is reported, not judged.
func TestLessons(t *testing.T) {
	if os.Getenv("HORNBOOK_LESSONS") == "" {
		t.Skip("all lessons take minutes; HORNBOOK_LESSONS=1 takes them")
	}
	p, dir := openTab(t), t.TempDir()
	if _, err := chromedp.Call(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: "allow", DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.at("chat")
	p.choose("Conversations", "village")
	p.until("the conversations are taken", `document.querySelector('.stand[href="#/text"]').textContent.includes("Questions about Village Tales")`)
	p.choose("Workers", "2")
	begin := time.Now()
	p.trains()
	took := time.Since(begin)
	changed := p.js(`[...document.querySelectorAll("#change tbody tr")].map((r) => [...r.cells].map((c) => c.textContent).join(" ")).join("; ")`)
	p.at("models")
	p.js(`(document.querySelector('[aria-label^="Download:"]').click(), true)`)
	p.until("it can be downloaded", `document.getElementById("download")`)
	p.js(`(document.getElementById("download").click(), true)`)
	var files []string
	if !wait(func() bool { files, _ = filepath.Glob(dir + "/*.zip"); return len(files) == 1 }) {
		t.Fatal("no zip is downloaded")
	}
	run := filepath.Join(dir, "run")
	if _, errs, status := call("import", "-o", run, files[0]); status != 0 {
		t.Fatal(errs)
	}
	t.Logf("in %.0f s; before, after, change: %s", took.Seconds(), changed)
	for _, exam := range [][]string{{"-n", "200"}, {"-n", "1000", "-seed", "9"}} {
		out, errs, status := call(append([]string{"eval", "-run", run, "-task", "village", "-json"}, exam...)...)
		if status != 0 {
			t.Fatal(errs)
		}
		var scores struct {
			N    int
			Pass float64 `json:"pass@1"`
		}
		if err := json.Unmarshal([]byte(out), &scores); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f %% right", strings.Join(exam, " "), 100*scores.Pass)
		if scores.N == 1000 && scores.Pass < 0.85 {
			t.Errorf("only %.1f %% of %d are right", 100*scores.Pass, scores.N)
		}
	}
	p.quiet()
}
