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
