package main

import (
	"strconv"
	"syscall/js"

	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
	"hornbook/web/ui"
)

// most is how many files may be dropped at once; a model has a few, a disk has
// very many.
const most = 500

// Hold holds the files that are chosen in an input and returns their names.
func (b *browser) Hold(input string) []string { return b.hold(chosen(input)) }

// chosen are the files that are chosen in an input, with their folders where a
// whole one was chosen.
func chosen(input string) (files []namedFile) {
	from := element(input)
	list := from.Get("files")
	for i := range list.Length() {
		file := list.Index(i)
		name := file.Get("name").String()
		if path := file.Get("webkitRelativePath"); path.Truthy() {
			name = path.String()
		}
		files = append(files, namedFile{name, file})
	}
	from.Set("value", "") // the same files can be chosen again
	return files
}

// A namedFile is a File with its name, folders included.
type namedFile struct {
	name string
	file js.Value
}

func (b *browser) hold(files []namedFile) (names []string) {
	b.held = js.Global().Get("Array").New()
	for _, f := range files {
		names = append(names, f.name)
		b.held.Call("push", f.file)
	}
	return names
}

// entries are what was dropped, files and folders; a file that is dragged out
// of another program may have no entry and stands for itself. They must be
// taken while the event is handled and can be read later.
func entries(dropped js.Value) (all []js.Value) {
	items := dropped.Get("items")
	for i := range items.Length() {
		item := items.Index(i)
		if item.Get("kind").String() != "file" {
			continue
		}
		entry := item.Call("webkitGetAsEntry")
		if !entry.Truthy() {
			entry = item.Call("getAsFile")
		}
		all = append(all, entry)
	}
	return all
}

// drop takes dropped files: those of a model are imported, all others are read
// as one text.
func (b *browser) drop(all []js.Value) {
	var files []namedFile
	for _, entry := range all {
		if err := collect(entry, &files); err != nil {
			b.fail(&protocol.Problem{Code: protocol.TextUnread, Got: entry.Get("name").String(), Detail: err.Error()})
			return
		}
	}
	switch {
	case len(files) == 0:
	case len(files) > most:
		b.fail(&protocol.Problem{Code: protocol.FilesMany, Got: strconv.Itoa(len(files)), Want: strconv.Itoa(most)})
	default:
		names := b.hold(files)
		if ui.AreResults(names) {
			b.collect(files)
			return
		}
		if ui.AreModel(names) {
			b.with(func() { b.page.BringIn(names) })
			return
		}
		b.with(b.page.Reading)
		b.readFiles(files, "")
	}
}

// collect adds the file that an entry is, or the files of a folder and those
// in it, and ends early once they are too many.
func collect(entry js.Value, files *[]namedFile) error {
	switch kind := entry.Get("isFile"); {
	case kind.IsUndefined():
		*files = append(*files, namedFile{entry.Get("name").String(), entry})
		return nil
	case kind.Bool():
		file, err := call(entry, "file")
		if err == nil {
			*files = append(*files, namedFile{entry.Get("fullPath").String()[1:], file})
		}
		return err
	}
	for reader := entry.Call("createReader"); len(*files) <= most; {
		batch, err := call(reader, "readEntries")
		if err != nil || batch.Length() == 0 {
			return err
		}
		for i := range batch.Length() {
			if err := collect(batch.Index(i), files); err != nil {
				return err
			}
		}
	}
	return nil
}

// call waits for a method of the kind that takes two callbacks, of which one
// is called with the result.
func call(object js.Value, method string) (js.Value, error) {
	begin := js.FuncOf(func(_ js.Value, args []js.Value) any {
		object.Call(method, args[0], args[1])
		return nil
	})
	defer begin.Release()
	return jsrt.Await(js.Global().Get("Promise").New(begin))
}

// offer hands a file to the browser to be downloaded. Its bytes can be let go
// when that has surely begun.
func offer(name string, bytes js.Value) {
	offerBlob(name, js.Global().Get("Blob").New([]any{bytes}, map[string]any{"type": "application/octet-stream"}))
}

func offerBlob(name string, blob js.Value) {
	url := js.Global().Get("URL")
	address := url.Call("createObjectURL", blob)
	link := js.Global().Get("document").Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	js.Global().Call("setTimeout", url.Get("revokeObjectURL").Call("bind", url, address), 60_000)
}

// Persist asks the browser to keep models for good.
func (b *browser) Persist() {
	storage := js.Global().Get("navigator").Get("storage")
	if !storage.Truthy() || !storage.Get("persist").Truthy() {
		b.answer(false)
		return
	}
	go func() {
		lasting, err := jsrt.Await(storage.Call("persist"))
		b.answer(err == nil && lasting.Bool())
	}()
}

// answer gives the page the browser's answer, from outside of its handlers.
func (b *browser) answer(lasting bool) {
	go b.with(func() { b.page.Persisted(lasting) })
}
