package jsrt

import (
	"strings"
	"syscall/js"
	"testing"
)

func TestAwait(t *testing.T) {
	promise := js.Global().Get("Promise")
	if v, err := Await(promise.Call("resolve", 42)); err != nil || v.Int() != 42 {
		t.Errorf("resolved: %v, %v", v, err)
	}
	reason := js.Global().Get("Error").New("no such file")
	if _, err := Await(promise.Call("reject", reason)); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("rejected: %v", err)
	}
}

func TestCall(t *testing.T) {
	if v, err := Call(js.Global().Get("Math"), "max", 1, 3, 2); err != nil || v.Int() != 3 {
		t.Errorf("called: %v, %v", v, err)
	}
	if _, err := Call(js.Global(), "decodeURIComponent", "%"); err == nil || !strings.HasPrefix(err.Error(), "URIError: ") {
		t.Errorf("thrown: %v", err)
	}
}

// Mistakes of ours are no errors of JavaScript's.
func TestCallPanics(t *testing.T) {
	for name, mistake := range map[string]func(){
		"a method that is not there": func() { Call(js.Global(), "hornbookHasNoSuchMethod") },
		"a method of nothing":        func() { Call(js.Undefined(), "max") },
		"an argument of a wrong kind": func() {
			Call(js.Global().Get("Math"), "max", make(chan int))
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is swallowed")
				}
			}()
			mistake()
		})
	}
}

func TestYieldLetsEventsIn(t *testing.T) {
	came := false
	pair := js.Global().Get("MessageChannel").New()
	f := js.FuncOf(func(js.Value, []js.Value) any { came = true; return nil })
	defer f.Release()
	pair.Get("port1").Set("onmessage", f)
	pair.Get("port2").Call("postMessage", "hello")
	for range 3 {
		Yield()
	}
	if !came {
		t.Error("a message waited through three yields")
	}
	pair.Get("port1").Call("close")
}

func TestCopyIn(t *testing.T) {
	array := js.Global().Get("Uint8Array").Call("of", 1, 2, 255)
	if got := CopyIn(array); string(got) != "\x01\x02\xff" {
		t.Errorf("copied %v", got)
	}
}
