// Command base pre-trains the model that the page opens with, and writes it to
// static/base/model: on Village Tales first, as recipe.Base says, then, with the
// tokens of the chat template, on a diet of tales and questions about them, as
// recipe.Asked says. Run it from the repository's root: make base. What the
// first stage made is kept in build/base, and taken from there the next time.
// The same kind of machine gives the same bits.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/data/village"
	"hornbook/model/format"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
)

const (
	seed  = 2    // of the tales; the page's sample is told by another
	bytes = 20e6 // of the tales
	other = 7e5  // bytes of scrambled tales before them
	learn = 4e6  // bytes of tales that the tokenizer learns from
	meal  = 8e6  // bytes of tales and questions of the second stage
	alone = 12e5 // bytes of tales alone behind those, of which the last validate
	ranks = 2    // part of the recipes: another number gives other bits
	first = "build/base"
	out   = "static/base/model"
)

func main() {
	if err := make(); err != nil {
		fmt.Fprintln(os.Stderr, "base:", err)
		os.Exit(1)
	}
}

func make() error {
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the repository's root: make base")
	}
	if _, err := os.Stat(filepath.Join(first, "run.json")); err != nil {
		if err := readTales(); err != nil {
			return err
		}
	}
	return answerQuestions()
}

// readTales is the first stage.
func readTales() error {
	r, tales := recipe.Base(), village.Text(seed, bytes)
	tok, err := tokenizer.TrainBPE(tales[:learn], r.VocabSize)
	if err != nil {
		return err
	}
	r.Model.Vocab = tok.Size()
	text := append(scrambled(other), tales...) // validation is the end, tales alone
	run, err := train.New(r, learnsFrom(tok, text))
	if err != nil {
		return err
	}
	_, err = learned(run, checkpoint.Run{Tokenizer: tok, TextBytes: len(text)}, first)
	return err
}

// answerQuestions is the second stage.
func answerQuestions() error {
	kept, err := checkpoint.Load(first)
	if err != nil {
		return err
	}
	tok, err := tokenizer.Extend(kept.Tokenizer, chat.Specials...)
	if err != nil {
		return err
	}
	m := kept.Model.Grow(tok.Size() - kept.Model.Vocab)
	r := recipe.Asked(kept.Recipe)
	r.Model = m.Config
	text := append(diet(meal), village.Text(seed+2, alone)...)
	run, err := train.On(m, r, learnsFrom(tok, text))
	if err != nil {
		return err
	}
	taught, err := learned(run, checkpoint.Run{Tokenizer: tok, TextBytes: kept.TextBytes + len(text)}, out)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "README.md"), []byte(card(taught, kept)), 0o644)
}

func learnsFrom(tok tokenizer.Tokenizer, text []byte) train.Data {
	return train.Data{Text: data.Corpus{IDs: tok.Encode(text), Bytes: len(text)}}
}

// learned takes all steps, tells how it goes, and publishes what is learned.
func learned(run *train.Run, kept checkpoint.Run, where string) (checkpoint.Run, error) {
	if err := run.Share(ranks, train.Goroutines); err != nil {
		return kept, err
	}
	defer run.Close()
	_, err := run.Loop(train.Hooks{Measured: func(m recipe.Measurement) {
		of := m.Measures.Value
		kept.Log = checkpoint.Noted(kept.Log, checkpoint.Evaluation(m))
		fmt.Printf("step %4d of %d  training %.4f  validation %.4f  %.4f bits a byte  %v\n",
			m.Step, run.Recipe.Steps, of(recipe.TrainLoss), of(recipe.ValLoss), of(recipe.BitsPerByte), run.Training.Round(time.Second))
	}})
	if err != nil {
		return kept, err
	}
	kept.Recipe, kept.Model, kept.Name, kept.Text = run.Recipe, run.Model, "Village Tales, a small model", "village"
	kept.Step, kept.Tokens, kept.Seconds, kept.Measures = run.Done, run.Tokens(), run.Training.Seconds(), kept.Log[len(kept.Log)-1].Measures
	kept.Ranks, kept.Backend, kept.Fused, kept.State = ranks, "cpu", kernel.Fused, "done"
	return kept, publish(kept, where)
}

// publish writes the model, two bytes a weight.
func publish(run checkpoint.Run, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return checkpoint.WriteAs(folder(out), run, format.F16)
}

type folder string

func (f folder) Create(name string) (io.WriteCloser, error) {
	return os.Create(filepath.Join(string(f), name))
}
