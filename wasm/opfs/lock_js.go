package opfs

import (
	"sync"
	"syscall/js"
	"time"

	"hornbook/wasm/jsrt"
)

// Lock is Storage's, by the browser's Web Locks, which end with the tab. A tab
// that was just left or reloaded may have a lock a little longer, so that it
// waits for patience.
func (s *Storage) Lock(name string) (release func(), ok bool) {
	held, end := pending() // until release ends it
	had := make(chan bool, 2)
	granted := js.FuncOf(func(js.Value, []js.Value) any {
		had <- true
		return held
	})
	controller := js.Global().Get("AbortController").New() // AbortSignal.timeout may be forgotten before its time
	options := object("signal", controller.Get("signal"))
	request := js.Global().Get("navigator").Get("locks").Call("request", "hornbook "+name, options, granted)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := jsrt.Await(request); err != nil {
			had <- false
		}
		granted.Release()
	}()
	got, said := within(patience, had)
	if !said {
		controller.Call("abort")
		got, said = within(patience, had)
	}
	if !said {
		go func() {
			if <-had { // after all
				end.Invoke()
			}
		}()
	}
	if !got {
		return nil, false
	}
	return sync.OnceFunc(func() {
		end.Invoke()
		<-ended
	}), true
}

// within waits at most so long for a word, and reports whether it came.
func within(limit time.Duration, word <-chan bool) (is, came bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case is = <-word:
		return is, true
	case <-timer.C:
		return false, false
	}
}

// pending is a promise, and the function that resolves it. Promise.withResolvers
// would be younger than the browsers that have all else.
func pending() (promise, resolve js.Value) {
	take := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve = args[0]
		return nil
	})
	defer take.Release()
	promise = js.Global().Get("Promise").New(take) // which calls take at once
	return promise, resolve
}
