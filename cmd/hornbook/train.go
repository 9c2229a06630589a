package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"hornbook/model/checkpoint"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// trainCommand trains a model on a file.
func trainCommand(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	data := f.String("data", "", "the text to learn from, a file")
	dir := f.String("out", "", "folder that the model is saved to; without it nothing is kept")
	asJSON := f.Bool("json", false, "write the protocol's events, one JSON object a line")
	preset := addPresetFlags(f, "how many steps (default the preset's)", 0)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	if *data == "" {
		return wrongUsage("train needs a text: -data FILE")
	}
	r, err := preset.recipe(f)
	if err != nil {
		return err
	}
	raw, err := read(*data)
	if err != nil {
		return err
	}
	if *dir != "" {
		if err := os.MkdirAll(*dir, 0o777); err != nil {
			return fmt.Errorf("cannot save to -out: %w", err)
		}
	}
	tell := report(out)
	if *asJSON {
		tell = lines(out)
	}
	return train(&protocol.Train{Recipe: r, Ranks: *preset.ranks}, filepath.Base(*data), raw, *dir, tell, errs)
}

// read is the file's text; a file over the limit is not read.
func read(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read -data: %w", err)
	}
	defer file.Close()
	var text bytes.Buffer
	n, err := io.Copy(&text, io.LimitReader(file, protocol.MaxText+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read -data: %w", err)
	}
	if n > protocol.MaxText {
		return nil, fmt.Errorf("%s is over the limit of %s: cut out a part of it", name, wording.Bytes(protocol.MaxText))
	}
	return text.Bytes(), nil
}

// train runs c on text and saves the model to dir, unless that is "". An
// interrupt ends the training early; the model is saved all the same.
func train(c *protocol.Train, name string, text []byte, dir string, tell func(protocol.Event) error, errs io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var failed error
	s := converse(ctx, []protocol.Command{
		&protocol.SetText{Source: "upload", Name: name, Data: text},
		c,
	}, func(e protocol.Event) bool {
		failed = errors.Join(failed, tell(e))
		if p, is := e.(*protocol.Problem); is && p.Code.Notice() {
			fmt.Fprintf(errs, "hornbook: %s\n", problem{p})
		} else if is {
			failed = errors.Join(failed, problem{p})
		}
		state, is := e.(*protocol.State)
		return failed != nil && !is || is && (state.State == "done" || state.State == "failed")
	})
	if kept, is := s.Checkpoint(); is && dir != "" {
		if err := checkpoint.Save(dir, kept); err != nil {
			return errors.Join(failed, err)
		}
		fmt.Fprintf(errs, "Saved to %s. Try it: hornbook generate -run %s -prompt \"The\"\n", dir, dir)
	}
	return failed
}

// lines writes each event as a line of JSON.
func lines(out io.Writer) func(protocol.Event) error {
	return func(e protocol.Event) error {
		text, err := protocol.EncodeEvent(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
}

// report writes what a person wants to know of the events.
func report(out io.Writer) func(protocol.Event) error {
	return func(e protocol.Event) error {
		var err error
		switch e := e.(type) {
		case *protocol.Text:
			_, err = fmt.Fprintf(out, "%s: %s\n", e.Name, wording.TextSum(e))
			if e.Advice != "" {
				_, err = fmt.Fprintln(out, wording.Problem(&protocol.Problem{Code: e.Advice}))
			}
		case *protocol.Model:
			_, err = fmt.Fprintf(out, "%s: %s parameters, %s steps, %s\n", e.Recipe.Preset, wording.Count(e.Parameters), wording.Count(e.Recipe.Steps),
				wording.CountOf(e.Ranks, "worker", "workers"))
		case *protocol.Eval:
			_, err = fmt.Fprintf(out, "step %5d  training loss %.4f  validation loss %.4f  %s  %.0f tokens/s\n",
				e.Step, e.TrainLoss, e.ValLoss, wording.Duration(e.Seconds), e.TokensPerSecond)
		case *protocol.Sample:
			_, err = fmt.Fprintf(out, "\n%s\n\n", e.Text)
		}
		return err
	}
}
