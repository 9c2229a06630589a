package checkpoint_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/model/train"
)

// wayTolerance is how far losses may part on the way, in nats a token: the
// machine that saved a run summed its products in another order, perhaps.
const wayTolerance = 1e-4

// A run that the second version saved while it was paused goes on as it would
// have then, to the same losses.
func TestVersion2GoesOn(t *testing.T) {
	for name, want := range expected(t) {
		if want.EndWeights == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			saved, err := checkpoint.Load(filepath.Join("testdata/version2", name))
			if err != nil {
				t.Fatal(err)
			}
			run := goOn(t, saved)
			var last recipe.Measures
			outcome, err := run.Loop(train.Hooks{Measured: func(m recipe.Measurement) { last = m.Measures }})
			if err != nil || outcome != train.Finished && outcome != train.Exhausted {
				t.Fatalf("it ended as %v (%v)", outcome, err)
			}
			got := [2]float64{last.Value(recipe.TrainLoss), last.Value(recipe.ValLoss)}
			if run.Best != nil {
				got[1] = run.Best.Loss
			}
			if math.Abs(got[0]-want.EndTrainLoss) > wayTolerance || math.Abs(got[1]-want.EndValLoss) > wayTolerance {
				t.Errorf("it ends with the losses %v, want %v and %v", got, want.EndTrainLoss, want.EndValLoss)
			}
		})
	}
}

// goOn is saved's run, as far as it was.
func goOn(t *testing.T, saved checkpoint.Run) *train.Run {
	t.Helper()
	text := read(t, "testdata/version2/text.txt", saved.TextSHA256)
	d := train.Data{Text: data.Corpus{IDs: saved.Tokenizer.Encode(text), Bytes: len(text)}}
	if saved.OldSHA256 != "" {
		old := village.Text(0x01D, 1<<17)
		if got := sha256.Sum256(old); hex.EncodeToString(got[:]) != saved.OldSHA256 {
			t.Fatal("Village Tales are not those of then")
		}
		d.Old.IDs = saved.Tokenizer.Encode(old)
	}
	run, err := train.On(saved.Model, saved.Recipe, d)
	if err != nil {
		t.Fatal(err)
	}
	state := train.State{Done: saved.Step, Measured: true, Training: time.Duration(saved.Seconds * float64(time.Second)), Stale: saved.Stale}
	state.Moments = saved.Moments
	if b := saved.Best; b != nil {
		state.Best = &train.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
	}
	if err := run.Resume(state); err != nil {
		t.Fatal(err)
	}
	return run
}

// read is a file with that SHA-256.
func read(t *testing.T, name, sum string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := sha256.Sum256(text); hex.EncodeToString(got[:]) != sum {
		t.Fatalf("%s is not the one of then", name)
	}
	return text
}
