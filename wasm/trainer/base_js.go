package main

import (
	"fmt"
	"syscall/js"

	"hornbook/model/checkpoint"
	"hornbook/wasm/jsrt"
)

// baseFiles are those of the model that comes with the page.
var baseFiles = []string{"run.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "log.jsonl"}

// base opens the model that comes with the page.
func base(id string) (checkpoint.Run, error) {
	f := files{}
	var coming []js.Value
	for _, name := range baseFiles { // all at once
		coming = append(coming, js.Global().Call("hornbookFile", "base/"+name))
	}
	for i, name := range baseFiles {
		blob, err := fetched(coming[i])
		if err != nil {
			return checkpoint.Run{}, fmt.Errorf("base/%s: %w", name, err)
		}
		f[name] = blob
	}
	return checkpoint.Read(f)
}

func fetched(response js.Value) (js.Value, error) {
	r, err := jsrt.Await(response)
	if err != nil {
		return r, err
	}
	if !r.Get("ok").Bool() {
		return r, fmt.Errorf("the server answered %d", r.Get("status").Int())
	}
	return jsrt.Await(r.Call("blob"))
}
