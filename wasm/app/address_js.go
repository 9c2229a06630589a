package main

import (
	"strings"
	"syscall/js"

	"hornbook/web/protocol"
	"hornbook/web/ui"
	"hornbook/web/wording"
)

// The page's address, its language, and what the browser remembers of it.

func location() js.Value { return js.Global().Get("location") }

// addressed opens what the address names, now and whenever it changes; what was
// set at the last visit comes before. ?backend=cpu or webgpu says what is to take the
// steps, whatever was chosen before.
func (b *browser) addressed() {
	wish := js.Global().Get("URLSearchParams").New(location().Get("search")).Call("get", "backend")
	if wish.Truthy() {
		b.page.WishBackend(wish.String())
	}
	b.wishedLesson()
	before := recall("page")
	if before != "" {
		station, x := ui.ReadAddress(before)
		b.page.Go(station)
		b.page.Remembered(x)
	}
	b.page.Addressed(location().Get("hash").String(), before == "")
	js.Global().Call("addEventListener", "hashchange", js.FuncOf(func(js.Value, []js.Value) any {
		b.lock.Lock()
		b.page.Addressed(location().Get("hash").String(), false)
		b.lock.UnlockOnly()
		b.change()
		return nil
	}))
}

// Visit writes a station's address where the browser shows it.
func (b *browser) Visit(station string) { location().Set("hash", "/"+station) }

// CopyLink puts the page's address with a fragment on the clipboard.
func (b *browser) CopyLink(fragment string) {
	at := js.Global().Get("URL").New(fragment, location().Get("href"))
	b.Copy(at.Get("href").String())
}

// language is the one that was chosen, or that the browser prefers.
func language() string {
	preferred := []string{}
	if chosen := recall("language"); chosen != "" {
		preferred = append(preferred, chosen)
	}
	languages := js.Global().Get("navigator").Get("languages")
	for i := range languages.Length() {
		preferred = append(preferred, languages.Index(i).String())
	}
	return wording.Match(preferred)
}

// Speak tells the browser which language the page is in, and keeps the choice.
func (b *browser) Speak(language, title string, rightToLeft bool) {
	dress(language, title, rightToLeft)
	keep("language", language)
}

func dress(language, title string, rightToLeft bool) {
	html := js.Global().Get("document").Get("documentElement")
	html.Set("lang", language)
	html.Set("dir", map[bool]string{false: "ltr", true: "rtl"}[rightToLeft])
	js.Global().Get("document").Set("title", title)
}

// remember keeps what is set on the page until it is opened again.
func (b *browser) remember() {
	if !b.usable {
		return
	}
	if now := b.page.Memory(); now != b.kept {
		b.kept = now
		keep("page", now)
	}
}

// keep and recall are the browser's small memory of this page, which some
// windows do not have.
func keep(name, value string) { js.Global().Call("hornbookKeepSmall", name, value) }

func recall(name string) string { return js.Global().Call("hornbookRecall", name).String() }

// foresee takes over what stands on the page already: what the trainer is going
// to tell, which the page's file holds, and what a person has done meanwhile.
func (b *browser) foresee() {
	for line := range strings.Lines(js.Global().Call("hornbookForeseen").String()) {
		if e, err := protocol.DecodeEvent([]byte(line)); err == nil {
			b.page.Foresee(e)
		}
	}
	if prompt := element("prompt"); prompt.Truthy() {
		b.page.Early(prompt.Get("value").String(), js.Global().Get("hornbookPressed").Truthy())
	}
}
