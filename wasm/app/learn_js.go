package main

import (
	"syscall/js"

	"hornbook/wasm/jsrt"
	"hornbook/web/ui"
)

// Fetch asks for a file of the page, as text.
func (b *browser) Fetch(name string) {
	go func() {
		text := ""
		if answer, err := jsrt.Await(js.Global().Call("hornbookFile", name)); err == nil && answer.Get("ok").Bool() {
			if content, err := jsrt.Await(answer.Call("text")); err == nil {
				text = content.String()
			}
		}
		b.with(func() { b.page.Fetched(name, text) })
	}()
}

// Remember and Recall keep a text in the browser's small memory.
func (b *browser) Remember(name, text string) { keep(name, text) }
func (b *browser) Recall(name string) string  { return recall(name) }

// wishedLesson begins the lesson that ?lesson=6 asks for; &locked=1 keeps the page
// to lessons.
func (b *browser) wishedLesson() {
	asked := js.Global().Get("URLSearchParams").New(location().Get("search"))
	if n := asked.Call("get", "lesson"); n.Truthy() {
		b.page.WishLesson(n.String(), asked.Call("has", "locked").Bool())
	}
}

// openLesson opens a file of lessons; one that cannot be read is none.
func (b *browser) openLesson(f namedFile) {
	content := ""
	if f.file.Get("size").Int() <= ui.MostLesson {
		if text, err := jsrt.Await(f.file.Call("text")); err == nil {
			content = text.String()
		}
	}
	b.with(func() { b.page.OpenLesson(f.name, content) })
}
