// Package site serves the page: one handler with the headers that keep it
// closed to the outside and cross-origin isolated, and the compressed form of
// each file where the browser takes it.
package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// types names what Go's own table may lack on a bare machine.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".jsonl": "application/json",
	".md":  "text/plain; charset=utf-8",
	".png": "image/png", ".webmanifest": "application/manifest+json", ".safetensors": "application/octet-stream", ".zip": "application/zip",
}

// encodings are the compressed forms that lie beside a file, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves files: "/" is index.html, "a.js.br" the brotli form of "a.js".
func Handler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Set(w.Header(), Page)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This server only gives files: use GET.", http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/api/" { // which package share answers where something can be shared
			w.Header().Set("Content-Type", types[".json"])
			io.WriteString(w, `{"share":false}`)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		kind, known := types[path.Ext(name)]
		if !known || !exists(files, name) {
			http.Error(w, "There is no such page here. Open / to begin.", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		serve(w, r, files, name)
	})
}

func exists(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && !info.IsDir()
}

func serve(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	w.Header().Set("Vary", "Accept-Encoding")
	for _, e := range encodings {
		if accepts(r.Header.Get("Accept-Encoding"), e.name) && exists(files, name+e.suffix) {
			w.Header().Set("Content-Encoding", e.name)
			name += e.suffix
			break
		}
	}
	body, err := fs.ReadFile(files, name)
	if err != nil {
		http.Error(w, "The server cannot read this file.", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// accepts tells whether an Accept-Encoding header takes coding: it names it, or any by
// *, and does not weigh that 0 (RFC 9110, 12.5.3). Neither names nor the q are case
// sensitive, and a name of its own counts before *.
func accepts(header, coding string) (takes bool) {
	for part := range strings.SplitSeq(header, ",") {
		name, rest, _ := strings.Cut(part, ";")
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, coding):
			return !refused(rest)
		case name == "*":
			takes = !refused(rest)
		}
	}
	return takes
}

// refused tells whether the parameters of a coding weigh it 0. A weight that is no
// number refuses too: the plain file is never wrong.
func refused(parameters string) bool {
	for one := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(one, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err != nil || !(weight > 0)
		}
	}
	return false
}
