package opfs

import (
	"errors"
	"fmt"
	"sync"
	"syscall/js"

	"hornbook/wasm/jsrt"
)

// Lock is Storage's, by the browser's Web Locks, which end with the tab. A tab
// that was just left or reloaded may have a lock a little longer, so that it
// waits for patience.
func (s *Storage) Lock(name string) (release func(), ok bool) {
	promise := js.Global().Get("Promise")
	held := promise.Call("withResolvers") // until release resolves it
	had := make(chan bool, 1)
	granted := js.FuncOf(func(js.Value, []js.Value) any {
		had <- true
		return held.Get("promise")
	})
	options := object("signal", js.Global().Get("AbortSignal").Call("timeout", patience.Milliseconds()))
	request := js.Global().Get("navigator").Get("locks").Call("request", "hornbook "+name, options, granted)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := jsrt.Await(request); err != nil {
			had <- false
		}
		granted.Release()
	}()
	if !<-had {
		return nil, false
	}
	return sync.OnceFunc(func() {
		held.Call("resolve")
		<-ended
	}), true
}

// ErrAsk is Persist's error where only the page can ask.
var ErrAsk = errors.New("opfs: the browser lets only the page ask, not its worker")

// Persist asks the browser to promise that it does not clear the storage by
// itself, and tells whether it has. Browsers that leave workers without the
// question give ErrAsk.
func (s *Storage) Persist() (bool, error) {
	storage := js.Global().Get("navigator").Get("storage")
	if !storage.Get("persist").Truthy() {
		return false, ErrAsk
	}
	promised, err := await(storage, "persist")
	if err != nil {
		return false, fmt.Errorf("opfs: persist: %w", err)
	}
	return promised.Bool(), nil
}
