package main

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/chromedp"

	"hornbook/web/protocol"
)

// openChromium starts a headless Chromium with a profile of its own; a start
// that fails, as happens on a busy machine, is tried again. The sandbox is off,
// since containers and CI machines often cannot have one; the only page that is
// opened is ours.
func openChromium(parent context.Context) (ctx context.Context, cancel context.CancelFunc, err error) {
	for range 3 {
		ctx, cancel = chromedp.NewContext(parent, chromedp.WithAllocatorOptions(
			chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.WindowSize(1280, 900)))
		if err = chromedp.Do(ctx, chromedp.Navigate("about:blank")); err == nil {
			return ctx, cancel, nil
		}
		cancel()
	}
	return nil, nil, fmt.Errorf("Chromium does not start; is it installed (apt-get install chromium)? %w", err)
}

// ready waits until the page at address can be used.
func ready(ctx context.Context, address string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("cannot open the page in Chromium: %w", err)
	}
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.documentElement.dataset.ready === "true"`,
		chromedp.WithPollingTimeout(60*time.Second)))
	if err != nil {
		return fmt.Errorf("the page does not get ready in Chromium: %w", err)
	}
	return nil
}

// benchInChromium times c in the page's own worker.
func benchInChromium(parent context.Context, c *protocol.Bench) (*protocol.Benched, error) {
	server, address, err := start("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer server.Close()
	ctx, cancel, err := openChromium(parent)
	if err != nil {
		return nil, err
	}
	defer cancel()
	if err := ready(ctx, address); err != nil {
		return nil, err
	}
	command, err := protocol.EncodeCommand(c)
	if err != nil {
		return nil, err
	}
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(askWorker, command), chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("the worker in Chromium does not answer: %w", err)
	}
	e, err := protocol.DecodeEvent([]byte(answer))
	if err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *protocol.Benched:
		return e, nil
	case *protocol.Problem:
		return nil, problem{e}
	}
	return nil, fmt.Errorf("the worker in Chromium answered %T", e)
}

// askWorker sends a bench command to the worker and waits for its answer.
const askWorker = `new Promise((answer) => {
	hornbookTrainer.addEventListener("message", (message) => {
		const event = JSON.parse(message.data).event;
		if (event === "bench" || event === "problem") answer(message.data);
	});
	hornbookTrainer.postMessage({ json: JSON.stringify(%s) });
})`
