package main

import (
	"hornbook/wasm/opfs"
	"hornbook/web/shelf"
)

// openShelf is where the browser lets this page keep models, nil for nowhere.
func openShelf() *shelf.Shelf {
	storage, err := opfs.Open()
	if err != nil {
		return nil
	}
	return shelf.New(storage)
}
