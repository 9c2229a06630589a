package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/tokenizer"
)

// generate lets a saved model go on from a prompt.
func generate(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("generate", flag.ContinueOnError)
	dir := f.String("run", "", "folder that train saved to")
	prompt := f.String("prompt", "\n", "what the model goes on from")
	n := f.Int("n", 300, "tokens to write")
	shown := f.Bool("show-end", false, "show the token that ended the writing, if one did")
	s := addSampling(f)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	switch {
	case *dir == "":
		return wrongUsage("generate needs a model: -run DIR, the folder that train -out saved to")
	case *n < 1:
		return wrongUsage("-n %d: write at least one token", *n)
	}
	if err := wrongSampling(*s); err != nil {
		return err
	}
	kept, err := runAt(*dir)
	if err != nil {
		return err
	}
	if missing, _ := tokenizer.Unknown(kept.Tokenizer, []byte(*prompt)); len(missing) > 0 {
		fmt.Fprintf(errs, "hornbook: the model has never seen %q; left out\n", missing)
	}
	return write(kept, *prompt, *n, *shown, *s, out)
}

// addSampling adds the flags of how tokens are chosen.
func addSampling(f *flag.FlagSet) *model.Sampling {
	s := &model.Sampling{}
	f.Float64Var(&s.Temperature, "temperature", 0.8, "0 takes the likeliest token; higher dares more")
	f.IntVar(&s.TopK, "top-k", 0, "choose among the K likeliest tokens only; 0 for all")
	f.Float64Var(&s.TopP, "top-p", 0.95, "choose among the likeliest tokens that together reach P; 1 for all")
	f.Uint64Var(&s.Seed, "seed", 1, "the same seed writes the same")
	return s
}

func wrongSampling(s model.Sampling) error {
	switch {
	case !(s.Temperature >= 0 && s.Temperature <= 10):
		return wrongUsage("-temperature %v: give a number from 0 to 10", s.Temperature)
	case s.TopK < 0:
		return wrongUsage("-top-k %d: give 0 or more", s.TopK)
	case !(s.TopP >= 0 && s.TopP <= 1):
		return wrongUsage("-top-p %v: give a number from 0 to 1", s.TopP)
	}
	return nil
}

// write streams the prompt and at most n tokens after it to out, whole characters
// only. It ends with a token that ends the model's texts, which is shown if shown.
func write(kept checkpoint.Run, prompt string, n int, shown bool, s model.Sampling, out io.Writer) error {
	g, rng := model.NewGenerator(kept.Model), s.Rand()
	logits := g.Prompt(tokenizer.EncodeWhole(kept.Tokenizer, []byte(prompt)))
	held, ends := []byte(prompt), kept.Manner().Ends
	for range n {
		id := g.Pick(logits, s, rng)
		end := slices.Contains(ends, id)
		if end && !shown {
			break
		}
		held = append(held, kept.Tokenizer.Piece(id)...)
		whole := len(held) - unfinished(held)
		if _, err := out.Write(held[:whole]); err != nil {
			return err
		}
		held = append(held[:0], held[whole:]...)
		if end {
			break
		}
		logits = g.Next(id)
	}
	_, err := fmt.Fprintf(out, "%s\n", held)
	return err
}

// unfinished is the number of bytes at the end of b that begin a character
// without ending it.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if at := len(b) - n; utf8.RuneStart(b[at]) {
			if utf8.FullRune(b[at:]) {
				return 0
			}
			return n
		}
	}
	return 0
}
