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

// Renew opens the version of the page that waits.
func (b *browser) Renew() { js.Global().Call("hornbookRenew") }
