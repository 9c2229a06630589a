package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// unshared is a server without the headers that isolate the page, as many are:
// its workers may share no memory.
func unshared(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page.ServeHTTP(bare{w}, r) })
}

type bare struct{ http.ResponseWriter }

func (w bare) WriteHeader(status int) {
	w.Header().Del("Cross-Origin-Opener-Policy")
	w.Header().Del("Cross-Origin-Embedder-Policy")
	w.ResponseWriter.WriteHeader(status)
}

// cored is a server whose page believes in three cores, whatever the machine
// has.
func cored(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/trainer.js" {
			page.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		fmt.Fprint(w, `Object.defineProperty(navigator, "hardwareConcurrency", { value: 3 });`+"\n", answer.Body)
	})
}

// time lets the page's trainer take steps and returns its answer.
func (p *tab) time(r recipe.Recipe, steps, ranks int) *protocol.Benched {
	p.Helper()
	command, err := aside(&protocol.Bench{Recipe: r, Steps: steps, Ranks: ranks})
	if err != nil {
		p.Fatal(err)
	}
	e, err := protocol.DecodeEvent([]byte(p.js(fmt.Sprintf(askWorker, command))))
	benched, is := e.(*protocol.Benched)
	if err != nil || !is {
		p.Fatalf("the trainer answers %+v (%v)", e, err)
	}
	return benched
}

// Workers give the same bits each time, and the same over shared memory as by
// messages.
func TestBoardsGiveTheSameBits(t *testing.T) {
	shared, sent := openTabOf(t, cored), openTabOf(t, func(page http.Handler) http.Handler { return unshared(cored(page)) })
	if shared.js(`crossOriginIsolated`) != "true" || sent.js(`crossOriginIsolated`) != "false" {
		t.Fatal("the pages are not as they should be")
	}
	for name, ranks := range map[string]int{"nanogpt-cpu": 2, "tiny": 3, "quick": 3} {
		r, _ := recipe.ByName(name)
		r.Batch = 5
		first := shared.time(r, 5, ranks)
		for _, other := range []*protocol.Benched{first, shared.time(r, 5, ranks), sent.time(r, 5, ranks)} {
			if other.Ranks != ranks || other.LossLast != first.LossLast {
				t.Errorf("%s: %d of %d ranks end at %v, before at %v", name, other.Ranks, ranks, other.LossLast, first.LossLast)
			}
		}
		if alone := shared.time(r, 5, 1); alone.Ranks != 1 || math.Abs(alone.LossLast-first.LossLast) > togetherTolerance {
			t.Errorf("%s: one rank ends at %v, %d at %v", name, alone.LossLast, ranks, first.LossLast)
		}
	}
	shared.quiet()
	sent.quiet()
}

// togetherTolerance is how far the loss of several workers may be from one's
// after eight steps, nats a token: sums are taken in another order.
const togetherTolerance = 1e-5

// trainTogether begins a long run of two workers.
func (p *tab) trainTogether() {
	p.Helper()
	p.trainWith("2")
	p.until("two train", `document.getElementById("run").dataset.ranks === "2"`)
}

// trainWith begins a long run for which so many workers are asked.
func (p *tab) trainWith(workers string) {
	p.Helper()
	p.tiny()
	p.choose("Workers", workers)
	p.fill("Steps", "100000")
	p.press("Train")
	p.state("training")
	p.beyond(10)
}

// beyond waits for a step.
func (p *tab) beyond(step int) {
	p.Helper()
	p.until(fmt.Sprintf("step %d is done", step), fmt.Sprintf(`Number(document.getElementById("run").dataset.step) > %d`, step))
}

func (p *tab) step() (n int) {
	fmt.Sscan(p.js(`document.getElementById("run").dataset.step`), &n)
	return n
}

