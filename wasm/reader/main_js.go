// Command reader is the worker that makes one text of documents: PDF, what word
// processors write, books, web pages, texts in any encoding. It is a module of
// its own, so that only who brings such a file loads it, and what a file makes
// of its memory is gone with it.
//
// The page posts { files: [File, …], names: [string, …], encoding: string } once;
// the worker posts { json, text }: an array of protocol.Understood in the files'
// order, and the bytes of the joined text of those without a problem.
package main

import (
	"encoding/json"
	"syscall/js"

	"hornbook/model/data/document"
	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
	"hornbook/web/reading"
)

func main() {
	asked := js.Global().Get("hornbookAsked")
	encoding, files := asked.Get("encoding").String(), asked.Get("files")
	told := []protocol.Understood{}
	var list []*document.Document
	for i := range files.Length() {
		u, d := read(asked.Get("names").Index(i).String(), files.Index(i), encoding)
		told = append(told, u)
		if d != nil {
			list = append(list, d)
		}
	}
	answer(told, document.Join(list))
}

// read reads one File. One over the limit is not even copied.
func read(name string, file js.Value, encoding string) (protocol.Understood, *document.Document) {
	if size := file.Get("size").Float(); size > protocol.MaxText {
		return reading.TooLarge(name, int(size)), nil
	}
	buffer, err := jsrt.Await(file.Call("arrayBuffer"))
	if err != nil {
		return reading.Refused(name, err), nil
	}
	return reading.File(name, jsrt.CopyIn(js.Global().Get("Uint8Array").New(buffer)), encoding)
}

func answer(told []protocol.Understood, text string) {
	list, err := json.Marshal(told)
	if err != nil {
		panic(err)
	}
	bytes := js.Global().Get("Uint8Array").New(len(text))
	js.CopyBytesToJS(bytes, []byte(text))
	js.Global().Call("postMessage", map[string]any{"json": string(list), "text": bytes}, []any{bytes.Get("buffer")})
}
