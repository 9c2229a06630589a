// Command app is the page: it mounts the components, sends their commands to
// the trainer's worker and draws what the worker says.
package main

import (
	"syscall/js"
	"time"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/domrender"

	"hornbook/web/protocol"
	"hornbook/web/ui"
)

const (
	drawEvery = 50 * time.Millisecond // at most, but what a person does is drawn at once
	slowest   = time.Second           // in a tab that is hidden
)

func main() {
	renderer, err := domrender.New("#app")
	if err != nil {
		panic(err)
	}
	build, err := vugu.NewBuildEnv(renderer.EventEnv())
	if err != nil {
		panic(err)
	}
	browser := newBrowser(renderer.EventEnv())
	root := &ui.Root{Page: browser.page}
	build.WireComponent(root)
	dress(browser.page.W.Language, browser.page.W.Say("title"), browser.page.W.RightToLeft())
	browser.foresee()
	browser.listen()
	go func() {
		for renderer.EventWait() {
			browser.change()
			browser.touch()
		}
	}()
	for {
		<-browser.changed
		browser.frame()
		browser.clear()
		if err := renderer.Render(build.RunBuild(root)); err != nil {
			panic(err)
		}
		browser.drawn()
		select {
		case <-browser.touched:
		case <-time.After(drawEvery):
		}
	}
}

// frame waits for the browser to be about to paint; a hidden tab, which is not
// painted, waits no longer than slowest.
func (b *browser) frame() {
	js.Global().Call("requestAnimationFrame", b.painting)
	select {
	case <-b.paint:
	case <-time.After(slowest):
	}
}

// change asks for the page to be drawn anew.
func (b *browser) change() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// touch cuts the pause between two drawings short.
func (b *browser) touch() {
	select {
	case b.touched <- struct{}{}:
	default:
	}
}

// receive takes over an event of the worker: its JSON alone, or an object with
// the bytes of a file beside it.
func (b *browser) receive(message js.Value) {
	text, payload := message, js.Undefined()
	if message.Type() == js.TypeObject {
		text, payload = message.Get("json"), message.Get("payload")
	}
	e, err := protocol.DecodeEvent([]byte(text.String()))
	if err != nil {
		e = &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
	}
	if file, is := e.(*protocol.File); is {
		if b.shares(file) {
			b.made = payload
		} else {
			offer(file.Name, payload)
		}
	}
	b.with(func() { b.page.Apply(e) })
}
