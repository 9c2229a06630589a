package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/chromedp/chromedp"

	"hornbook/web/headless"
	"hornbook/web/protocol"
)

// openingTakes is how long the page may take to open on the slowest, busiest
// machine.
const openingTakes = 5 * time.Minute

// ready waits until the page at address can be used.
func ready(ctx context.Context, address string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("cannot open the page in Chromium: %w", err)
	}
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.documentElement.dataset.ready === "true"`,
		chromedp.WithPollingTimeout(openingTakes)))
	if err != nil {
		return fmt.Errorf("the page does not get ready in Chromium: %w", err)
	}
	return nil
}

// benchInChromium gives the commands to the page's own worker.
func benchInChromium(parent context.Context, commands []protocol.Command, options ...chromedp.ExecAllocatorOption) (s speeds, err error) {
	server, address, err := start("127.0.0.1:0")
	if err != nil {
		return s, err
	}
	defer server.Close()
	ctx, cancel, err := headless.Open(parent, options...)
	if err != nil {
		return s, err
	}
	defer cancel()
	if err := ready(ctx, address); err != nil {
		return s, err
	}
	for _, c := range commands {
		e, err := ask(ctx, c)
		if err != nil {
			return s, err
		}
		if err := s.take(e); err != nil {
			return s, err
		}
	}
	if !s.complete() {
		return s, errors.New("the worker in Chromium answered something else")
	}
	return s, nil
}

// ask gives the worker a command and waits for its answer.
func ask(ctx context.Context, c protocol.Command) (protocol.Event, error) {
	command, err := aside(c)
	if err != nil {
		return nil, err
	}
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(askWorker, command), chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("the worker in Chromium does not answer: %w", err)
	}
	return protocol.DecodeEvent([]byte(answer))
}

// asides are those so far: what answers one late is no other's answer.
var asides atomic.Int32

// aside is a command beside the page's own, whose ids count up from 1.
func aside(c protocol.Command) ([]byte, error) {
	c.Number(1<<30 + int(asides.Add(1)))
	return protocol.EncodeCommand(c)
}

// askWorker sends a command to the worker and waits for the event that answers
// it.
const askWorker = `new Promise((answer) => {
	const command = %s;
	const listen = (message) => {
		const { event, id, state, size } = JSON.parse(message.data);
		if (id !== command.id || event === "working") return;
		if (event === "gpu" && state === "right" && !size) return; // its speed is still to come
		hornbookTrainer.removeEventListener("message", listen);
		answer(message.data);
	};
	hornbookTrainer.addEventListener("message", listen);
	hornbookTrainer.postMessage({ json: JSON.stringify(command) });
})`
