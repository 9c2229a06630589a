//go:build !js

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/exchange"
	"hornbook/web/share/sharetest"
	"hornbook/web/site"
)

// Where make edge-test builds the two programs: as it is put up, and with the tag
// edgetest.
const (
	built  = "../../build/edge"
	obeys  = "../../build/edge-test"
	script = "testdata/workerd/place.mjs"
)

// workerd is the worker on Cloudflare's runtime.
type workerd struct{ URL, Control string }

// needed skips a test unless HORNBOOK_EDGE wants it, as make edge-test does, which
// builds what it needs.
func needed(t testing.TB, files ...string) {
	t.Helper()
	if os.Getenv("HORNBOOK_EDGE") != "required" {
		t.Skip("make edge-test builds the worker and tests it")
	}
	for _, file := range append(files, "testdata/workerd/node_modules/miniflare/package.json") {
		if _, err := os.Stat(file); err != nil {
			t.Fatalf("%v; run make edge-test", err)
		}
	}
}

// run starts it, until the test ends.
func run(t testing.TB, build, site string, env ...string) workerd {
	t.Helper()
	args := []string{script, build}
	if needed(t, filepath.Join(build, "app.wasm")); site != "" {
		needed(t, filepath.Join(site, "_headers"))
		args = append(args, site)
	}
	node := exec.Command("node", args...)
	node.Env, node.Stderr = append(os.Environ(), env...), os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); node.Wait() })
	var w workerd
	lines := bufio.NewReader(out)
	for w.URL == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("workerd does not start: %v", err)
		}
		if json.Unmarshal([]byte(line), &w) != nil {
			t.Log(line)
		}
	}
	go io.Copy(os.Stderr, lines)
	return w
}

// control asks the script.
func (w workerd) control(t testing.TB, path, body string, value any) {
	t.Helper()
	answer, err := http.Post(w.Control+path, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: %v %s", path, err, text)
	}
	if value != nil {
		if err := json.Unmarshal(text, value); err != nil {
			t.Fatal(err)
		}
	}
}

// place is w for the suite.
func (w workerd) place() sharetest.Place {
	return sharetest.Place{URL: w.URL,
		Sweep: func(t testing.TB, ahead time.Duration) {
			w.control(t, fmt.Sprintf("/sweep?ahead=%d", ahead.Milliseconds()), "", nil)
		},
		Show: func(t testing.TB, id string) {
			w.control(t, "/sql", "UPDATE things SET state = 'kept', reports = 0, reason = '' WHERE id = '"+id+"'", nil)
		},
		Count: func(t testing.TB) (c sharetest.Count) {
			w.control(t, "/count", "", &c)
			return c
		}}
}

func TestConforms(t *testing.T) { sharetest.Run(t, run(t, obeys, "").place()) }

// Bytes without a row, as a put that ended between the two leaves them, are swept up
// when they are an hour old.
func TestSweepsBytes(t *testing.T) {
	w := run(t, obeys, "")
	p := w.place()
	w.control(t, "/put?id="+strings.Repeat("a", 26), "bytes", nil)
	p.Sweep(t, 0)
	if c := p.Count(t); c.Objects != 1 {
		t.Errorf("at once: %+v", c)
	}
	p.Sweep(t, 2*time.Hour)
	if c := p.Count(t); c.Objects != 0 {
		t.Errorf("two hours later: %+v", c)
	}
}

