package main

import (
	"cmp"
	"slices"
	"strings"
	"syscall/js"

	"github.com/vugu/vugu"

	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
	"hornbook/web/ui"
)

// browser is the page's ui.Host: the worker, files, the clipboard, the chart.
type browser struct {
	page     *ui.Page
	worker   js.Value
	lock     vugu.EventEnv
	changed  chan struct{} // the page is to be drawn anew
	touched  chan struct{} // somebody did something
	paint    chan struct{} // the browser is about to paint
	painting js.Func
	texts    []namedFile // that were read last
	stop     func()      // ends the reading of files
	held     js.Value    // the files that Import takes along, an array
	made     js.Value    // the file that is to be shared
	brought  namedFile   // by the answer of the server that is handled now
	focus    string      // id of the element that is to have it, once it is drawn; "" for none
	drawnAt  string      // the station that was drawn last
	state    string      // of the run, when it was drawn last
	kept     string      // what is remembered of the page
	usable   bool        // and <html> says so
}

func newBrowser(lock vugu.EventEnv) *browser {
	b := &browser{worker: js.Global().Get("hornbookTrainer"), lock: lock,
		changed: make(chan struct{}, 1), touched: make(chan struct{}, 1), paint: make(chan struct{}, 1), stop: func() {}}
	b.page = ui.NewPage(b, language())
	b.painting = js.FuncOf(func(js.Value, []js.Value) any {
		select {
		case b.paint <- struct{}{}:
		default:
		}
		return nil
	})
	return b
}

func element(id string) js.Value { return js.Global().Get("document").Call("getElementById", id) }

// listen takes the worker's events, those that came before first, and files
// that are dropped on the page.
func (b *browser) listen() {
	b.worker.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b.receive(args[0].Get("data"))
		return nil
	}))
	early := js.Global().Get("hornbookEvents")
	for i := range early.Length() {
		b.receive(early.Index(i))
	}
	document := js.Global().Get("document")
	welcome := js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		dragging(true)
		return nil
	})
	away := js.FuncOf(func(_ js.Value, args []js.Value) any {
		dragging(!args[0].Get("relatedTarget").IsNull())
		return nil
	})
	document.Call("addEventListener", "dragenter", welcome) // else a drop is lost as one element gives way to another
	document.Call("addEventListener", "dragover", welcome)
	document.Call("addEventListener", "dragleave", away)
	document.Call("addEventListener", "drop", js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		dragging(false)
		go b.drop(entries(args[0].Get("dataTransfer")))
		return nil
	}))
	js.Global().Call("matchMedia", "(prefers-color-scheme: dark)").Call("addEventListener", "change", js.FuncOf(func(js.Value, []js.Value) any {
		b.change()
		return nil
	}))
	b.network()
	b.leaving()
	b.addressed()
	b.change()
}

// dragging shows that files are about to be let go over the page.
func dragging(is bool) {
	js.Global().Get("document").Get("documentElement").Get("classList").Call("toggle", "dragging", is)
}

// Send gives the worker a command.
func (b *browser) Send(c protocol.Command) {
	text, err := protocol.EncodeCommand(c)
	if err != nil {
		panic(err)
	}
	message := js.Global().Get("Object").New()
	message.Set("json", string(text))
	if set, ok := c.(*protocol.SetText); ok && len(set.Data) > 0 {
		bytes := js.Global().Get("Uint8Array").New(len(set.Data))
		js.CopyBytesToJS(bytes, set.Data)
		message.Set("payload", bytes)
	}
	if _, brings := c.(*protocol.Import); brings {
		message.Set("payload", b.held) // the files travel unread
	}
	b.worker.Call("postMessage", message)
}

// Read reads the files that are chosen in an input.
func (b *browser) Read(input, encoding string) {
	files := chosen(input)
	go b.readFiles(files, encoding)
}

// ReadAgain reads the same files once more.
func (b *browser) ReadAgain(encoding string) { go b.readFiles(b.texts, encoding) }

// readFiles opens the experiment among files, if there is one, reads the others
// as one text and hands it to the worker. A plain text, as most are, is handed on
// as it is; all else is for the reader.
func (b *browser) readFiles(files []namedFile, encoding string) {
	if i := slices.IndexFunc(files, func(f namedFile) bool { return ui.IsExperiment(f.name) }); i >= 0 {
		b.openExperiment(files[i])
		if files = slices.Delete(files, i, i+1); len(files) == 0 {
			return
		}
	}
	if i := slices.IndexFunc(files, func(f namedFile) bool { return ui.IsLesson(f.name) }); i >= 0 {
		b.openLesson(files[i])
		if files = slices.Delete(files, i, i+1); len(files) == 0 {
			return
		}
	}
	b.texts = files
	b.stop()
	b.stop = func() {}
	if len(files) == 0 {
		b.with(func() { b.page.HasRead(nil) })
		return
	}
	if told, text, is := plain(files, encoding); is {
		b.hasRead(told, text)
		return
	}
	b.stop = b.read(files, encoding, b.hasRead)
}

// openExperiment opens what a file sets; one that cannot be read is no
// experiment.
func (b *browser) openExperiment(f namedFile) {
	content := ""
	if text, err := jsrt.Await(f.file.Call("text")); err == nil {
		content = text.String()
	}
	b.with(func() { b.page.OpenExperiment(f.name, content) })
}

