package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall/js"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
)

// baseFiles are those of the model that comes with the page.
var baseFiles = []string{"run.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "log.jsonl"}

// load opens a model that comes with the page: the one that it begins with, or one
// that is saved for lessons.
func load(id string) (checkpoint.Run, error) {
	if name, is := strings.CutPrefix(id, protocol.OfLesson); is {
		return saved("saved/" + name + ".zip")
	}
	return base()
}

// saved opens a model of a zip, whose files that are not there are the base's.
func saved(name string) (checkpoint.Run, error) {
	zipped, err := fetched(js.Global().Call("hornbookFile", name))
	if err != nil {
		return checkpoint.Run{}, fmt.Errorf("%s: %w", name, err)
	}
	return exchange.ReadOver(zipped, baseFolder{})
}

// baseFolder are the base's files, each fetched when it is opened.
type baseFolder struct{}

func (baseFolder) Open(name string) (fs.File, error) {
	if !slices.Contains(baseFiles, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	content, err := fetched(js.Global().Call("hornbookFile", "base/"+name))
	if err != nil {
		return nil, &fs.PathError{Op: "fetch", Path: "base/" + name, Err: err}
	}
	return fetchedFiles{name: content}.Open(name)
}

// base opens the one that the page begins with.
func base() (checkpoint.Run, error) {
	f := fetchedFiles{}
	var coming []js.Value
	for _, name := range baseFiles { // all at once
		coming = append(coming, js.Global().Call("hornbookFile", "base/"+name))
	}
	for i, name := range baseFiles {
		content, err := fetched(coming[i])
		if err != nil {
			return checkpoint.Run{}, fmt.Errorf("base/%s: %w", name, err)
		}
		f[name] = content
	}
	return checkpoint.Read(f)
}

// fetched is the body of a response that is coming.
func fetched(response js.Value) ([]byte, error) {
	r, err := jsrt.Await(response)
	if err != nil {
		return nil, err
	}
	if !r.Get("ok").Bool() {
		return nil, fmt.Errorf("the server answered %d", r.Get("status").Int())
	}
	buffer, err := jsrt.Await(r.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	return jsrt.CopyIn(js.Global().Get("Uint8Array").New(buffer)), nil
}

// fetchedFiles are files in memory: a Blob is read slowly, piece by piece.
type fetchedFiles map[string][]byte

func (f fetchedFiles) Open(name string) (fs.File, error) {
	content, there := f[name]
	if !there {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &fetchedFile{bytes.NewReader(content), info{name, int64(len(content))}}, nil
}

type fetchedFile struct {
	*bytes.Reader
	info info
}

func (f *fetchedFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *fetchedFile) Close() error               { return nil }
