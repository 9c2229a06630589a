package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// house is the order of the rooms: a package may import only those above it,
// and of other modules only what begins as is named here.
var house = []struct{ room, third string }{
	{"tokenizer", "golang.org/x/text/unicode/norm"},
	{"model/recipe", ""},
	{"model/scale", ""},
	{"model/format/half", ""},
	{"model/kernel", ""},
	{"model/tensor", ""},
	{"model/cpu", ""},
	{"model/opcheck", ""},
	{"wasm/jsrt", ""},
	{"model/webgpu", ""},
	{"wasm/fuse", ""},
	{"wasm/exec", ""},
	{"model/memtest", ""},
	{"model/backendtest", "gonum.org/v1/gonum"},
	{"model/data", ""},
	{"model/data/village", ""},
	{"model/data/chat", ""},
	{"model/data/pairs", ""},
	{"model/data/document/pdf", "github.com/carlos7ags/folio/ golang.org/x/text/"},
	{"model/data/document", "golang.org/x/"},
	{"model/task", ""},
	{"model/task/taste", ""},
	{"model", ""},
	{"model/optim", ""},
	{"model/format", ""},
	{"model/format/safetensors", ""},
	{"model/format/gguf", ""},
	{"model/checkpoint/layout", ""},
	{"model/checkpoint", ""},
	{"model/checkpoint/checkpointtest", ""},
	{"model/checkpoint/exchange", ""},
	{"model/eval", "gonum.org/v1/gonum"},
	{"model/train", ""},
	{"model/checkpoint/handoff", ""},
	{"web/protocol", ""},
	{"web/wording", ""},
	{"web/reading", ""},
	{"web/shelf", ""},
	{"web/shelf/shelftest", ""},
	{"wasm/opfs", ""},
	{"web/session", ""},
	{"web/lesson", ""},
	{"web/handin", ""},
	{"web/ui", "github.com/vugu/"},
	{"web/ui/slim", ""},
	{"web/site", ""},
	{"static", ""},
	{"static/base", ""},
	{"static/saved", ""},
	{"static/build", "github.com/andybalholm/brotli"},
	{"web/share", ""},
	{"web/share/local", "modernc.org/sqlite"},
	{"web/share/sharetest", ""},
	{"web/headless", "github.com/chromedp"},
	{"static/visit", "github.com/chromedp"},
	{"static/lab", "github.com/chromedp"},
	{"wasm/app", "github.com/vugu/"},
	{"wasm/trainer", ""},
	{"wasm/reader", ""},
	{"wasm/edge", "github.com/syumai/workers"},
	{"cmd/hornbook", "github.com/chromedp"},
}

// hidden are imports that the order alone would allow: the page knows the
// protocol and never the model.
var hidden = map[string][]string{
	"web/ui":       {"model", "model/eval", "model/task", "model/data/chat", "model/tensor", "model/cpu", "model/kernel", "model/train", "web/session", "tokenizer", "model/data/document", "web/reading"},
	"web/protocol": {"model", "model/tensor", "model/train", "tokenizer", "model/data/document"},
	"web/wording":  {"model", "model/eval", "model/task", "model/data/chat", "model/tensor", "model/train", "tokenizer", "model/data/document"},
	"wasm/app":     {"model", "model/tensor", "model/train", "web/session", "tokenizer", "model/data/document", "web/reading"},
	"wasm/reader":  {"model", "model/tensor", "model/train", "web/session", "tokenizer"},
}

func TestHouse(t *testing.T) {
	floor := map[string]int{}
	for i, h := range house {
		floor["hornbook/"+h.room] = i
	}
	for _, target := range []string{"GOOS=" + os.Getenv("GOOS"), "GOOS=js GOARCH=wasm"} {
		list := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "hornbook/...")
		list.Env = append(os.Environ(), strings.Fields(target)...)
		out, err := list.Output()
		if err != nil {
			t.Fatalf("%s: go list: %v", target, err)
		}
		for line := range strings.Lines(string(out)) {
			imports := strings.Fields(line)
			checkRoom(t, floor, imports[0], imports[1:])
		}
	}
}

func checkRoom(t *testing.T, floor map[string]int, room string, imports []string) {
	at, known := floor[room]
	if !known {
		t.Errorf("%s has no place in the house", room)
		return
	}
	for _, path := range imports {
		below, ours := floor[path]
		first, _, _ := strings.Cut(path, "/")
		switch {
		case ours && below >= at:
			t.Errorf("%s imports %s, which stands below it", room, path)
		case strings.HasPrefix(path, "hornbook/") && !ours:
			t.Errorf("%s imports %s, which has no place in the house", room, path)
		case strings.Contains(first, ".") && !slices.ContainsFunc(strings.Fields(house[at].third), func(may string) bool { return strings.HasPrefix(path, may) }):
			t.Errorf("%s imports %s, which this room may not", room, path)
		}
		for _, name := range hidden[strings.TrimPrefix(room, "hornbook/")] {
			if path == "hornbook/"+name {
				t.Errorf("%s imports %s, of which it must know nothing", room, path)
			}
		}
	}
}