// workers waits until the page has n workers: the trainer and other ranks.
func (p *tab) workers(n int) {
	p.Helper()
	var urls []string
	there := wait(func() bool {
		targets, err := chromedp.Targets(p.ctx)
		if err != nil {
			p.Fatal(err)
		}
		urls = urls[:0]
		for _, t := range targets {
			if t.Type == "worker" {
				urls = append(urls, t.URL+" "+t.Title)
			}
		}
		return len(urls) == n
	})
	if !there {
		p.Errorf("there are %d workers, want %d: %q", len(urls), n, urls)
	}
}

func TestPauseResumeStopOfTwo(t *testing.T) {
	p := openTabOf(t, cored)
	p.trainTogether()
	p.workers(2)
	p.press("Pause")
	p.state("paused")
	step := p.step()
	time.Sleep(time.Second)
	if now := p.step(); now != step {
		t.Errorf("paused at step %d, a second later it was step %d", step, now)
	}
	p.press("Resume")
	p.state("training")
	p.beyond(step + 10)
	p.press("Stop")
	p.state("done")
	p.workers(1)
	p.press("Train")
	p.state("training")
	p.beyond(10)
	p.workers(2)
	p.press("Stop")
	p.state("done")
	p.workers(1)
	p.quiet()
}

// A worker that ends, with or without a word, ends neither the page nor the
// run.
func TestWorkerEnds(t *testing.T) {
	sent := func(page http.Handler) http.Handler { return unshared(cored(page)) }
	for _, c := range []struct {
		name   string
		change func(http.Handler) http.Handler
		script string
	}{
		{"shared memory", cored, `hornbookRanks[0].terminate()`},
		{"messages", sent, `hornbookRanks[0].terminate()`},
		{"an error", cored, `hornbookRanks[0].dispatchEvent(new ErrorEvent("error", { cancelable: true }))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := openTabOf(t, c.change)
			p.trainTogether()
			p.js(c.script + `, true`)
			p.until("one goes on", `document.getElementById("run").dataset.ranks === "1"`)
			if says := p.notices(); !strings.Contains(says, "goes on with 1 worker") {
				t.Errorf("the page says %q", says)
			}
			p.beyond(p.step() + 20)
			p.press("Stop")
			p.state("done")
			p.workers(1)
			p.quiet()
		})
	}
}

// Where the browser refuses a worker, or the memory that they share, the run
// goes on alone and the page says so; the workers that had been started end.
func TestWorkerRefused(t *testing.T) {
	for name, refuse := range map[string]func(*tab){
		"the first worker": func(p *tab) {
			p.js(`(hornbookWorker = () => { throw new DOMException("refused", "SecurityError") }, true)`)
		},
		"the second worker": func(p *tab) {
			p.js(`(window.make = hornbookWorker, hornbookWorker = (options) => {
				if (hornbookRanks.length === 1) throw new Error("refused");
				return make(options);
			}, true)`)
		},
		"memory": func(p *tab) {
			p.inTrainer(`globalThis.SharedArrayBuffer = class { constructor() { throw new RangeError("refused") } }`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := openTabOf(t, cored)
			refuse(p)
			p.trainWith("3")
			p.until("one trains", `document.getElementById("run").dataset.ranks === "1"`)
			if says := p.notices(); !strings.Contains(says, "with 1 worker instead of 3") {
				t.Errorf("the page says %q", says)
			}
			p.beyond(p.step() + 20)
			p.workers(1)
			p.press("Stop")
			p.state("done")
			p.quiet()
		})
	}
}

// inTrainer runs a script in the trainer's worker.
func (p *tab) inTrainer(script string) {
	p.Helper()
	targets, err := chromedp.Targets(p.ctx)
	if err != nil {
		p.Fatal(err)
	}
	for _, info := range targets {
		if info.Type == "worker" && strings.HasSuffix(info.URL, "/trainer.js") && !strings.HasPrefix(info.Title, "rank") {
			p.evaluateIn(info.TargetID, script)
			return
		}
	}
	p.Fatalf("there is no trainer among %d targets", len(targets))
}

func (p *tab) evaluateIn(id target.ID, script string) {
	p.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
		return err
	}))
	if err != nil {
		p.Fatal(err)
	}
}
