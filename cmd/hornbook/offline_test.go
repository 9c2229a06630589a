package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"hornbook/web/site"
)

// keptPage are the names and digests that the service worker's script lists.
var keptPage = regexp.MustCompile(`(?m)^  "(.*)": "sha256-(.*)",?$`)

// The service worker lists every file, and the server gives each with the
// digest that stands there.
func TestEveryFileIsKept(t *testing.T) {
	files := builtPage(t)
	server := httptest.NewServer(site.Handler(files))
	defer server.Close()
	listed := keptPage.FindAllStringSubmatch(fetched(t, server.URL+"/sw.js"), -1)
	for _, file := range listed {
		sum := sha256.Sum256([]byte(fetched(t, server.URL+"/"+file[1])))
		if got := base64.StdEncoding.EncodeToString(sum[:]); got != file[2] {
			t.Errorf("%s has the digest %s, listed is %s", file[1], got, file[2])
		}
	}
	built := 0
	fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() && path != ".keep" && path != "sw.js" && !strings.HasSuffix(path, ".br") && !strings.HasSuffix(path, ".gz") {
			built++
		}
		return err
	})
	if len(listed) != built {
		t.Errorf("the service worker lists %d files, built were %d", len(listed), built)
	}
}

// fetched is what a server gives.
func fetched(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: status %d, %v", url, answer.StatusCode, err)
	}
	return string(body)
}

// keepsOffline waits until the page says that it does.
func (p *tab) keepsOffline() {
	p.Helper()
	p.until("it works offline", `document.getElementById("offline").textContent.includes("works offline")`)
}

// leaves waits until what is done opens the page anew.
func (p *tab) leaves(do func()) {
	p.Helper()
	p.js(`window.left = true`)
	do()
	p.until("the page has opened anew", `!window.left && document.documentElement?.dataset.ready === "true"`)
}

func (p *tab) reload() {
	p.Helper()
	p.leaves(func() { p.do(chromedp.Reload()) })
}

// Without a network the page of the last visit opens, isolated as ever,
// predicts with its own model, trains, saves, goes on after it was opened anew,
// and has its samples.
func TestOffline(t *testing.T) {
	server := httptest.NewServer(site.Handler(builtPage(t)))
	defer server.Close()
	p := openTabAt(t, server.URL)
	p.keepsOffline()
	p.cutNetwork()
	if got := p.js(`fetch("nothing.txt").then((r) => r.status, () => "cut")`); got != "cut" {
		t.Fatalf("the network is not cut: the server answers %s", got)
	}
	server.Close()
	p.at("learn")
	p.until("the lessons are there", `document.getElementById("lesson-6-begin")`)
	p.at("text")
	p.choose("Sample text", "opticks")
	p.until("the other sample is there, before the page opens anew", `document.querySelector(".preview").textContent.includes("OPTICKS")`)
	p.at("try")
	p.reload()
	if p.js(`crossOriginIsolated`) != "true" {
		t.Error("the page that the browser kept is not cross-origin isolated")
	}
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.trainsAndWrites("2")
	p.begin(100000)
	p.beyond(20)
	p.press("Pause")
	p.state("paused")
	at := p.step()
	p.until("it is saved", fmt.Sprintf(`document.getElementById("saved").textContent.includes("step %d")`, at))
	p.reload()
	p.press("Go on")
	p.state("training")
	if p.step() < at {
		t.Errorf("it goes on at step %d, saved was step %d", p.step(), at)
	}
	p.beyond(at + 5)
	p.press("Stop")
	p.state("done")
	p.at("text")
	p.choose("Sample text", "opticks")
	p.until("the other sample is there", `document.querySelector(".preview").textContent.includes("OPTICKS")`)
	p.keepsOffline()
}

// cutNetwork cuts it by the browser's own switch, for the page and for the
// service worker.
func (p *tab) cutNetwork() {
	p.Helper()
	targets, err := chromedp.Targets(p.ctx)
	if err != nil {
		p.Fatal(err)
	}
	cut := []context.Context{p.ctx}
	for _, info := range targets {
		if info.Type == "service_worker" {
			ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(info.TargetID))
			p.Cleanup(cancel)
			cut = append(cut, ctx)
		}
	}
	if len(cut) != 2 {
		p.Fatalf("there are %d service workers", len(cut)-1)
	}
	for _, ctx := range cut {
		err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
				return err
			}
			_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}})
			return err
		}))
		if err != nil {
			p.Fatal(err)
		}
	}
}

