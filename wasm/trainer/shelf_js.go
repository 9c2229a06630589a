package main

import (
	"syscall/js"

	"hornbook/wasm/opfs"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// openShelf is where the browser lets this page keep models, nil for nowhere, and then
// why.
func openShelf() (*shelf.Shelf, protocol.Code) {
	storage, err := opfs.Open()
	switch {
	case err == nil:
		return shelf.New(storage), ""
	case !js.Global().Get("isSecureContext").Truthy(): // by plain http from another machine
		return nil, protocol.KeepInsecure
	}
	return nil, protocol.KeepNone
}
