// Command lab drives the built page through the experiments of post-training, each
// with several seeds in a Chromium with an empty profile, and prints what they showed:
//
//	go run ./static/lab -seeds 5 r1 cheat mended words dpo distill
//
// Seconds are those of the clock from pressing Train to the end of the run, what is
// measured on the way included.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"hornbook/web/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

// figure is a number of an experiment and how it is written.
type figure struct {
	name, form string
	value      float64
}

// experiment is what is done on the page, and what came of it.
type experiment struct {
	name string
	do   func(p page, seed int) ([]figure, error)
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("lab", flag.ContinueOnError)
	f.SetOutput(errs)
	seeds := f.Int("seeds", 5, "seeds of each experiment")
	dist := f.String("dist", "static/dist", "the built page")
	shots := f.String("shots", "", "a folder for a picture of the page after each experiment's last seed, NAME.png")
	f.Usage = func() {
		fmt.Fprintf(errs, "usage: go run ./static/lab [flags] [%s]...\n", strings.Join(names(), "|"))
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(*dist + "/index.html"); err != nil {
		return fmt.Errorf("%w (run `make build` first)", err)
	}
	server := httptest.NewServer(site.Handler(os.DirFS(*dist)))
	defer server.Close()
	for _, e := range experiments {
		if f.NArg() > 0 && !slices.Contains(f.Args(), e.name) {
			continue
		}
		if err := e.repeat(ctx, server.URL, *seeds, *shots, out, errs); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func names() (list []string) {
	for _, e := range experiments {
		list = append(list, e.name)
	}
	return list
}

// repeat does the experiment with each seed, and prints a line a seed and one of
// medians; with a folder for shots it takes a picture of the last.
func (e experiment) repeat(ctx context.Context, url string, seeds int, shots string, out, errs io.Writer) error {
	var all [][]figure
	for seed := 1; seed <= seeds; seed++ {
		fmt.Fprintf(errs, "%s, seed %d\n", e.name, seed)
		p, end, err := open(ctx, url)
		if err != nil {
			return err
		}
		figures, err := e.do(p, seed)
		if err == nil && shots != "" && seed == seeds {
			err = p.shot(filepath.Join(shots, e.name+".png"))
		}
		end()
		if err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
		all = append(all, figures)
	}
	heads, rule := []string{e.name + ", seed"}, []string{"---"}
	for _, one := range all[0] {
		heads, rule = append(heads, one.name), append(rule, "--:")
	}
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	line(heads)
	line(rule)
	for seed, figures := range all {
		cells := []string{fmt.Sprint(seed + 1)}
		for _, one := range figures {
			cells = append(cells, fmt.Sprintf(one.form, one.value))
		}
		line(cells)
	}
	cells := []string{"median"}
	for i, one := range all[0] {
		var values []float64
		for _, figures := range all {
			values = append(values, figures[i].value)
		}
		slices.Sort(values)
		cells = append(cells, fmt.Sprintf(one.form, values[len(values)/2]))
	}
	line(cells)
	fmt.Fprintln(out)
	return nil
}
