package main

import (
	"encoding/json"
	"syscall/js"

	"hornbook/web/protocol"
)

// read has a worker of its own make one text of files, in plain text's encoding
// or, for "", the one that is found out. done is told of each file, in their
// order, and is given the joined text of those without a problem, a Uint8Array.
// It is called once, from outside of the page's handlers, but not after stop.
func (b *browser) read(files []namedFile, encoding string, done func(told []protocol.Understood, text js.Value)) (stop func()) {
	worker := js.Global().Call("hornbookWorker", js.Undefined(), "reader.js")
	var heard, failed js.Func
	over := false
	stop = func() {
		if !over {
			over = true
			worker.Call("terminate")
			heard.Release()
			failed.Release()
		}
	}
	end := func(told []protocol.Understood, text js.Value) {
		stop()
		go done(told, text)
	}
	heard = js.FuncOf(func(_ js.Value, args []js.Value) any {
		message := args[0].Get("data")
		var told []protocol.Understood
		if gone := message.Get("gone"); gone.Truthy() {
			end(unread(files, gone.String()), noText())
		} else if err := json.Unmarshal([]byte(message.Get("json").String()), &told); err != nil {
			end(unread(files, err.Error()), noText())
		} else {
			end(told, message.Get("text"))
		}
		return nil
	})
	failed = js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		end(unread(files, "the worker has ended"), noText())
		return nil
	})
	worker.Set("onmessage", heard)
	worker.Set("onerror", failed)
	names, list := make([]any, len(files)), make([]any, len(files))
	for i, f := range files {
		names[i], list[i] = f.name, f.file
	}
	worker.Call("postMessage", map[string]any{"packed": js.Global().Get("hornbookPacked"), "files": list, "names": names, "encoding": encoding})
	return stop
}

// unread tells that none of files could be read.
func unread(files []namedFile, detail string) (told []protocol.Understood) {
	for _, f := range files {
		told = append(told, protocol.Understood{Name: f.name, Left: []protocol.LeftOut{}, Problem: &protocol.Unread{Code: protocol.Unreadable, Name: f.name, Detail: detail}})
	}
	return told
}

func noText() js.Value { return js.Global().Get("Uint8Array").New(0) }
