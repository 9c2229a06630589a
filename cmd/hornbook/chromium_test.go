package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/chromedp/chromedp/kb"
	"hornbook/web/headless"
)

// chromiumDriver drives a tab by the DevTools protocol.
type chromiumDriver struct {
	*tab
	cancel func()
}

func newChromium(t *testing.T) driver {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	ctx, cancel, err := headless.Open(t.Context(), chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	}))
	if err != nil {
		missing(t, err.Error())
	}
	t.Cleanup(cancel)
	d := &chromiumDriver{&tab{T: t, ctx: ctx}, cancel}
	d.watch()
	return d
}

func (d *chromiumDriver) goTo(address string) { d.Helper(); d.do(chromedp.Navigate(address)) }
func (d *chromiumDriver) anew()               { d.Helper(); d.do(chromedp.Reload()) }
func (d *chromiumDriver) end()                { d.cancel() }
func (d *chromiumDriver) click(x, y float64)  { d.Helper(); d.do(chromedp.MouseClickXY(x, y)) }
func (d *chromiumDriver) write(text string)   { d.Helper(); d.keys(text) }

var chromiumKeys = map[string]string{"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape,
	"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown}

func (d *chromiumDriver) press(key string) {
	d.Helper()
	code, known := chromiumKeys[key]
	if !known {
		d.Fatalf("no key is called %q", key)
	}
	d.write(code)
}

func (d *chromiumDriver) script(expression string) string {
	d.Helper()
	v, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		d.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (d *chromiumDriver) on(role, name, function string) (answer string) {
	d.Helper()
	var failed error
	called := wait(func() bool {
		var result runtime.CallFunctionOnResult
		node, err := chromedp.Call(d.ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: d.find(role, name)})
		if err == nil {
			result, err = chromedp.Call(d.ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
				FunctionDeclaration: "function() { return (" + function + ")(this) }", ObjectID: node.Object.ObjectID})
		}
		if failed = err; err != nil { // the page put another element in its place
			return false
		}
		if result.ExceptionDetails != nil {
			d.Fatalf("%s %q: %v", role, name, result.ExceptionDetails)
		}
		if err := json.Unmarshal(result.Result.Value, &answer); err != nil {
			d.Fatalf("%s %q: %s is no text: %v", role, name, result.Result.Value, err)
		}
		return true
	})
	if !called {
		d.Fatalf("%s %q: %v", role, name, failed)
	}
	return answer
}

func (d *chromiumDriver) choose(input string, paths []string) {
	d.Helper()
	element, err := chromedp.Run(d.ctx, chromedp.Evaluate[*runtime.RemoteObject](input))
	if err == nil {
		_, err = chromedp.Call(d.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{ObjectID: element.ObjectID, Files: paths})
	}
	if err != nil {
		d.Fatalf("choosing %q: %v", paths, err)
	}
}

func (d *chromiumDriver) complaints() []string {
	d.lock.Lock()
	defer d.lock.Unlock()
	return slices.Clone(d.console)
}
