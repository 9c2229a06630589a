// Command base pre-trains the model that the page opens with on Village Tales,
// as recipe.Base says, and writes it to static/base/model. Run it from the
// repository's root: make base. The same kind of machine gives the same bits.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
)

const (
	seed  = 2    // of the tales; the page's sample is told by another
	bytes = 24e6 // of the tales
	learn = 4e6  // bytes of them that the tokenizer learns from
	ranks = 2    // part of the recipe: another number gives other bits
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
	r, text := recipe.Base(), village.Text(seed, bytes)
	tok, err := tokenizer.TrainBPE(text[:learn], r.VocabSize)
	if err != nil {
		return err
	}
	r.Model.Vocab = tok.Size()
	run, err := train.New(r, tok.Encode(text), len(text))
	if err != nil {
		return err
	}
	if err := run.Share(ranks, train.Goroutines); err != nil {
		return err
	}
	losses, err := learned(run)
	if err != nil {
		return err
	}
	return checkpoint.Save("build/base", checkpoint.Run{Recipe: r, Tokenizer: tok, Model: run.Model, Step: run.Done, Tokens: run.Tokens(),
		TrainLoss: losses.Train, ValLoss: losses.Val})
}

// learned takes all steps and tells how it goes.
func learned(run *train.Run) (l train.Losses, err error) {
	for ; ; err = run.Step() {
		if err != nil {
			return l, err
		}
		if run.Done%run.Recipe.EvalEvery == 0 || run.Finished() {
			l = run.Evaluate(nil)
			fmt.Printf("step %4d of %d  training %.4f  validation %.4f  %.4f bits a byte  %v\n",
				run.Done, run.Recipe.Steps, l.Train, l.Val, l.BitsPerByte, run.Training.Round(time.Second))
		}
		if run.Finished() {
			return l, nil
		}
	}
}
