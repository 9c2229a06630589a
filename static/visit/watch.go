package main

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// visit is what one visit measured, by what was measured (table.go lists them).
type visit map[string]float64

// watch makes one visit.
type watch struct {
	page     *page
	throttle float64
	before   map[int64]float64 // CPU seconds of each process when the visit began
}

//go:embed marks.js
var marks string

// moments are what marks.js tells of.
var moments = []string{"predicted", "ready"}

func (w *watch) visit(ctx context.Context, trace string) (v visit, err error) {
	marked := chromedp.Events(ctx, runtime.BindingCalled)
	if err := chromedp.Do(ctx, chromedp.Func(w.prepare)); err != nil {
		return nil, err
	}
	if trace != "" {
		if err := startTrace(ctx); err != nil {
			return nil, err
		}
	}
	if w.before, err = processes(ctx); err != nil {
		return nil, err
	}
	w.page.bytes.Store(0)
	if _, err := chromedp.Call(ctx, devpage.Navigate, devpage.NavigateParams{URL: w.page.server.URL}); err != nil {
		return nil, err
	}
	v = visit{}
	for e, err := range marked {
		if err != nil {
			return nil, fmt.Errorf("the page does not get ready: %w", err)
		}
		if err := w.mark(ctx, v, e.Payload); err != nil {
			return nil, err
		}
		if len(v) >= 3*len(moments) {
			break
		}
	}
	v["bytes"] = float64(w.page.bytes.Load()) / 1e6
	if err := w.rest(ctx, v); err != nil || trace == "" {
		return v, err
	}
	return v, endTrace(ctx, trace)
}

// prepare has the page tell its moments, and nothing else of it watched.
func (w *watch) prepare(ctx context.Context, t *chromedp.Target) error {
	for _, method := range []string{css.CommandDisable, dom.CommandDisable, log.CommandDisable, network.CommandDisable} {
		if err := t.Call(ctx, method, cdp.Empty{}, nil); err != nil {
			return err
		}
	}
	if _, err := cdp.Call(ctx, t, runtime.AddBinding, runtime.AddBindingParams{Name: "hornbookMark"}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, t, devpage.AddScriptToEvaluateOnNewDocument, devpage.AddScriptToEvaluateOnNewDocumentParams{Source: marks}); err != nil {
		return err
	}
	// This is refused to workers: those, and V8's compilers, stay as fast as they are.
	_, err := cdp.Call(ctx, t, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: w.throttle})
	return err
}

// mark notes a moment, told with its milliseconds since the visit began, and what
// it has cost.
func (w *watch) mark(ctx context.Context, v visit, told string) error {
	var moment string
	var ms float64
	if _, err := fmt.Sscan(told, &moment, &ms); err != nil {
		return fmt.Errorf("the page tells %q: %w", told, err)
	}
	v[moment] = ms / 1000
	return w.cost(ctx, v, moment)
}

// cost notes the CPU seconds since the visit began: of the process that took most
// among the renderers, which is the page's, and of all.
func (w *watch) cost(ctx context.Context, v visit, moment string) error {
	now, err := processes(ctx)
	if err != nil {
		return err
	}
	most, all := 0.0, 0.0
	for id, seconds := range now {
		took := seconds - w.before[id]
		all += took
		if id > 0 { // a renderer
			most = max(most, took)
		}
	}
	v[moment+" cpu"], v[moment+" all"] = most, all
	return nil
}

// processes gives the CPU seconds of the browser's processes by their ids, those
// that are no renderers by negative ones.
func processes(ctx context.Context) (map[int64]float64, error) {
	info, err := chromedp.CallBrowser(ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	seconds := map[int64]float64{}
	for _, p := range info.ProcessInfo {
		if p.Type == "renderer" {
			seconds[p.ID] = p.CPUTime
		} else {
			seconds[-p.ID] = p.CPUTime
		}
	}
	return seconds, nil
}

const (
	restFor = time.Second      // in which a page that rests computes for less than atRest
	atRest  = 0.05             // seconds
	restIn  = 30 * time.Second // at the latest
)

// rest waits until the page computes no more, as V8 does, which compiles its
// modules once again, faster; it notes the cost and the sums of marks.js.
func (w *watch) rest(ctx context.Context, v visit) error {
	for begun := time.Now(); ; {
		before := v["rest cpu"]
		time.Sleep(restFor)
		if err := w.cost(ctx, v, "rest"); err != nil {
			return err
		}
		if v["rest cpu"]-before < atRest || time.Since(begun) > restIn || w.throttle != 1 {
			break // a thread that is slowed down never rests
		}
	}
	sums, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]float64](`hornbookVisit`))
	if err != nil {
		return err
	}
	v["shift"], v["blocked"], v["longest"], v["painted"] = sums["shift"], sums["blocked"]/1000, sums["longest"]/1000, sums["painted"]/1000
	return nil
}
