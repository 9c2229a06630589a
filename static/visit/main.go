// Command visit measures first visits of the built page: how long until it shows
// a prediction and can be used, and what that costs the machine. Give it the dist
// folders of several builds to compare them in turns, so that what else the
// machine does meets all alike:
//
//	go run ./static/visit ../before/static/dist static/dist
//
// Each visit is made by a Chromium of its own with an empty profile, from a server
// on this machine. CPU seconds are those of the page's renderer, which its workers
// and the compilers of its modules share; they tell more than wall seconds, which
// hang on how many cores are free.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"hornbook/web/headless"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "visit:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	visits, lighthouse int
	throttle           float64
	trace              string
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var o options
	f := flag.NewFlagSet("visit", flag.ContinueOnError)
	f.SetOutput(errs)
	f.IntVar(&o.visits, "visits", 5, "how often each page is visited")
	f.Float64Var(&o.throttle, "throttle", 4, "visit again with a main thread that is so many times slower; 1: do not")
	f.IntVar(&o.lighthouse, "lighthouse", 0, "how often Lighthouse judges each page, once make visit has installed it")
	f.StringVar(&o.trace, "trace", "", "write the trace of a visit more to each page to this folder, for Chromium's DevTools or Perfetto")
	f.Usage = func() {
		fmt.Fprintln(errs, "usage: go run ./static/visit [flags] [dist folder]...")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	folders := f.Args()
	if len(folders) == 0 {
		folders = []string{"static/dist"}
	}
	var pages []*page
	for _, folder := range folders {
		p, err := servePage(folder)
		if err != nil {
			return err
		}
		defer p.server.Close()
		pages = append(pages, p)
	}
	failed := visitAll(ctx, pages, o, errs)
	return errors.Join(failed, tell(out, pages, o)) // what was measured before, too
}

// visitAll visits the pages in turns, every other time in the other order.
func visitAll(ctx context.Context, pages []*page, o options, errs io.Writer) error {
	for _, p := range pages {
		if o.trace != "" {
			if _, err := p.visit(ctx, 1, filepath.Join(o.trace, p.name()+".json")); err != nil {
				return err
			}
		}
	}
	turns := slices.Clone(pages)
	for n := range o.visits {
		for _, p := range turns {
			fmt.Fprintf(errs, "visit %d of %d: %s\n", n+1, o.visits, p.folder)
			if err := p.visitBoth(ctx, o.throttle); err != nil {
				return err
			}
		}
		slices.Reverse(turns)
	}
	for n := range o.lighthouse {
		for _, p := range pages {
			fmt.Fprintf(errs, "Lighthouse %d of %d: %s\n", n+1, o.lighthouse, p.folder)
			j, err := judge(ctx, p.server.URL)
			if err != nil {
				return err
			}
			p.judged = append(p.judged, j)
		}
	}
	return nil
}

// visitBoth visits the page as it is, and with a slower main thread.
func (p *page) visitBoth(ctx context.Context, throttle float64) error {
	v, err := p.visit(ctx, 1, "")
	if err != nil {
		return err
	}
	p.plain = append(p.plain, v)
	if throttle == 1 {
		return nil
	}
	if v, err = p.visit(ctx, throttle, ""); err != nil {
		return err
	}
	p.slowed = append(p.slowed, v)
	return nil
}

// patience is how long a page may take on the slowest, busiest machine.
const patience = 5 * time.Minute

// visit opens the page in a Chromium of its own.
func (p *page) visit(ctx context.Context, throttle float64, trace string) (visit, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	browser, end, err := headless.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	w := &watch{page: p, throttle: throttle}
	v, err := w.visit(browser, trace)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.folder, err)
	}
	return v, nil
}