// ask sends a request with some headers.
func (w workerd) ask(t testing.TB, method, path, body string, headers ...string) (answer *http.Response, text string) {
	t.Helper()
	r, err := http.NewRequest(method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err = http.DefaultTransport.RoundTrip(r) // which follows nowhere
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(all)
}

const aTask = `{"prompt":"2 + 3","answer":"5"}` + "\n"

// putTask shares a task.
func (w workerd) putTask(t testing.TB, headers ...string) (status int, id string) {
	t.Helper()
	answer, text := w.ask(t, "POST", "/api/share?kind=task", aTask, append(headers, "Hornbook-SHA256", fmt.Sprintf("%x", sha256.Sum256([]byte(aTask))))...)
	var said struct {
		ID string `json:"id"`
	}
	json.Unmarshal([]byte(text), &said)
	return answer.StatusCode, said.ID
}

// The program that is put up does not know the tests' headers: nobody changes its clock
// or its switch. Beside it lies the page, with the headers of web/site.
func TestAsPutUp(t *testing.T) {
	w := run(t, built, filepath.Join(built, "site"))
	status, id := w.putTask(t, sharetest.ClosedHeader, "1", sharetest.SlowHeader, "1ns")
	if status != 201 {
		t.Fatalf("a put with the tests' headers: %d", status)
	}
	if answer, text := w.ask(t, "GET", "/api/share/"+id, "", sharetest.AheadHeader, "1000h"); answer.StatusCode != 200 || text != aTask {
		t.Errorf("with the clock ahead: %d %s", answer.StatusCode, text)
	}
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/app.wasm": "application/wasm", "/sw.js": "text/javascript; charset=utf-8"} {
		answer, _ := w.ask(t, "GET", path, "")
		if got := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || got != kind {
			t.Errorf("%s: %d %s", path, answer.StatusCode, got)
		}
		for _, line := range site.Page {
			if got := answer.Header.Get(line.Name); got != line.Value {
				t.Errorf("%s: its %s is %q", path, line.Name, got)
			}
		}
	}
	for _, path := range []string{"/nothing", "/_headers", "/_redirects", "/app.wasm.br"} {
		if answer, _ := w.ask(t, "GET", path, ""); answer.StatusCode != 404 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}

// UPLOADS=off takes nothing new.
func TestSwitch(t *testing.T) {
	w := run(t, built, "", "UPLOADS=off")
	if status, _ := w.putTask(t); status != 503 {
		t.Errorf("a put: %d", status)
	}
	if _, text := w.ask(t, "GET", "/api/", ""); !strings.Contains(text, `"uploads":false`) {
		t.Errorf("what it is: %s", text)
	}
}

// BenchmarkCPU is the time that the worker's isolate computes for a request, as V8's
// profiler sees it: of windows of five requests the median, and the quietest, since
// the profiler's clock goes on while another program has the core. It is the program that
// is put up: the one that obeys tests makes a server for each request. A put is longer
// than the others by what looks at the model.
func BenchmarkCPU(b *testing.B) {
	w := run(b, built, "", "PROFILE=1")
	computed := func() float64 {
		var said struct {
			MS float64 `json:"ms"`
		}
		w.control(b, "/profile", "", &said)
		return said.MS
	}
	computed()
	n := 0
	for _, one := range w.requests(b) {
		b.Run(one.name, func(b *testing.B) {
			one.ask(fmt.Sprint("warm", n)) // the first is compiled
			computed()
			var windows []float64
			for b.Loop() {
				for range 5 {
					n++
					if r := one.ask(fmt.Sprint(n)); r.StatusCode >= 300 {
						b.Fatal(r.Status)
					}
				}
				windows = append(windows, computed()/5)
			}
			slices.Sort(windows)
			b.ReportMetric(windows[len(windows)/2], "ms/request")
			b.ReportMetric(windows[0], "quietest-ms/request")
		})
	}
}

// addressHeader is where Cloudflare says whom a request comes from; miniflare believes
// what a client says there.
const addressHeader = "CF-Connecting-IP"

// request is one that costs something.
type request struct {
	name string
	ask  func(address string) *http.Response
}

// requests are those whose cost is measured.
func (w workerd) requests(b *testing.B) []request {
	var model bytes.Buffer
	shape := checkpointtest.Forms["llama"]
	shape.Channels, shape.Hidden, shape.Layers = 192, 512, 4
	if err := exchange.ZipShared(&model, checkpointtest.Fresh(b, shape, checkpointtest.Chars(b))); err != nil {
		b.Fatal(err)
	}
	tasks := strings.Repeat(aTask, 256<<10/len(aTask))
	_, task := w.putTask(b, addressHeader, "cpu")
	answer, text := w.ask(b, "POST", "/api/class", "", addressHeader, "cpu")
	var class struct{ Code string }
	if err := json.Unmarshal([]byte(text), &class); err != nil || answer.StatusCode != 201 {
		b.Fatalf("%d %s", answer.StatusCode, text)
	}
	asks := func(method, path, body string) func(string) *http.Response {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(body)))
		return func(address string) *http.Response {
			r, _ := w.ask(b, method, path, body, "Hornbook-SHA256", sum, addressHeader, address)
			return r
		}
	}
	return []request{
		{"about", asks("GET", "/api/", "")},
		{"get", asks("GET", "/api/share/"+task, "")},
		{"result", asks("POST", "/api/class/"+class.Code+"/result", `{"objective":"lm","measures":{"val_loss":2.1},"samples":["Once upon a time"]}`)},
		{fmt.Sprintf("model=%.1fMB", float64(model.Len())/1e6), asks("POST", "/api/share?kind=model", model.String())},
		{"task=256kB", asks("POST", "/api/share?kind=task", tasks)},
	}
}

// In Chromium a model is shared by the worker as it is put up, opened in another browser
// and taken back: cmd/hornbook's own test, of this place.
func TestShareInTheBrowser(t *testing.T) { inTheBrowser(t, "TestShare$") }

// And a class is opened, sent to, closed and deleted.
func TestClassInTheBrowser(t *testing.T) { inTheBrowser(t, "TestClass$") }

func inTheBrowser(t *testing.T, name string) {
	w := run(t, built, filepath.Join(built, "site"))
	test := exec.Command("go", "test", "-count=1", "-vet=off", "-run", name, "hornbook/cmd/hornbook")
	test.Env = append(os.Environ(), "HORNBOOK_BROWSER=required", "HORNBOOK_SHARE="+w.URL)
	if out, err := test.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