// hasRead hands the text that was read to the worker, without copying it into
// this module.
func (b *browser) hasRead(told []protocol.Understood, text js.Value) {
	name, id := "", 0
	b.with(func() { name, id = b.page.HasRead(told) })
	if id == 0 {
		return
	}
	command, err := protocol.EncodeCommand(&protocol.SetText{Request: protocol.Request{ID: id}, Source: "upload", Name: name})
	if err != nil {
		panic(err)
	}
	message := js.Global().Get("Object").New()
	message.Set("json", string(command))
	message.Set("payload", text)
	b.worker.Call("postMessage", message, []any{text.Get("buffer")})
}

// plain is the content of a single file that is plain text in UTF-8, as its
// name and its bytes say.
func plain(files []namedFile, encoding string) (told []protocol.Understood, text js.Value, is bool) {
	name := files[0].name
	if len(files) > 1 || encoding != "" || !strings.HasSuffix(strings.ToLower(name), ".txt") || files[0].file.Get("size").Float() > protocol.MaxText {
		return nil, text, false
	}
	buffer, err := jsrt.Await(files[0].file.Call("arrayBuffer"))
	if err != nil {
		return unread(files, err.Error()), noText(), true
	}
	text = js.Global().Get("Uint8Array").New(buffer)
	if !js.Global().Call("hornbookIsText", text).Bool() {
		return nil, text, false
	}
	return []protocol.Understood{{Name: name, Bytes: text.Length(), Format: "text", Encoding: "utf-8"}}, text, true
}

func (b *browser) fail(p *protocol.Problem) { b.with(func() { b.page.Apply(p) }) }

// with changes the page from outside of its handlers, and draws it anew.
func (b *browser) with(change func()) {
	b.lock.Lock()
	change()
	b.lock.UnlockOnly()
	b.change()
}

// Copy puts text on the clipboard.
func (b *browser) Copy(text string) {
	if clipboard := js.Global().Get("navigator").Get("clipboard"); clipboard.Truthy() {
		go jsrt.Await(clipboard.Call("writeText", text)) // refused: the text can still be selected
	}
}

// Say tells a screen reader.
func (b *browser) Say(text string) { element("spoken").Set("textContent", text) }

// Focus puts the focus on an element, once it is drawn.
func (b *browser) Focus(id string) { b.focus = id }

// clear takes away what another station has left, before one is drawn in its
// place: vugu would take its elements over, with what scripts have put in.
func (b *browser) clear() {
	if now := b.page.At().Place().ID; now != b.drawnAt {
		if place := element("station"); place.Truthy() && b.drawnAt != "" {
			place.Call("replaceChildren")
			b.focus = cmp.Or(b.focus, now+"-title")
		}
		b.drawnAt = now
	}
}

// drawn does after each drawing what vugu leaves to JavaScript.
func (b *browser) drawn() {
	b.chart()
	js.Global().Call("hornbookCodes")
	b.remember()
	b.notify()
	if at := element(b.focus); b.focus != "" && at.Truthy() {
		at.Call("focus", map[string]any{"preventScroll": b.focus == b.drawnAt+"-title"})
	}
	b.focus = ""
	if b.page.Usable() && !b.usable {
		b.usable = true
		js.Global().Get("document").Get("documentElement").Call("setAttribute", "data-ready", "true")
		b.keep()
	}
}

func (b *browser) chart() {
	place := element("chart")
	p, is := b.page.Picture()
	if !is || !place.Truthy() {
		return
	}
	series, marks := make([]any, len(p.Series)), make([]any, len(p.Marks))
	for i, s := range p.Series {
		steps, values := make([]any, len(s.Steps)), make([]any, len(s.Steps))
		for k := range s.Steps {
			steps[k], values[k] = s.Steps[k], s.Values[k]
		}
		series[i] = map[string]any{"name": s.Name, "colour": s.Colour, "style": s.Style, "steps": steps, "values": values}
	}
	for i, m := range p.Marks {
		marks[i] = map[string]any{"step": m.Step, "name": m.Name}
	}
	w := b.page.W
	axis := p.Axis
	if axis == "" {
		axis = w.Say("step_column")
	}
	words := map[string]any{"step": axis, "loss": cmp.Or(p.Height, w.Say("loss_axis")), "language": w.Language}
	js.Global().Call("hornbookChart", place, map[string]any{"series": series, "marks": marks, "steps": p.Steps, "log": p.Log, "words": words})
}

// Save hands a text to the browser as a file.
func (b *browser) Save(name, kind, text string) {
	offerBlob(name, js.Global().Get("Blob").New([]any{text}, map[string]any{"type": kind}))
}

// SavePicture hands the chart to the browser as a picture.
func (b *browser) SavePicture() {
	var take js.Func
	take = js.FuncOf(func(_ js.Value, args []js.Value) any {
		offerBlob("hornbook.png", args[0])
		take.Release()
		return nil
	})
	js.Global().Call("hornbookPicture", take)
}

// Print prints the page.
func (b *browser) Print() { js.Global().Call("print") }
