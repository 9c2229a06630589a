package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hornbook/static"
	"hornbook/web/headless"
	"hornbook/web/site"
)

// tab is the page in a real headless Chromium, used as a person would: by the
// names that a screen reader says, the mouse and the keyboard.
type tab struct {
	*testing.T
	ctx     context.Context
	address string

	lock     sync.Mutex
	console  []string // messages, none of which should be
	requests []string // addresses asked for
}

// openTab opens the built page. Without Chromium or the built page the test is
// skipped, but where HORNBOOK_BROWSER is set, as make test does, it fails.
func openTab(t *testing.T, options ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	return openTabOf(t, func(page http.Handler) http.Handler { return page }, options...)
}

// openTabOf opens what becomes of the page's server.
func openTabOf(t *testing.T, change func(page http.Handler) http.Handler, options ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	server := httptest.NewServer(change(site.Handler(builtPage(t))))
	t.Cleanup(server.Close)
	return openTabAt(t, server.URL, options...)
}

// openTabAt opens the page at an address.
func openTabAt(t *testing.T, address string, options ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	p := &tab{T: t, ctx: chromium(t, options...), address: address}
	p.watch()
	if err := ready(p.ctx, address); err != nil {
		t.Fatal(err)
	}
	return p
}

// builtPage is the page as it was built into the command.
func builtPage(t *testing.T) fs.FS {
	t.Helper()
	files, err := static.Files()
	if err != nil {
		missing(t, err.Error())
	}
	return files
}

// chromium starts a browser that ends with the test.
func chromium(t *testing.T, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	ctx, cancel, err := headless.Open(t.Context(), options...)
	if err != nil {
		missing(t, err.Error())
	}
	t.Cleanup(cancel)
	return ctx
}

// missing ends a test that lacks what it needs.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("HORNBOOK_BROWSER") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// watch keeps what the console says and what is asked of the network.
func (p *tab) watch() {
	messages, asked := chromedp.Console(p.ctx), chromedp.Events(p.ctx, network.RequestWillBeSent)
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		p.Fatal(err)
	}
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.lock.Lock()
			p.console = append(p.console, m.String())
			p.lock.Unlock()
		}
	}()
	go func() {
		for e, err := range asked {
			if err != nil {
				return
			}
			p.lock.Lock()
			p.requests = append(p.requests, e.Request.URL)
			p.lock.Unlock()
		}
	}()
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// js is the value of an expression in the page, as text.
func (p *tab) js(expression string) string {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return fmt.Sprint(v)
}

// patience is how long a test waits for anything: so long that only what never
// comes is missed, however slow or busy the machine.
var patience = max(5*time.Minute, longer())

// longer is HORNBOOK_PATIENCE, for runs that take very long, such as 200 steps on a card
// made of software.
func longer() time.Duration {
	d, _ := time.ParseDuration(os.Getenv("HORNBOOK_PATIENCE"))
	return d
}

// wait waits until done is true, and reports whether that came.
func wait(done func() bool) bool {
	for end := time.Now().Add(patience); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// until waits for a condition in the page.
func (p *tab) until(what, condition string) {
	p.Helper()
	if !wait(func() bool { return p.js("Boolean("+condition+")") == "true" }) {
		p.Fatalf("after %v still not: %s (%s); the run says %s, problems: %s", patience, what, condition,
			p.js("JSON.stringify(document.getElementById('run').dataset)"), p.notices())
	}
}

// named calls a JavaScript function on the one element of a role that has an
// accessible name, as a screen reader would say it, and returns its text.
func (p *tab) named(role, name, function string) string {
	p.Helper()
	node, err := chromedp.Call(p.ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: p.find(role, name)})
	if err != nil {
		p.Fatal(err)
	}
	result, err := chromedp.Call(p.ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: "function() { return String((" + function + ")(this)) }", ObjectID: node.Object.ObjectID})
	if err != nil || result.ExceptionDetails != nil {
		p.Fatalf("%s %q: %v %v", role, name, err, result.ExceptionDetails)
	}
	return strings.Trim(string(result.Result.Value), `"`)
}

// find waits for the one element of a role and name.
func (p *tab) find(role, name string) cdp.BackendNodeID {
	p.Helper()
	var found accessibility.QueryAXTreeResult
	one := wait(func() bool {
		root, err := chromedp.Call(p.ctx, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			p.Fatal(err)
		}
		found, err = chromedp.Call(p.ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
			NodeID: root.Root.NodeID, AccessibleName: name, Role: role})
		if err != nil {
			p.Fatal(err)
		}
		return len(found.Nodes) == 1 && !found.Nodes[0].Ignored
	})
	if !one {
		p.Fatalf("there are %d elements of role %s called %q, want one", len(found.Nodes), role, name)
	}
	return found.Nodes[0].BackendDOMNodeID
}

