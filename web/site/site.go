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
	"strings"
	"time"
)

// types names what Go's own table may lack on a bare machine.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".jsonl": "application/json",
	".md":  "text/plain; charset=utf-8",
	".png": "image/png", ".webmanifest": "application/manifest+json", ".safetensors": "application/octet-stream",
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

// accepts tells whether an Accept-Encoding header names coding and does not
// weigh it 0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		q := strings.TrimSpace(weight)
		return strings.TrimRight(strings.TrimPrefix(q, "q="), ".0") != "" || q == ""
	}
	return false
}
