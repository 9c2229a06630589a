package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// ofThePage are words for what only the page has.
var ofThePage = regexp.MustCompile(`(?i)\b(press|button|page|browser|tab|click|reload|download|upload|my models|under (text|chat|pre-train|fine-tune|speed)|samples?|of the list|choose it again|bring in)\b`)

// The command says nothing of what only the page has: no problem, and nothing about a
// document.
func TestNoWordsOfThePage(t *testing.T) {
	file, err := os.ReadFile("../../web/wording/catalogue/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(file, &all); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for key := range all {
		if strings.HasPrefix(key, "problem_") || strings.HasPrefix(key, "document_") {
			seen++
			if text := english.Say(key); ofThePage.MatchString(text) {
				t.Errorf("%s: %q speaks of %q", key, text, ofThePage.FindString(text))
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d sentences were looked at", seen)
	}
}

// A path in a line to try is one word to the shell.
func TestQuoted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("another shell's")
	}
	for _, path := range []string{"runs/one", "my runs/it's", `a "b" $HOME`, "a\\b", "", "*", "~", "-x", "ä", "a\nb", "a;b&c|d", "#", "!x"} {
		out, err := exec.Command("sh", "-c", "printf %s "+quoted(path)).Output()
		if err != nil || string(out) != path {
			t.Errorf("%q is quoted as %s, which the shell takes for %q (%v)", path, quoted(path), out, err)
		}
	}
	if got := quoted("runs/one"); got != "runs/one" {
		t.Errorf("a plain path is quoted: %s", got)
	}
}

// What is wrong is said once, with the flag that it came from, and without words of
// those who program.
func TestErrorsReadWell(t *testing.T) {
	data, folder := textFile(t, tales), t.TempDir()
	raw := regexp.MustCompile(`Go struct|unmarshal|recipe: |\de[+-]?\d|wanted: |: (stat|open|mkdir|read) | 0 workers`)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"-steps is 0, but it must be from 1 to 1,000,000.", []string{"train", "-data", data, "-steps", "0"}},
		{"-steps is 2,000,000, but", []string{"train", "-data", data, "-set", "steps=2e6"}},
		{"-set batch is 1,000,000, but", []string{"train", "-data", data, "-set", "batch=1e6"}},
		{"-set steps=2.5: it must be a whole number", []string{"train", "-data", data, "-set", "steps=2.5"}},
		{"-set steps=NaN: \"NaN\" is no number", []string{"train", "-data", data, "-set", "steps=NaN"}},
		{"-set model=3: it has parts", []string{"train", "-data", data, "-set", "model=3"}},
		{"-set steps.x=3: there is no x in it", []string{"train", "-data", data, "-set", "steps.x=3"}},
		{"-set model.layers is 1,000", []string{"train", "-data", data, "-set", "model.layers=1000"}},
		{"Training this model would take", []string{"train", "-data", data, "-set", "model.channels=4096", "-set", "model.layers=64"}},
		{"-objective is magic, but it must be one of lm, sft,", []string{"train", "-data", data, "-objective", "magic"}},
		{"-batch is 1,000, but", []string{"bench", "-batch", "1000"}},
		{"of all -steps are examples", []string{"train", "-task", "parity", "-objective", "grpo", "-steps", "1"}},
		{"-objective lm", []string{"bench", "-preset", "r1", "-steps", "1"}},
		{"-objective lm", []string{"bench", "-objective", "sft"}},
		{"-verifier magic: choose one of exact", []string{"eval", "-run", folder, "-task", "sums", "-verifier", "magic"}},
		{"sums has its own", []string{"eval", "-run", folder, "-task", "sums", "-verifier", "number"}},
		{"-old opticks: give village, or own", []string{"train", "-data", data, "-from", folder, "-old", "opticks"}},
		{"-resume needs the text", []string{"train", "-resume", "-out", folder}},
		{"cannot read " + folder + ": is a directory", []string{"train", "-data", folder}},
		{"cannot read a file without a name", []string{"train", "-data", ""}},
		{"cannot read gone.txt: no such file or directory", []string{"train", "-data", "gone.txt"}},
		{"-share " + data + ": not a directory", []string{"serve", "-share", data}},
		{"cannot save to -out " + data, []string{"train", "-data", data, "-out", data}},
		{"is no conversation", []string{"train", "-data", data, "-objective", "sft", "-from", "../../static/base/model"}},
		{"-run gone: there is no such folder", []string{"generate", "-run", "gone"}},
		{"is a file, no folder", []string{"chat", "-run", data}},
		{"bring it in: hornbook import x.gguf", []string{"eval", "-task", "sums", "-run", textNamed(t, "x.gguf")}},
		{"no run.json", []string{"export", "-run", folder, "-format", "zip", "-o", "out"}},
		{"-format \"\": give", []string{"export", "-run", folder, "-o", "out"}},
		{"the model gone: no such file", []string{"import", "gone", "-o", "out"}},
		{"invalid value \"many\" for flag -n", []string{"generate", "-run", folder, "-n", "many"}},
	} {
		if strings.HasSuffix(c.args[len(c.args)-1], "x.gguf") {
			t.Chdir(strings.TrimSuffix(c.args[len(c.args)-1], "x.gguf"))
			c.args[len(c.args)-1] = "x.gguf"
		}
		_, errs, status := call(c.args...)
		if status == 0 || !strings.Contains(errs, c.says) || strings.Count(errs, c.says) > 1 {
			t.Errorf("%q: status %d, %q, want %q once", c.args, status, errs, c.says)
		}
		if told := raw.FindString(errs); told != "" {
			t.Errorf("%q: %q has %q", c.args, errs, told)
		}
	}
}

// textNamed is a file of this name.
func textNamed(t *testing.T, name string) string {
	t.Helper()
	path := t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A model that is opened to be trained further has no workers yet, and none are told.
func TestNoWorkersOfAnOpenedModel(t *testing.T) {
	out, _ := done(t, "train", "-data", textFile(t, tales), "-from", someones(t, -1, nil), "-steps", "1")
	if strings.Contains(out, "0 workers") || strings.Contains(out, "1 steps") || !strings.Contains(out, "1 step,") {
		t.Errorf("it says %q", out)
	}
}