// press clicks the middle of a button with the mouse, once it stands still.
func (p *tab) press(button string) {
	p.Helper()
	place, before := "", "-"
	for ; place != before; time.Sleep(100 * time.Millisecond) {
		before, place = place, p.named("button", button, `(b) => {
			b.scrollIntoView({block: "center", behavior: "instant"});
			const r = b.getBoundingClientRect();
			return (r.x + r.width / 2) + " " + (r.y + r.height / 2);
		}`)
	}
	var x, y float64
	if _, err := fmt.Sscan(place, &x, &y); err != nil {
		p.Fatalf("button %q is at %q: %v", button, place, err)
	}
	p.do(chromedp.MouseClickXY(x, y))
}

// choose picks an option of a select.
func (p *tab) choose(label, value string) {
	p.Helper()
	p.named("combobox", label, fmt.Sprintf(`(s) => { s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})) }`, value))
}

// fill types over what stands in a text box.
func (p *tab) fill(label, text string) {
	p.Helper()
	p.named("textbox", label, `(box) => { box.focus(); box.select() }`)
	p.keys(text)
}

// keys presses keys, as kb names them, as a keyboard does: what the page does with
// a key itself writes no letter.
func (p *tab) keys(text string) {
	p.Helper()
	p.do(chromedp.KeyEvent(text, func(e *input.DispatchKeyEventParams) {
		if e.Type == kb.KeyDown {
			e.Type = input.DispatchKeyEventTypeRawKeyDown
		}
	}))
}

// upload chooses a file of this content; what follows it shows on the page.
func (p *tab) upload(name string, content []byte) {
	p.Helper()
	path := p.TempDir() + "/" + name
	if err := os.WriteFile(path, content, 0o666); err != nil {
		p.Fatal(err)
	}
	p.at("text")
	input, err := chromedp.Run(p.ctx, chromedp.Evaluate[*runtime.RemoteObject](`document.getElementById("upload")`))
	if err == nil {
		_, err = chromedp.Call(p.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{ObjectID: input.ObjectID, Files: []string{path}})
	}
	if err != nil {
		p.Fatal(err)
	}
}

// notices are the problems that the page shows.
func (p *tab) notices() string {
	return p.js(`[...document.querySelectorAll(".notice")].map((n) => n.textContent).join(" ")`)
}

// at opens a station by its address.
func (p *tab) at(station string) {
	p.Helper()
	p.js(fmt.Sprintf(`(location.hash = "/%s", true)`, station))
	p.until(station+" is open", fmt.Sprintf(`document.querySelector("#station > section")?.id === %q`, station))
}

// charTokens is the condition that characters are tokens, which the bar says.
const charTokens = `document.querySelector('.stand[href="#/tokens"]').textContent.includes("characters")`

// tiny drafts a new model of the smallest preset.
func (p *tab) tiny() {
	p.Helper()
	p.at("pretrain")
	p.choose("Preset", "tiny")
	p.until("characters are tokens", charTokens)
}

// state waits for the run to be in a state.
func (p *tab) state(want string) {
	p.Helper()
	p.until("the run is "+want, fmt.Sprintf(`document.getElementById("run").dataset.state === %q`, want))
}

// trains presses Train and waits until the run has begun and ended, however
// short it is.
func (p *tab) trains() {
	p.Helper()
	p.js(`window.states = [];
		window.listening ??= (hornbookTrainer.addEventListener("message", ({ data }) => {
			if (typeof data !== "string") return;
			const { event, state } = JSON.parse(data);
			if (event === "state") states.push(state);
		}), true)`)
	p.press("Train")
	p.until("it has trained", `states.includes("training") && states.at(-1) === "done" && document.getElementById("run").dataset.state === "done"`)
}

// look sets the window's width, height and colours.
func (p *tab) look(width, height int64, scheme string) {
	p.do(chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		p.Fatal(err)
	}
	p.js(`new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted(true))))`)
}

// axe lists what axe-core finds wrong with a part of the page as it is.
func (p *tab) axe(part string) string {
	p.Helper()
	source, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		p.Fatalf("axe-core is not there: run npm ci (%v)", err)
	}
	if p.js(`"axe" in window`) != "true" {
		p.js(string(bytes.TrimSuffix(source, []byte("\n"))) + "; true")
	}
	return p.js(`axe.run(` + part + `, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) =>
		v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + " " + n.failureSummary).join("; ")).join("\n"))`)
}

// noAdapters is what Chromium says by itself when a page asks for a graphics card that it
// does not have.
const noAdapters = "No available adapters"

// silent fails for whatever the console said.
func (p *tab) silent() {
	p.Helper()
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, m := range p.console {
		if !strings.Contains(m, noAdapters) {
			p.Errorf("the console says: %s", m)
		}
	}
}

// quiet fails for whatever the console said and for every request to another
// origin.
func (p *tab) quiet() {
	p.Helper()
	p.silent()
	p.lock.Lock()
	defer p.lock.Unlock()
	if len(p.requests) < 5 {
		p.Errorf("only %d requests were seen", len(p.requests))
	}
	for _, url := range p.requests {
		if !strings.HasPrefix(url, p.address+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "about:") {
			p.Errorf("the page asked %s", url)
		}
	}
}

// beforePage runs a script before those of the next page.
func (p *tab) beforePage(script string) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.Fatal(err)
	}
}
