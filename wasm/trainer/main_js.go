// Command trainer is the worker: it runs the session that the page commands
// by messages, and with it is the lead of a run's ranks. In the workers that
// the lead starts it serves as another rank.
package main

import (
	"fmt"
	"syscall/js"

	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
	"hornbook/web/session"
)

func main() {
	if seat := js.Global().Get("hornbookSeat"); seat.Truthy() {
		serve(seat)
		return
	}
	commands := make(chan protocol.Command, 1024)
	kept, why := openShelf()
	s := session.New(session.Host{Emit: emit, Yield: jsrt.Yield, Sample: sample, Cores: cores(), Memory: memory(), Launch: launch, GPU: lender(),
		Shelf: kept, Why: why, Base: true, Load: load})
	listen(commands)
	s.Serve(commands)
}

// listen takes the page's messages, those that came while this module was
// loading first.
func listen(commands chan<- protocol.Command) {
	receive := func(message js.Value) {
		c, err := decode(message)
		if err != nil {
			emit(&protocol.Problem{Code: protocol.BadMessage, Detail: err.Error()})
			return
		}
		select {
		case commands <- c:
		default:
			emit(&protocol.Problem{Code: protocol.Busy, Detail: "too many commands wait"})
		}
	}
	queue := js.Global().Get("hornbookQueue")
	for i := range queue.Length() {
		receive(queue.Index(i))
	}
	js.Global().Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		receive(args[0].Get("data"))
		return nil
	})) // lives as long as the worker
}

// cores is what the browser says of the machine; some say nothing.
func cores() int {
	n := js.Global().Get("navigator").Get("hardwareConcurrency")
	if n.Type() != js.TypeNumber {
		return 1
	}
	return n.Int()
}

// memory is what a run may take, in bytes: as much as a module can have, or half of what the
// device has as far as the browser says it; what says nothing may be small.
func memory() float64 {
	gib := js.Global().Get("navigator").Get("deviceMemory")
	if gib.Type() != js.TypeNumber {
		return 2 << 30
	}
	return min(gib.Float()/2*(1<<30), protocol.MostMemory)
}

func decode(message js.Value) (protocol.Command, error) {
	text := message.Get("json")
	if text.Type() != js.TypeString {
		return nil, fmt.Errorf("a message without json")
	}
	c, err := protocol.DecodeCommand([]byte(text.String()))
	if err != nil {
		return nil, err
	}
	payload := message.Get("payload")
	if !payload.Truthy() {
		return c, nil
	}
	switch c := c.(type) {
	case *protocol.SetText:
		if n := payload.Length(); n > protocol.MaxText {
			return nil, fmt.Errorf("a text of %d bytes is over the limit of %d", n, protocol.MaxText)
		}
		c.Data = jsrt.CopyIn(payload)
	case *protocol.Import:
		c.Files = newFiles(c.Names, payload)
	}
	return c, nil
}

func emit(e protocol.Event) {
	text, err := protocol.EncodeEvent(e)
	if err != nil {
		text, _ = protocol.EncodeEvent(&protocol.Problem{Code: protocol.Internal, Detail: err.Error()})
	}
	f, ok := e.(*protocol.File)
	if !ok {
		js.Global().Call("postMessage", string(text))
		return
	}
	bytes := js.Global().Get("Uint8Array").New(len(f.Data))
	js.CopyBytesToJS(bytes, f.Data)
	message := map[string]any{"json": string(text), "payload": bytes.Get("buffer")}
	js.Global().Call("postMessage", message, []any{bytes.Get("buffer")})
}

// sample fetches a built-in text.
func sample(name string) ([]byte, error) {
	return fetched(js.Global().Call("hornbookFile", "samples/"+name+".txt"))
}
