package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/headless"
	"hornbook/web/protocol"
)

// result is what bench -json writes.
type result struct {
	Where   string `json:"where"`
	Backend string `json:"backend"`
	Preset  string `json:"preset"`
	Ranks   int    `json:"ranks"`
	speeds
}

// speeds are the trainer's answers to Bench and to Measure.
type speeds struct {
	*protocol.Timing
	*protocol.Core
	Card *protocol.GPU `json:"card,omitempty"` // the graphics card, where one was asked for
}

// take keeps an answer.
func (s *speeds) take(e protocol.Event) error {
	switch e := e.(type) {
	case *protocol.Benched:
		s.Timing = &e.Timing
	case *protocol.Measured:
		s.Core = &e.Core
	case *protocol.GPU:
		s.Card = e
	case *protocol.Problem:
		return problem{e}
	}
	return nil
}

func (s *speeds) complete() bool { return s.Timing != nil && s.Core != nil }

// bench times training steps, and what else the machine can do, here or in a
// browser.
func bench(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	where := f.String("where", "native", "native, or chromium: in the page's worker in a headless browser")
	backend := f.String("backend", "cpu", "what takes the steps: cpu or, in a browser, webgpu")
	asJSON := f.Bool("json", false, "write one JSON object")
	sequences := f.Int("sequences", 64, "sequences that are written at once, to time that too")
	size := f.String("size", "", "an adapter beside a model of random weights as large as another's, in place of a preset: one of "+strings.Join(recipe.SizeNames(), ", "))
	narrow := f.Bool("narrow", false, "with -size: those weights are of 16 bits")
	preset, shape := addPresetFlags(f, "how many steps to time (default 50)", 1), addShapeFlags(f)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	if objective := preset.learns(); objective != recipe.LM {
		return wrongUsage("bench times a new model that learns a text (-objective lm), not -objective %s; choose another -preset", objective)
	}
	r, err := preset.recipe(f)
	if err != nil {
		return err
	}
	if *narrow && *size == "" {
		return wrongUsage("-narrow is for the weights that an adapter is laid beside: add -size NAME")
	}
	if *size != "" {
		known := false
		if r, known = recipe.BySize(*size); !known {
			return wrongUsage("-size %s: choose one of %s", *size, strings.Join(recipe.SizeNames(), ", "))
		}
	}
	if r, err = shape.change(f, r); err != nil {
		return err
	}
	command := &protocol.Bench{Recipe: r, Steps: 50, Ranks: *preset.ranks, Backend: *backend, Narrow: *narrow}
	if *preset.steps != 0 {
		command.Steps = *preset.steps
	}
	ctx, release := interrupted()
	defer release()
	var s speeds
	switch commands := []protocol.Command{command, &protocol.Measure{Sequences: *sequences, Ranks: *preset.ranks}}; {
	case *sequences < 1:
		return wrongUsage("-sequences %d: give 1 or more", *sequences)
	case *backend != "cpu" && *backend != "webgpu":
		return wrongUsage("-backend %s: choose cpu or webgpu", *backend)
	case *backend == "webgpu" && *where == "native":
		return wrongUsage("-backend webgpu: a graphics card is lent by a browser only; add -where chromium")
	case *where == "native":
		err = stoppable(func() (err error) {
			s, err = benchHere(commands)
			return err
		})
	case *where == "chromium" && *backend == "webgpu":
		s, err = benchInChromium(ctx, append([]protocol.Command{&protocol.CheckGPU{}}, commands...), headless.WithGPU...)
	case *where == "chromium":
		s, err = benchInChromium(ctx, commands)
	default:
		return wrongUsage("-where %s: choose native or chromium", *where)
	}
	if err != nil {
		return err
	}
	if s.Ranks < *preset.ranks {
		p := &protocol.Problem{Code: protocol.RanksFewer, Got: strconv.Itoa(*preset.ranks), Want: strconv.Itoa(s.Ranks)}
		fmt.Fprintf(errs, "hornbook: %s\n", problem{p})
	}
	return tellBench(out, result{*where, *backend, r.Preset, s.Ranks, s}, *asJSON)
}

// shapeFlags change a preset's shape to that of another work.
type shapeFlags struct{ batch, context, layers, heads, channels *int }

func addShapeFlags(f *flag.FlagSet) shapeFlags {
	number := func(name, about string) *int { return f.Int(name, 0, about+" (default the preset's)") }
	return shapeFlags{
		batch: number("batch", "sequences a step"), context: number("context", "tokens that the model sees at once"),
		layers: number("layers", "number of blocks"), heads: number("heads", "heads of attention, of keys and values too"),
		channels: number("channels", "width of the model; that of the MLP grows with it"),
	}
}

func (s shapeFlags) change(f *flag.FlagSet, r recipe.Recipe) (recipe.Recipe, error) {
	set := func(to *int, value *int) {
		if *value != 0 {
			*to = *value
		}
	}
	m := &r.Model
	hidden := m.Hidden / m.Channels
	set(&r.Batch, s.batch)
	set(&m.Context, s.context)
	set(&m.Layers, s.layers)
	set(&m.Heads, s.heads)
	set(&m.KVHeads, s.heads)
	if set(&m.Channels, s.channels); *s.channels != 0 {
		m.Hidden = hidden * m.Channels
	}
	if err := r.Check(); err != nil {
		return r, refused(f, r, err)
	}
	return r, nil
}

func benchHere(commands []protocol.Command) (s speeds, err error) {
	t := talk{say: commands, last: stop, see: func(e protocol.Event) (last bool) {
		err = s.take(e)
		return err != nil || s.complete()
	}}
	t.converse(context.Background()) // no step hears of an interrupt: it is left
	return s, err
}

func tellBench(out io.Writer, r result, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err := fmt.Fprintf(out, "%s, %s, %s, %s: %.1f ms a step (%.1f to %.1f), %.0f tokens/s, %.1f GFLOP/s, loss %.3f to %.3f, %s of memory (%s were said)\n",
		r.Preset, r.Where, r.Backend, english.Say("workers", "n", r.Ranks), r.MsPerStep.Median, r.MsPerStep.Min, r.MsPerStep.Max, r.TokensPerSecond,
		r.GFLOPS, r.LossFirst, r.LossLast, english.Bytes(float64(r.MemoryBytes)), english.Bytes(float64(r.MemorySaid)))
	if err == nil {
		_, err = fmt.Fprintf(out, "one core: %s\n", english.Measured(r.Core))
	}
	if card := r.Card; err == nil && card != nil {
		_, err = fmt.Fprintf(out, "%s: the product of two matrices of %d × %d in %s, %.0f tokens/s written (preset %s)\n", card.Name, card.Size, card.Size,
			english.GFLOPS(card.GFLOPS), card.Writing, card.Preset)
	}
	return err
}
