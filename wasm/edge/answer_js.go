package main

import (
	"net/http"
	"syscall/js"
)

// answer keeps what a handler writes, at most some kilobytes of JSON, until it returns:
// sent as one value of JavaScript's, it needs Go no longer.
type answer struct {
	http.ResponseWriter
	text   []byte
	stream js.Value // in place of text
}

// Write keeps the bytes.
func (a *answer) Write(b []byte) (int, error) {
	a.text = append(a.text, b...)
	return len(b), nil
}

// WriteRawJSBody keeps a stream, as R2 has it.
func (a *answer) WriteRawJSBody(stream js.Value) { a.stream = stream }

// send is the answer's end.
func (a *answer) send() {
	if a.stream.IsUndefined() {
		a.stream = js.Global().Get("Uint8Array").New(len(a.text))
		js.CopyBytesToJS(a.stream, a.text)
	}
	a.ResponseWriter.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(a.stream)
}
