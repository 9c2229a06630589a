package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// result is what bench -json writes.
type result struct {
	Where   string `json:"where"`
	Backend string `json:"backend"`
	Preset  string `json:"preset"`
	Ranks   int    `json:"ranks"`
	*protocol.Benched
}

// bench times training steps here or in a browser.
func bench(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	where := f.String("where", "native", "native, or chromium: in the page's worker in a headless browser")
	backend := f.String("backend", "cpu", "what computes; cpu is the one there is")
	asJSON := f.Bool("json", false, "write one JSON object")
	preset := addPresetFlags(f, "how many steps to time (default 50)", 1)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	r, err := preset.recipe(f)
	if err != nil {
		return err
	}
	command := &protocol.Bench{Recipe: r, Steps: 50, Ranks: *preset.ranks}
	if *preset.steps != 0 {
		command.Steps = *preset.steps
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var measured *protocol.Benched
	switch {
	case *backend != "cpu":
		return wrongUsage("-backend %s: this version computes on the cpu", *backend)
	case *where == "native":
		measured, err = benchHere(ctx, command)
	case *where == "chromium":
		measured, err = benchInChromium(ctx, command)
	default:
		return wrongUsage("-where %s: choose native or chromium", *where)
	}
	if err != nil {
		return err
	}
	if measured.Ranks < *preset.ranks {
		p := &protocol.Problem{Code: protocol.RanksFewer, Got: strconv.Itoa(*preset.ranks), Want: strconv.Itoa(measured.Ranks)}
		fmt.Fprintf(errs, "hornbook: %s\n", problem{p})
	}
	return tellBench(out, result{*where, *backend, r.Preset, measured.Ranks, measured}, *asJSON)
}

func benchHere(ctx context.Context, c *protocol.Bench) (measured *protocol.Benched, err error) {
	converse(ctx, []protocol.Command{c}, func(e protocol.Event) bool {
		switch e := e.(type) {
		case *protocol.Benched:
			measured = e
		case *protocol.Problem:
			err = problem{e}
		}
		return measured != nil || err != nil
	})
	return measured, err
}

func tellBench(out io.Writer, r result, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err := fmt.Fprintf(out, "%s, %s, %s, %s: %.1f ms a step (%.1f to %.1f), %.0f tokens/s, %.1f of %.1f GFLOP/s, loss %.3f to %.3f\n",
		r.Preset, r.Where, r.Backend, wording.CountOf(r.Ranks, "worker", "workers"), r.MsPerStep.Median, r.MsPerStep.Min, r.MsPerStep.Max, r.TokensPerSecond,
		r.GFLOPS, r.PeakGFLOPS, r.LossFirst, r.LossLast)
	return err
}
