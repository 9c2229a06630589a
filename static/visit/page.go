package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"hornbook/web/site"
)

// page is a built page on a server of its own, and what visits measured.
type page struct {
	folder                string
	server                *httptest.Server
	bytes                 atomic.Int64 // of bodies that the server has sent, compressed where they are
	plain, slowed, judged []visit
}

func servePage(folder string) (*page, error) {
	if _, err := os.Stat(filepath.Join(folder, "index.html")); err != nil {
		return nil, fmt.Errorf("%w (run `make build` first)", err)
	}
	p := &page{folder: folder}
	files := site.Handler(os.DirFS(folder))
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		files.ServeHTTP(&counter{w, &p.bytes}, r)
	}))
	return p, nil
}

// name is the folder as part of a file's name.
func (p *page) name() string {
	return strings.Trim(strings.NewReplacer("/", "-", "\\", "-", ".", "").Replace(p.folder), "-")
}

// counter counts what is written.
type counter struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes.Add(int64(n))
	return n, err
}
