// Package sharetest is one suite that every place of package share must pass: files and
// SQLite on a machine of one's own, R2 and D1 on Cloudflare's runtime.
package sharetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hornbook/web/share"
)

// The headers by which a test says whom a request comes from, how far ahead the clock
// is, that nothing new is taken, and how long a body may take. A place obeys them in
// tests only: Obey, or a build of its own.
const (
	AddressHeader = "Hornbook-Test-Address"
	AheadHeader   = "Hornbook-Test-Ahead"  // as time.ParseDuration reads it
	ClosedHeader  = "Hornbook-Test-Closed" // any
	SlowHeader    = "Hornbook-Test-Slow"   // as time.ParseDuration reads it
)

// Obey is s as the request's headers want it.
func Obey(s *share.Server, r *http.Request) *share.Server {
	changed := share.New(s.Objects, s.DB)
	changed.Room, changed.Lines, changed.Slow, changed.Log = s.Room, s.Lines, s.Slow, s.Log
	changed.Closed = s.Closed || r.Header.Get(ClosedHeader) != ""
	if slow, err := time.ParseDuration(r.Header.Get(SlowHeader)); err == nil {
		changed.Slow = slow
	}
	changed.Now = func(r *http.Request) time.Time {
		ahead, _ := time.ParseDuration(r.Header.Get(AheadHeader))
		return time.Now().Add(ahead)
	}
	changed.Address = func(r *http.Request) string { return r.Header.Get(AddressHeader) }
	return changed
}

// Place is a server to be tested; nothing is kept there yet.
type Place struct {
	URL   string
	Sweep func(t testing.TB, ahead time.Duration)
	Count func(t testing.TB) Count // of what is kept
	Show  func(t testing.TB, id string)
	Quick bool // hundreds of requests take no time
}

// Count is how much is kept.
type Count struct {
	Objects int `json:"objects"`
	Rows    int `json:"rows"` // of things, classes and results
}

// Run runs the suite.
func Run(t *testing.T, p Place) {
	for _, one := range []struct {
		name string
		test func(*testing.T, Place)
	}{
		{"About", testAbout}, {"Things", testThings}, {"BadUploads", testBadUploads}, {"CutOff", testCutOff}, {"Slow", testSlow},
		{"TwoPutsAtOnce", testTwoPuts}, {"DeletesAtOnce", testDeletes}, {"DeleteWhileReading", testDeleteWhileReading},
		{"Expiry", testExpiry}, {"Report", testReport}, {"Limits", testLimits}, {"GuessedIDs", testGuesses}, {"Keys", testKeys},
		{"CrossOrigin", testCrossOrigin}, {"UploadsOff", testOff}, {"Class", testClass}, {"BadResults", testBadResults},
		{"ScriptsInNames", testScripts}, {"ThirtyPupils", testThirty}, {"CloseWhileSending", testClosing}, {"ClassExpiry", testClassExpiry},
	} {
		t.Run(one.name, func(t *testing.T) {
			before := p.Count(t)
			one.test(t, p)
			if after := p.Count(t); !t.Failed() && after != before {
				t.Errorf("the test began with %+v and leaves %+v", before, after)
			}
		})
	}
}

// client opens a connection for each request: a place may end one that rests, and who
// sends just then hears nothing, which a browser tries again.
var client = http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// from is a client of an address of its own.
type from struct {
	p      Place
	header http.Header
}

var addresses atomic.Int64

// visitor is a client of a new address.
func (p Place) visitor() from {
	n := addresses.Add(1)
	return from{p, http.Header{AddressHeader: {fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)}}}
}

// with is f with one header more.
func (f from) with(name, value string) from {
	f.header = f.header.Clone()
	f.header.Set(name, value)
	return f
}

func (f from) ahead(d time.Duration) from { return f.with(AheadHeader, d.String()) }
func (f from) key(key string) from        { return f.with("Authorization", "Bearer "+key) }

// said is an answer.
type said struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any // nil if it is none
}

// code is the code of a problem.
func (s said) code() string {
	code, _ := s.json["error"].(string)
	return code
}

func (s said) text(name string) string {
	text, _ := s.json[name].(string)
	return text
}

func (s said) String() string { return fmt.Sprintf("%d %.300s", s.status, s.body) }

// do sends a request and checks what every answer must be like.
func (f from) do(t testing.TB, method, path string, body []byte) said {
	t.Helper()
	s, err := f.try(t.Context(), method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	for _, wrong := range s.wrong() {
		t.Errorf("%s %s: %s (%s)", method, path, wrong, s)
	}
	return s
}

func (f from) try(ctx context.Context, method, path string, body []byte) (s said, err error) {
	r, err := f.request(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return s, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return read(answer, text), err
}

func (f from) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, f.p.URL+path, body)
	if err == nil {
		r.Header = f.header.Clone()
	}
	return r, err
}

func read(answer *http.Response, text []byte) said {
	s := said{status: answer.StatusCode, header: answer.Header, body: text}
	if answer.Header.Get("Content-Type") == "application/json" {
		json.Unmarshal(text, &s.json) // one that is none is found by who looks into it
	}
	return s
}

// wrong is what no answer may be like.
func (s said) wrong() (wrong []string) {
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "",
		"Access-Control-Allow-Methods": "", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer"} {
		if got := s.header.Get(name); got != want {
			wrong = append(wrong, fmt.Sprintf("its %s is %q", name, got))
		}
	}
	if policy := s.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") {
		wrong = append(wrong, "its policy is "+policy)
	}
	if sentence := s.text("sentence"); s.status >= 400 && (s.code() == "" || !strings.HasSuffix(sentence, ".") || strings.Contains(sentence, ".go:") || strings.Contains(sentence, os.TempDir())) {
		wrong = append(wrong, fmt.Sprintf("what is wrong is told as %q", sentence))
	}
	return wrong
}

// put shares a thing.
func (f from) put(t testing.TB, kind string, body []byte) said {
	t.Helper()
	sum := sha256.Sum256(body)
	return f.with("Hornbook-SHA256", hex.EncodeToString(sum[:])).do(t, "POST", "/api/share?kind="+kind, body)
}

// shared is a thing that was put, with its key.
type shared struct {
	path, id, key string
	expires       int64
	body          []byte
}

// share puts a thing that must be taken.
func (f from) share(t testing.TB, kind string, body []byte) shared {
	t.Helper()
	s := f.put(t, kind, body)
	if s.status != 201 || !share.ValidID(s.text("id")) || !share.ValidID(s.text("key")) || s.text("kind") != kind || s.json["size"] != float64(len(body)) {
		t.Fatalf("a good %s: %s", kind, s)
	}
	expires, _ := s.json["expires"].(float64)
	return shared{"/api/share/" + s.text("id"), s.text("id"), s.text("key"), int64(expires), body}
}

// gone deletes a thing.
func (f from) gone(t testing.TB, x shared) {
	t.Helper()
	if s := f.key(x.key).do(t, "DELETE", x.path, nil); s.status != 204 {
		t.Fatalf("delete: %s", s)
	}
}

// want checks an answer's status and, of a problem, its code.
func (s said) want(t testing.TB, what string, status int, code string) {
	t.Helper()
	if s.status != status || s.code() != code {
		t.Errorf("%s: %s, want %d %s", what, s, status, code)
	}
}
