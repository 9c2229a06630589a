package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	_ "embed"

	"hornbook/web/headless"
)

//go:embed watch.js
var watchScript string

// patience is how long any one thing may take.
const patience = 20 * time.Minute

// page is the built page in a browser of its own.
type page struct {
	ctx context.Context
}

// open opens the page with an empty profile and waits until it can be used.
func open(parent context.Context, url string) (p page, end func(), err error) {
	ctx, cancel, err := headless.Open(parent)
	if err != nil {
		return page{}, nil, err
	}
	p = page{ctx}
	if err = chromedp.Do(ctx, chromedp.Navigate(url)); err == nil {
		err = p.until(`document.documentElement.dataset.ready === "true"`)
	}
	if err == nil {
		_, err = eval[bool](p, watchScript)
	}
	if err != nil {
		cancel()
	}
	return p, cancel, err
}

// eval is what an expression gives, waited for where it is a promise.
func eval[T any](p page, expression string) (T, error) {
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		err = fmt.Errorf("%s: %w", expression, err)
	}
	return v, err
}

// do runs a script for what it does.
func (p page) do(script string) error {
	_, err := eval[bool](p, "("+strings.TrimRight(strings.TrimSpace(script), ";")+", true)")
	return err
}

// until waits for an expression to be true.
func (p page) until(expression string) error {
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(200 * time.Millisecond) {
		if is, err := eval[bool](p, `!!(`+expression+`)`); err != nil || is {
			return err
		}
	}
	return fmt.Errorf("in %v it was never true that %s", patience, expression)
}

// station opens one.
func (p page) station(id string) error {
	if err := p.do(fmt.Sprintf(`location.hash = "/%s"`, id)); err != nil {
		return err
	}
	return p.until(fmt.Sprintf(`document.querySelector("#station > section")?.id === %q`, id))
}

// shot takes a picture of the window with the run's curves in sight.
func (p page) shot(file string) error {
	if err := p.do(`document.querySelector(".tracks, #chart").scrollIntoView({ block: "center", behavior: "instant" })`); err != nil {
		return err
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o666)
}

// choose gives a field or a select a value, as a person does.
func (p page) choose(id, value string) error {
	if err := p.until(fmt.Sprintf(`document.getElementById(%q)`, id)); err != nil {
		return err
	}
	return p.do(fmt.Sprintf(`(() => { const field = document.getElementById(%q); field.value = %q;
		for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); })()`, id, value))
}

// press presses a button, once it can be pressed.
func (p page) press(id string) error {
	at := fmt.Sprintf(`document.getElementById(%q)`, id)
	if err := p.until(at + ` && ` + at + `.getAttribute("aria-disabled") !== "true"`); err != nil {
		return err
	}
	return p.do(at + `.click()`)
}

// moment is what the run said of itself at some time.
type moment map[string]any

func (m moment) text(name string) string { text, _ := m[name].(string); return text }

// number is a number of the run, NaN-free: 0 where there is none.
func (m moment) number(name string) float64 {
	if x, is := m[name].(float64); is {
		return x
	}
	x, _ := strconv.ParseFloat(m.text(name), 64)
	return x
}

// measure is a measure by its name.
func (m moment) measure(name string) float64 {
	return m.number("measure-" + strings.NewReplacer("_", "-", "/", "-", "@", "-at-").Replace(name))
}

// train presses Train and waits until the run is over. It returns what the run said,
// and how long it took by the clock.
func (p page) train() (seen []moment, seconds float64, err error) { return p.trainBy("start") }

// trainBy is train by another button.
func (p page) trainBy(button string) (seen []moment, seconds float64, err error) {
	if err = p.do(`hornbookSeen.length = 0`); err == nil {
		err = p.press(button)
	}
	begin := time.Now()
	if err == nil {
		err = p.until(`hornbookSeen.some((m) => m.state === "training") && ["done", "failed"].includes(document.querySelector("#run").dataset.state)`)
	}
	seconds = time.Since(begin).Seconds()
	if err == nil {
		seen, err = eval[[]moment](p, `hornbookSeen`)
	}
	if err == nil && seen[len(seen)-1].text("state") != "done" {
		err = fmt.Errorf("the run is %s", seen[len(seen)-1].text("state"))
	}
	return seen, seconds, err
}

// asked is the first moment at which so many questions had been asked.
func asked(seen []moment, questions float64) moment {
	for _, m := range seen {
		if m.measure("questions") == questions {
			return m
		}
	}
	return moment{}
}
