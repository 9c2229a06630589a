package jsrt

import (
	"errors"
	"syscall/js"
)

// channel carries Yield's message to itself: about 0.1 ms a round, where a
// timer takes 4.
var channel struct {
	port js.Value
	back chan struct{}
}

// Yield lets the events that wait be handled before it returns. It is for the
// one goroutine that does long work.
func Yield() {
	if channel.back == nil {
		pair := js.Global().Get("MessageChannel").New()
		channel.port, channel.back = pair.Get("port2"), make(chan struct{}, 1)
		pair.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
			channel.back <- struct{}{}
			return nil
		})) // lives as long as the program
	}
	channel.port.Call("postMessage", 0)
	<-channel.back
}

// Await waits for a promise; a rejection is the error. It must not be called
// from a callback, which would block the event loop.
func Await(promise js.Value) (js.Value, error) {
	var value js.Value
	var err error
	done := make(chan struct{})
	resolved := js.FuncOf(func(_ js.Value, args []js.Value) any {
		value = args[0]
		close(done)
		return nil
	})
	defer resolved.Release()
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		err = worded(args[0])
		close(done)
		return nil
	})
	defer rejected.Release()
	promise.Call("then", resolved, rejected)
	<-done
	return value, err
}

// Call calls a method; what it throws is the error. A panic that is not
// JavaScript's goes on.
func Call(object js.Value, method string, args ...any) (value js.Value, err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = worded(thrown.Value)
		default:
			panic(thrown)
		}
	}()
	return object.Call(method, args...), nil
}

// worded is what was thrown or a promise was rejected with, as an error. An
// Error's text begins with its name and a colon.
func worded(reason js.Value) error {
	return errors.New(js.Global().Get("String").Invoke(reason).String())
}

// CopyIn copies a Uint8Array into Go's memory.
func CopyIn(array js.Value) []byte {
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}
