package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// listenIn has what the page sends to its worker kept in window.sent, and
// holds back what brings a model in.
func (p *tab) listenIn() {
	p.js(`(() => {
		window.sent = [];
		const post = hornbookTrainer.postMessage.bind(hornbookTrainer);
		hornbookTrainer.postMessage = (message, transfer) => {
			const c = JSON.parse(message.json);
			window.sent.push(c.command + " " + (c.names ? [...c.names].sort().join() + " " + message.payload.filter((f) => f instanceof File).length : c.name));
			if (c.command !== "import") post(message, transfer);
		};
		return true;
	})()`)
}

// drop lets go of files or folders over the page.
func (p *tab) drop(paths ...string) {
	p.Helper()
	for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
		if _, err := chromedp.Call(p.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 400, Y: 400,
			Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}}); err != nil {
			p.Fatal(err)
		}
	}
}

// A dropped text is learned from; the files of a model, and folders of them,
// are brought in unread.
func TestDroppedFiles(t *testing.T) {
	p := openTab(t)
	p.listenIn()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p.drop(write("mine.txt", string(tales[:20_000])))
	p.until("the text is taken", `document.querySelector('.stand[href="#/text"]').textContent.includes("mine.txt")`)
	p.drop(write("a.gguf", "GGUF"))
	p.until("a model is brought in", `sent.includes("import a.gguf 1")`)
	write("llama/config.json", "{}")
	write("llama/weights/model.safetensors", "")
	p.drop(filepath.Join(dir, "llama"))
	p.until("its folder is brought in, in whatever order it is read", `["llama/config.json,llama/weights/model.safetensors", "llama/weights/model.safetensors,llama/config.json"].some((names) => sent.includes("import " + names + " 2"))`)
	p.quiet()
}

// A file that the worker makes lands among the downloads, byte for byte.
func TestDownloadedFile(t *testing.T) {
	p := openTab(t)
	dir := t.TempDir()
	if _, err := chromedp.Call(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: "allow", DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	p.at("models")
	p.js(`(hornbookTrainer.onmessage({data: {json: '{"event":"file","id":0,"name":"model.gguf","size":5,"note":""}',
		payload: new Uint8Array([71, 0, 255, 10, 1]).buffer}}), true)`)
	p.until("the page says so", `document.getElementById("shelf-says")?.textContent.includes("“model.gguf” (5 bytes)")`)
	var got []byte
	if !wait(func() bool {
		got, _ = os.ReadFile(filepath.Join(dir, "model.gguf"))
		return string(got) == "G\x00\xff\n\x01"
	}) {
		t.Fatalf("the download is %q", got)
	}
	p.quiet()
}
