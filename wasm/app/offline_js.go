package main

import "syscall/js"

// keep has the browser keep the page, once it can be used, and takes over what
// comes of it.
func (b *browser) keep() {
	js.Global().Call("hornbookKeep", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b.lock.Lock()
		b.page.Keep(args[0].String())
		b.lock.UnlockOnly()
		b.change()
		return nil
	})) // lives as long as the page
}

// network tells the page when the network goes and comes.
func (b *browser) network() {
	for event, news := range map[string]string{"offline": "away", "online": "back"} {
		js.Global().Call("addEventListener", event, js.FuncOf(func(js.Value, []js.Value) any {
			b.lock.Lock()
			b.page.Keep(news)
			b.lock.UnlockOnly()
			b.change()
			return nil
		}))
	}
	if on := js.Global().Get("navigator").Get("onLine"); on.Type() == js.TypeBoolean && !on.Bool() {
		b.page.Keep("away")
	}
}

// leaving asks before a page is left on which a model trains.
func (b *browser) leaving() {
	js.Global().Call("addEventListener", "beforeunload", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b.lock.Lock()
		defer b.lock.UnlockOnly()
		if b.page.Run.State == "training" {
			args[0].Call("preventDefault")
		}
		return nil
	}))
}

// notify says in the title of a hidden tab that its run is over.
func (b *browser) notify() {
	document := js.Global().Get("document")
	state := b.page.Run.State
	over := b.state == "training" && (state == "done" || state == "failed")
	b.state = state
	if hidden := document.Get("hidden").Bool(); over && hidden {
		document.Set("title", b.page.W.Say("run_over")+" · "+b.page.W.Say("title"))
	} else if !hidden && document.Get("title").String() != b.page.W.Say("title") {
		document.Set("title", b.page.W.Say("title"))
	}
}

// Renew opens the version of the page that waits.
func (b *browser) Renew() { js.Global().Call("hornbookRenew") }
