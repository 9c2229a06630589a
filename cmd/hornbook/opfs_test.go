package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"hornbook/web/headless"
)

// opfsBench is the tests of wasm/opfs, built, on a server that isolates its pages.
type opfsBench struct {
	*testing.T
	address string
}

func newOPFSBench(t *testing.T) *opfsBench {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	dir := t.TempDir()
	build := exec.Command("go", "test", "-c", "-o", filepath.Join(dir, "opfs.wasm"), "hornbook/wasm/opfs")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{"/opfs.wasm": filepath.Join(dir, "opfs.wasm"), "/opfs.js": "testdata/opfs.js",
		"/wasm_exec.js": filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		if path, known := paths[r.URL.Path]; known {
			http.ServeFile(w, r, path)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>opfs</title><link rel="icon" href="data:,">`)
	}))
	t.Cleanup(server.Close)
	return &opfsBench{t, server.URL}
}

// browse starts Chromium and opens a page of the server.
func (b *opfsBench) browse(options ...chromedp.ExecAllocatorOption) (ctx context.Context, cancel context.CancelFunc) {
	b.Helper()
	ctx, cancel, err := headless.Open(b.Context(), options...)
	if err != nil {
		if os.Getenv("HORNBOOK_BROWSER") != "" {
			b.Fatal(err)
		}
		b.Skip(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(b.address)); err != nil {
		b.Fatal(err)
	}
	return ctx, cancel
}

// begin starts a worker that runs tests; what it writes gathers in the page's
// lines, its exit code in code.
func (b *opfsBench) begin(ctx context.Context, run string, env map[string]string) {
	b.Helper()
	environment, err := json.Marshal(env)
	if err != nil {
		b.Fatal(err)
	}
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`
		globalThis.worker?.terminate();
		lines = [];
		code = undefined;
		globalThis.worker = new Worker("opfs.js");
		worker.onerror = (e) => { lines.push(e.message); code = -1 };
		worker.onmessage = ({ data }) => { typeof data === "string" ? lines.push(data) : code = data.code };
		worker.postMessage({ args: ["-test.v", "-test.run=%s"], env: %s });
		true`, run, environment)))
	if err != nil {
		b.Fatal(err)
	}
}

// output is what the worker wrote so far, and whether it has ended.
func (b *opfsBench) output(ctx context.Context) (lines, code string, err error) {
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`String(code) + "\n" + lines.join("\n")`))
	code, lines, _ = strings.Cut(out, "\n")
	return lines, code, err
}

// pass waits until the tests have passed.
func (b *opfsBench) pass(ctx context.Context, run string, env map[string]string) {
	b.Helper()
	env["HORNBOOK_BROWSER"] = "required"
	b.begin(ctx, run, env)
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		lines, code, err := b.output(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if code == "undefined" && time.Now().Before(end) {
			continue
		}
		if code != "0" {
			b.Errorf("in Chromium the tests end with %s:\n%s", code, lines)
		}
		b.Log(lines)
		return
	}
}

func TestOPFS(t *testing.T) {
	b := newOPFSBench(t)
	ctx, cancel := b.browse()
	defer cancel()
	b.pass(ctx, "Storage|None|Writer|Released|Speed|Large", map[string]string{})
}

// A small quota: the browser says that the disk is full, and what was saved
// stays.
func TestOPFSQuota(t *testing.T) {
	b := newOPFSBench(t)
	ctx, cancel := b.browse()
	defer cancel()
	quota := 10e6
	_, err := chromedp.Call(ctx, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: b.address, QuotaSize: &quota})
	if err != nil {
		t.Fatal(err)
	}
	b.pass(ctx, "Quota", map[string]string{"HORNBOOK_QUOTA": fmt.Sprint(int(quota))})
}

// The browser is killed while a worker saves, again and again; each time the
// save that was done last, or the one after it, is whole.
func TestOPFSKilled(t *testing.T) {
	b := newOPFSBench(t)
	profile := t.TempDir()
	done := -1
	for kills := 0; ; kills++ {
		var browser *exec.Cmd
		ctx, cancel := b.browse(chromedp.UserDataDir(profile), chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
			c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
			browser = c
		}))
		defer cancel()
		saved := b.savesFrom(ctx, done)
		if kills == 10 {
			return
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		if lines, _, err := b.output(ctx); err == nil {
			saved = lastSaved(lines)
		}
		if err := syscall.Kill(-browser.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		cancel()
		t.Logf("killed when save %d was done", saved)
		done = saved
	}
}

// A worker that ends while it saves, as when the page is reloaded, is followed
// by another at once.
func TestOPFSReloaded(t *testing.T) {
	b := newOPFSBench(t)
	ctx, cancel := b.browse()
	defer cancel()
	done := -1
	for range 6 {
		done = b.savesFrom(ctx, done)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
	}
}

// savesFrom starts a worker that checks that the shelf has what was done, and
// then saves without end; it returns the number of the first save done.
func (b *opfsBench) savesFrom(ctx context.Context, done int) int {
	b.Helper()
	b.begin(ctx, "TestLastsAndGoesOn", map[string]string{"HORNBOOK_SAVED": fmt.Sprint(done), "HORNBOOK_BROWSER": "required"})
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		lines, code, err := b.output(ctx)
		if err != nil || code != "undefined" || time.Now().After(end) {
			b.Fatalf("the worker ends with %s (%v):\n%s", code, err, lines)
		}
		if saved := lastSaved(lines); saved > done && saved > 0 {
			b.Log(strings.ReplaceAll(lines, "\n", "; "))
			return saved
		}
	}
}

// lastSaved is the number of the last save that the worker says is done.
func lastSaved(lines string) (saved int) {
	if at := strings.LastIndex(lines, "saved "); at >= 0 {
		fmt.Sscanf(lines[at:], "saved %d", &saved)
	}
	return saved
}
