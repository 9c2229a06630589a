package site

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// Policy is the page's Content Security Policy: nothing but its own files,
// and no script but those, wasm included.
const Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

// Header is a line that answers carry.
type Header struct{ Name, Value string }

// Always are the headers of every answer, whoever serves it.
var Always = []Header{
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
}

// Page are the headers of the page's files.
var Page = slices.Concat(Always, []Header{
	{"Content-Security-Policy", Policy},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Cache-Control", "no-cache"}, // ask again, and mostly hear 304
})

// Shared are the headers of what people share and of all that is said about it: no
// browser may show it as a page, run it, or keep it.
var Shared = slices.Concat(Always, []Header{
	{"Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"},
	{"Cache-Control", "no-store"},
})

// Set puts headers into h.
func Set(h http.Header, headers []Header) {
	for _, line := range headers {
		h.Set(line.Name, line.Value)
	}
}

// HeadersFile is Page as the file _headers, which tells it to hosts of plain files.
func HeadersFile() []byte {
	var out bytes.Buffer
	out.WriteString("/*\n")
	for _, line := range Page {
		fmt.Fprintf(&out, "  %s: %s\n", line.Name, line.Value)
	}
	for _, ending := range slices.Sorted(maps.Keys(types)) {
		fmt.Fprintf(&out, "/*%s\n  Content-Type: %s\n", ending, types[ending])
	}
	return out.Bytes()
}
