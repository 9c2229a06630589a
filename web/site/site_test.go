package site

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

var page = fstest.MapFS{
	"index.html":          {Data: []byte("<!doctype html>")},
	"index.html.br":       {Data: []byte("brotli")},
	"index.html.gz":       {Data: []byte("gzip")},
	"app.wasm":            {Data: []byte("\x00asm")},
	"samples/opticks.txt": {Data: []byte("light")},
	"page.webmanifest":    {Data: []byte("{}")},
	"icon.png":            {Data: []byte("\x89PNG")},
	".keep":               {Data: []byte("not for the world")},
}

func get(t *testing.T, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler(page).ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		path, accept string
		status       int
		kind, coding string
		body         string
	}{
		{"/", "", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "gzip, deflate, br", 200, "text/html; charset=utf-8", "br", "brotli"},
		{"/index.html", "gzip", 200, "text/html; charset=utf-8", "gzip", "gzip"},
		{"/", "br;q=0, gzip;q=0.5", 200, "text/html; charset=utf-8", "gzip", "gzip"},
		{"/", "br;q=0.0, identity", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "gzip;Q=0", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "gzip ; q = 0.000", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "GZIP;Q=0.001", 200, "text/html; charset=utf-8", "gzip", "gzip"},
		{"/", "*;q=0", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "*", 200, "text/html; charset=utf-8", "br", "brotli"},
		{"/", "*;q=0, gzip", 200, "text/html; charset=utf-8", "gzip", "gzip"},
		{"/", "br;q=0 , *", 200, "text/html; charset=utf-8", "gzip", "gzip"},
		{"/", "gzip;a=b;q=0", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "gzip;q=no", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/", "xgzip, gzip2;q=1", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"/app.wasm", "br", 200, "application/wasm", "", "\x00asm"},
		{"/samples/opticks.txt", "", 200, "text/plain; charset=utf-8", "", "light"},
		{"/page.webmanifest", "", 200, "application/manifest+json", "", "{}"},
		{"/icon.png", "br", 200, "image/png", "", "\x89PNG"},
		{"/samples", "", 404, "text/plain; charset=utf-8", "", "There is no such page here. Open / to begin.\n"},
		{"/.keep", "", 404, "text/plain; charset=utf-8", "", "There is no such page here. Open / to begin.\n"},
		{"/index.html.br", "", 404, "text/plain; charset=utf-8", "", "There is no such page here. Open / to begin.\n"},
		{"/../../etc/passwd.txt", "", 404, "text/plain; charset=utf-8", "", "There is no such page here. Open / to begin.\n"},
	} {
		r, body := get(t, "GET", c.path, "Accept-Encoding", c.accept)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.kind || body != c.body ||
			r.Header.Get("Content-Encoding") != c.coding {
			t.Errorf("%s (%s): %d %v %q", c.path, c.accept, r.StatusCode, r.Header, body)
		}
		for key, want := range map[string]string{
			"Content-Security-Policy": Policy, "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp", "X-Content-Type-Options": "nosniff",
		} {
			if got := r.Header.Get(key); got != want {
				t.Errorf("%s: %s is %q", c.path, key, got)
			}
		}
	}
}

func TestUnchanged(t *testing.T) {
	first, _ := get(t, "GET", "/")
	tag := first.Header.Get("ETag")
	if r, body := get(t, "GET", "/", "If-None-Match", tag); tag == "" || r.StatusCode != 304 || body != "" {
		t.Errorf("the same page again (%s): %d %q", tag, r.StatusCode, body)
	}
	if r, _ := get(t, "GET", "/", "If-None-Match", tag, "Accept-Encoding", "br"); r.StatusCode != 200 {
		t.Error("the compressed page goes by the plain page's tag")
	}
}

func TestOnlyReading(t *testing.T) {
	if r, _ := get(t, "POST", "/"); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", r.StatusCode, r.Header)
	}
	if r, body := get(t, "HEAD", "/"); r.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: %d %q", r.StatusCode, body)
	}
}
