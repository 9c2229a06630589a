package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	devio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// categories are what a trace holds: what the threads do, what V8 compiles, and
// which functions run.
var categories = []string{"devtools.timeline", "toplevel", "v8", "v8.wasm", "loading", "blink.user_timing",
	"disabled-by-default-devtools.timeline", "disabled-by-default-v8.compile", "disabled-by-default-v8.wasm.detailed",
	"disabled-by-default-v8.cpu_profiler"}

func startTrace(ctx context.Context) error {
	_, err := chromedp.Call(ctx, tracing.Start, tracing.StartParams{TransferMode: tracing.StartTransferModeReturnAsStream,
		TraceConfig: &tracing.TraceConfig{IncludedCategories: categories}})
	return err
}

// endTrace writes what was traced to a file.
func endTrace(ctx context.Context, path string) error {
	complete := chromedp.Events(ctx, tracing.TracingComplete)
	if _, err := chromedp.Call(ctx, tracing.End, cdp.Empty{}); err != nil {
		return err
	}
	for e, err := range complete {
		if err != nil {
			return err
		}
		return copyStream(ctx, e.Stream, path)
	}
	return ctx.Err()
}

func copyStream(ctx context.Context, stream devio.StreamHandle, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	for {
		part, err := chromedp.Call(ctx, devio.Read, devio.ReadParams{Handle: stream})
		if err != nil {
			return err
		}
		if _, err := w.Write(part.Data); err != nil {
			return err
		}
		if part.EOF {
			return w.Flush()
		}
	}
}
