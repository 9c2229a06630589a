package main

import (
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"hornbook/wasm/jsrt"
	"hornbook/web/protocol"
	"hornbook/web/ui"
)

// The server that the page came from, where it keeps what people share.

// Call asks it. A page that is one file has no server.
func (b *browser) Call(c ui.Call, then func(ui.Answer)) {
	go func() {
		a, file := ui.Answer{}, namedFile{}
		if strings.HasPrefix(location().Get("protocol").String(), "http") {
			a, file = b.called(c)
		}
		b.with(func() {
			b.brought = file
			then(a)
		})
	}()
}

func (b *browser) called(c ui.Call) (a ui.Answer, file namedFile) {
	headers, body := map[string]any{}, any(c.Body)
	if c.Key != "" {
		headers["Authorization"] = "Bearer " + c.Key
	}
	switch {
	case c.Send == ui.Made:
		body = b.made
	case c.Send == ui.Given:
		body = b.given()
	case c.Method == "POST" && c.Body != "":
		headers["Content-Type"] = "application/json"
	}
	if strings.HasPrefix(c.Path, "/api/share?") {
		bytes, err := jsrt.Await(js.Global().Get("Response").New(body).Call("arrayBuffer"))
		if err != nil {
			return a, file
		}
		subtle := js.Global().Get("crypto").Get("subtle")
		if !subtle.Truthy() { // of a page that is not trusted with it: plain http from another machine
			return a, file
		}
		sum, err := jsrt.Await(subtle.Call("digest", "SHA-256", bytes))
		if err != nil {
			return a, file
		}
		body, headers["Hornbook-SHA256"] = bytes, hexadecimal(sum)
	}
	options := map[string]any{"method": c.Method, "headers": headers, "cache": "no-store", "credentials": "omit",
		"signal": js.Global().Get("AbortSignal").Call("timeout", patience.Milliseconds())}
	if c.Method == "POST" {
		options["body"] = body
	}
	answer, err := jsrt.Await(js.Global().Call("fetch", c.Path, options))
	if err != nil {
		return a, file
	}
	return b.answered(c, answer)
}

// answered takes over what the server said, and the file that it sent.
func (b *browser) answered(c ui.Call, answer js.Value) (a ui.Answer, file namedFile) {
	status := answer.Get("status").Int()
	if c.Into == "" || status != 200 {
		text, err := jsrt.Await(answer.Call("text"))
		if err != nil {
			return a, file
		}
		return ui.Answer{Status: status, Body: text.String()}, file
	}
	blob, err := jsrt.Await(answer.Call("blob"))
	if err != nil {
		return a, file
	}
	file = namedFile{c.Into, js.Global().Get("File").New([]any{blob}, c.Into)}
	return ui.Answer{Status: status}, file
}

// given is the text that was read last, as its files are.
func (b *browser) given() js.Value {
	parts := []any{}
	for _, f := range b.texts {
		parts = append(parts, f.file, "\n")
	}
	return js.Global().Get("Blob").New(parts)
}

// Accept takes the file that the answer brought which is handled now.
func (b *browser) Accept() {
	f := b.brought
	if ui.AreModel([]string{f.name}) {
		b.hold([]namedFile{f})
		return
	}
	go b.readFiles([]namedFile{f}, "")
}

// patience is how long an answer is waited for; a model of 8 MB needs some time on a slow
// line.
const patience = 2 * time.Minute

// hexadecimal is an ArrayBuffer in digits.
func hexadecimal(buffer js.Value) string {
	bytes := js.Global().Get("Uint8Array").New(buffer)
	var digits strings.Builder
	for i := range bytes.Length() {
		digits.WriteString(strconv.FormatInt(int64(bytes.Index(i).Int())+0x100, 16)[1:])
	}
	return digits.String()
}

// again is how long Later waits.
const again = 3 * time.Second

// shares tells whether a file was made to be shared.
func (b *browser) shares(f *protocol.File) bool {
	b.lock.Lock()
	defer b.lock.UnlockOnly()
	return b.page.Keeps(f)
}

// Later does something some seconds from now; in a hidden tab not before it is seen.
func (b *browser) Later(then func()) {
	go func() {
		for time.Sleep(again); js.Global().Get("document").Get("hidden").Bool(); {
			time.Sleep(again)
		}
		b.with(then)
	}()
}

// Link is the page's address with a fragment.
func (b *browser) Link(fragment string) string {
	if fragment == "" {
		return location().Get("host").String()
	}
	return js.Global().Get("URL").New(fragment, location().Get("href")).Get("href").String()
}

// QR is how many squares a text's code has on a side; it is drawn with the page.
func (b *browser) QR(text string) int { return js.Global().Call("hornbookQR", text).Int() }

// Collect reads the results of a class that are chosen in an input.
func (b *browser) Collect(input string) { go b.collect(chosen(input)) }

// mostResult is how much of a file is read as a result.
const mostResult = 64 << 10

func (b *browser) collect(files []namedFile) {
	names, contents := make([]string, len(files)), make([]string, len(files))
	for i, f := range files {
		names[i] = f.name
		if f.file.Get("size").Int() > mostResult {
			continue
		}
		if text, err := jsrt.Await(f.file.Call("text")); err == nil {
			contents[i] = text.String()
		}
	}
	b.with(func() { b.page.HandedIn(names, contents) })
}
