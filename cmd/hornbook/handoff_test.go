package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/handoff"
)

// said runs the command, which must end well or not, and gives what it says.
func said(t *testing.T, well bool, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status := run(args, &out, &out); (status == 0) != well {
		t.Fatalf("%v ends with %d:\n%s", args, status, out.String())
	}
	return out.String()
}

// A run that the command began goes on in PyTorch, and then here again.
func TestHandOff(t *testing.T) {
	dir := t.TempDir()
	text, kept, away := filepath.Join(dir, "text.txt"), filepath.Join(dir, "kept"), filepath.Join(dir, "away")
	if err := os.WriteFile(text, []byte(strings.Repeat("The cat saw a bee, and the bee saw it.\n", 60)), 0o666); err != nil {
		t.Fatal(err)
	}
	said(t, true, "train", "-data", text, "-preset", "tiny", "-steps", "4", "-ranks", "1", "-set", "last_eval_batches=1", "-set", "eval_batches=1", "-set", "batch=2", "-out", kept)
	if got := said(t, false, "handoff", "-run", kept, "-o", away); !strings.Contains(got, "-data FILE") {
		t.Errorf("without its text: %s", got)
	}
	other := filepath.Join(dir, "other.txt")
	if err := os.WriteFile(other, []byte(strings.Repeat("Something else. ", 60)), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := said(t, false, "handoff", "-run", kept, "-data", other, "-o", away); !strings.Contains(got, "is not the text") {
		t.Errorf("with another text: %s", got)
	}
	said(t, true, "handoff", "-run", kept, "-data", text, "-o", away)
	if got := said(t, false, "handoff", "-run", kept, "-data", text, "-o", away); !strings.Contains(got, "is there already") {
		t.Errorf("a second time: %s", got)
	}
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)").Run() != nil {
		if os.Getenv("HORNBOOK_TORCH") == "required" {
			t.Fatal("no PyTorch, though HORNBOOK_TORCH=required")
		}
		t.Skip("no python3 with PyTorch: apt-get install --no-install-recommends python3-torch")
	}
	if out, err := exec.CommandContext(t.Context(), python, "-B", filepath.Join(away, "continue.py"), "--steps", "12", "--stop-at", "8").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said(t, true, "train", "-resume", "-out", filepath.Join(away, "continued"), "-data", filepath.Join(away, "data", "text.txt"))
	back, err := checkpoint.Load(filepath.Join(away, "continued"))
	if err != nil {
		t.Fatal(err)
	}
	if back.Step != 12 || back.State != "done" || back.MeasuredAt(4) == nil || back.MeasuredAt(12) == nil {
		t.Errorf("back with %d steps, %s, and a history of %d", back.Step, back.State, len(back.Log))
	}
}

// The page hands off too: a zip of the run that it keeps, with the script that it
// fetches when it is asked to.
func TestHandOffInThePage(t *testing.T) {
	p, dir := openTab(t), t.TempDir()
	if _, err := chromedp.Call(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	p.prepare(2)
	p.trains()
	p.at("models")
	p.js(`(document.querySelector('[aria-label^="Download:"]').click(), true)`)
	p.choose("Download as", "handoff/f32")
	p.js(`(document.getElementById("download").click(), true)`)
	var files []string
	if !wait(func() bool { files, _ = filepath.Glob(dir + "/*.zip"); return len(files) == 1 }) {
		t.Fatalf("no zip is downloaded; the page says %q", p.js(`document.getElementById("models").textContent`))
	}
	z, err := zip.OpenReader(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	got, err := fs.ReadFile(z, "continue.py")
	if want, _ := handoff.Script("continue.py"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("continue.py has %d bytes (%v), want %d", len(got), err, len(want))
	}
	if text, err := fs.ReadFile(z, "data/text.txt"); err != nil || !bytes.Equal(text, tales) {
		t.Errorf("the text has %d bytes (%v), want %d", len(text), err, len(tales))
	}
	p.quiet()
}
