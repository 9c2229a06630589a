// Command base pre-trains the model that the page opens with on Village Tales,
// as recipe.Base says, and writes it to static/base/model. Run it from the
// repository's root: make base. The same kind of machine gives the same bits.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	bytes = 20e6 // of tales and questions
	other = 7e5  // bytes of scrambled tales before them
	learn = 4e6  // bytes of tales and questions that the tokenizer learns from
	tales = 24e5 // bytes of tales alone after them: validation is the end
	ranks = 2    // part of the recipe: another number gives other bits
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
	r, meal := recipe.Base(), diet(bytes)
	text := slices.Concat(scrambled(other), meal, village.Text(seed+2, tales))
	tok, err := tokenizer.TrainBPE(meal[:learn], r.VocabSize, tokenizer.WithSpecials(chat.Specials...))
	if err != nil {
		return err
	}
	r.Model.Vocab = tok.Size()
	run, err := train.New(r, train.Data{Text: data.Corpus{IDs: tok.Encode(text), Bytes: len(text)}})
	if err != nil {
		return err
	}
	if err := run.Share(ranks, train.Goroutines); err != nil {
		return err
	}
	log, err := learned(run)
	if err != nil {
		return err
	}
	return publish(checkpoint.Run{Recipe: r, Tokenizer: tok, Model: run.Model, Name: "Village Tales, a small model", Text: "village", TextBytes: len(text),
		Step: run.Done, Tokens: run.Tokens(), Seconds: run.Training.Seconds(), Measures: log[len(log)-1].Measures,
		Ranks: ranks, Backend: "cpu", Fused: kernel.Fused, State: "done", Log: log})
}

// learned takes all steps and tells how it goes.
func learned(run *train.Run) (log []checkpoint.Entry, err error) {
	_, err = run.Loop(train.Hooks{Measured: func(m recipe.Measurement) {
		of := m.Measures.Value
		log = checkpoint.Noted(log, checkpoint.Evaluation(m))
		fmt.Printf("step %4d of %d  training %.4f  validation %.4f  %.4f bits a byte  %v\n",
			m.Step, run.Recipe.Steps, of(recipe.TrainLoss), of(recipe.ValLoss), of(recipe.BitsPerByte), run.Training.Round(time.Second))
	}})
	return log, err
}

// publish writes the model, two bytes a weight, and its card.
func publish(run checkpoint.Run) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := checkpoint.WriteAs(folder{}, run, format.F16); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "README.md"), []byte(card(run)), 0o644)
}

type folder struct{}

func (folder) Create(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(out, name)) }