// changedPage is the built page with another style and, as the build would
// make it, another service worker.
func changedPage(t *testing.T, files fs.FS) fs.FS {
	t.Helper()
	changed := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "style.css.") || strings.HasPrefix(path, "sw.js.") {
			return err
		}
		body, err := fs.ReadFile(files, path)
		changed[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	digest := func(body []byte) string {
		sum := sha256.Sum256(body)
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	style, worker := changed["style.css"].Data, string(changed["sw.js"].Data)
	second := append([]byte(":root { --version: 2 }\n"), style...)
	changed["style.css"].Data = second
	worker = strings.Replace(worker, digest(style), digest(second), 1)
	worker = strings.Replace(worker, `version = "`, `version = "2`, 1)
	changed["sw.js"].Data = []byte(worker)
	return changed
}

// openChanging opens the built page from a server that can become another.
func openChanging(t *testing.T) (p *tab, change func(http.Handler)) {
	t.Helper()
	var now atomic.Value
	change = func(to http.Handler) { now.Store(http.HandlerFunc(to.ServeHTTP)) }
	change(site.Handler(builtPage(t)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().(http.HandlerFunc)(w, r) }))
	t.Cleanup(server.Close)
	return openTabAt(t, server.URL), change
}

// A new version is offered while the old one stays: not during a training, not
// while another tab shows the old one; pressed, it opens.
func TestNewVersion(t *testing.T) {
	p, change := openChanging(t)
	p.keepsOffline()
	change(site.Handler(changedPage(t, builtPage(t))))
	version := `getComputedStyle(document.documentElement).getPropertyValue("--version")`
	says := func(what string) {
		t.Helper()
		p.until("it says: "+what, `document.getElementById("newer-says").textContent === "`+what+`"`)
	}

	p.reload()
	says(english.Say("newer_ready"))
	if v := p.js(version); v != "" {
		t.Fatalf("version %q came without being asked for", v)
	}
	p.tiny()
	p.fill("Steps", "100000")
	p.press("Train")
	p.state("training")
	says(english.Say("newer_training"))
	if p.js(`document.getElementById("renew").hidden`) != "true" {
		t.Error("the new version can be used while a run trains")
	}
	p.beyond(10)
	p.press("Stop")
	p.state("done")

	other, close := chromedp.NewContext(p.ctx)
	defer close()
	if err := chromedp.Do(other, chromedp.Navigate(p.address)); err != nil {
		t.Fatal(err)
	}
	p.press(english.Say("newer_use"))
	says(english.Say("newer_others"))
	close()
	p.leaves(func() { p.press(english.Say("newer_use")) })
	if v := strings.TrimSpace(p.js(version)); v != "2" {
		t.Errorf("version %q opens", v)
	}
	p.keepsOffline()
	if p.js(`caches.keys().then((names) => names.length)`) != "1" || p.js(`document.getElementById("newer").hidden`) != "true" {
		t.Error("the old version is still kept")
	}
	p.quiet()
}

// Where another program lives at the address, the page that was kept makes way.
func TestMakesWay(t *testing.T) {
	p, change := openChanging(t)
	p.keepsOffline()
	change(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "another program")
	}))
	p.reload()
	if !wait(func() bool { return p.js(`navigator.serviceWorker.getRegistration().then((r) => !r)`) == "true" }) {
		t.Fatal("the service worker stays")
	}
	p.do(chromedp.Navigate(p.address))
	if text := p.js(`document.body.textContent`); text != "another program" {
		t.Errorf("the address opens %.40q", text)
	}
}

// The browser offers to install the page.
func TestInstallable(t *testing.T) {
	p := openTab(t)
	manifest, err := chromedp.Call(p.ctx, page.GetAppManifest, page.GetAppManifestParams{})
	if err != nil || len(manifest.Errors) > 0 || manifest.Manifest == nil || len(manifest.Manifest.Icons) != 4 {
		t.Errorf("manifest: %v, %+v, %+v", err, manifest.Errors, manifest.Manifest)
	}
	found, err := chromedp.Call(p.ctx, page.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found.InstallabilityErrors {
		t.Errorf("it cannot be installed: %s", e.ErrorID)
	}
	p.quiet()
}
