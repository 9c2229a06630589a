// Package headless starts headless Chromium for what asks the page as a browser
// shows it: bench, the tests, the measurement of a visit.
package headless

import (
	"context"
	"fmt"

	"github.com/chromedp/chromedp"
)

// WithGPU lets Chromium lend its graphics card where it does not by itself; on a machine
// without one that is SwiftShader, which is software.
var WithGPU = []chromedp.ExecAllocatorOption{chromedp.Flag("enable-unsafe-webgpu", true), chromedp.Flag("disable-gpu", false)}

// Open starts a headless Chromium with a profile of its own, unless the options
// give one; a start that fails, as happens on a busy machine, is tried again. The
// sandbox is off, since containers and CI machines often cannot have one; the
// only page that is opened is ours.
func Open(parent context.Context, options ...chromedp.ExecAllocatorOption) (ctx context.Context, cancel context.CancelFunc, err error) {
	for range 3 {
		ctx, cancel = chromedp.NewContext(parent, chromedp.WithAllocatorOptions(append([]chromedp.ExecAllocatorOption{
			chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.WindowSize(1280, 900)}, options...)...))
		if err = chromedp.Do(ctx, chromedp.Navigate("about:blank")); err == nil {
			return ctx, cancel, nil
		}
		cancel()
	}
	return nil, nil, fmt.Errorf("Chromium does not start; is it installed (apt-get install chromium)? %w", err)
}
