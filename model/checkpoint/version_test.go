package checkpoint_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/recipe"
)

// saved is what testdata/version2/expected.json tells of a folder there: what
// the Hornbook that saved it held in memory. Sums are SHA-256 of float32s,
// little-endian, one tensor after the other.
type saved struct {
	Step      int     `json:"step"`
	Weights   string  `json:"weights"`
	Moments   string  `json:"moments"`
	Best      string  `json:"best"`
	TrainLoss float64 `json:"train_loss"`
	ValLoss   float64 `json:"val_loss"`
	OldLoss   float64 `json:"old_loss"` // the log's latest

	EndTrainLoss float64 `json:"end_train_loss"` // where the run went on to its end
	EndValLoss   float64 `json:"end_val_loss"`
	EndWeights   string  `json:"end_weights"`
}

func sumOfNumbers(t *testing.T, all ...[]float32) string {
	t.Helper()
	if len(all) == 0 {
		return ""
	}
	hash := sha256.New()
	for _, numbers := range all {
		if err := binary.Write(hash, binary.LittleEndian, numbers); err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Folders that the second version saved are read with the same bits, and saved
// anew: a model that is done, and of each way to train a run that is paused.
func TestVersion2(t *testing.T) {
	for name, want := range expected(t) {
		t.Run(name, func(t *testing.T) {
			run, err := checkpoint.Load(filepath.Join("testdata/version2", name))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, run, want)
			dir := t.TempDir()
			if err := checkpoint.Save(dir, run); err != nil {
				t.Fatal(err)
			}
			again, err := checkpoint.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			checkpointtest.Equal(t, again, run)
		})
	}
}

// expected is testdata/version2/expected.json.
func expected(t *testing.T) (all map[string]saved) {
	t.Helper()
	text, err := os.ReadFile("testdata/version2/expected.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func compare(t *testing.T, run checkpoint.Run, want saved) {
	t.Helper()
	got := saved{Step: run.Step, Weights: sumOfNumbers(t, run.Model.Weights), TrainLoss: run.Measures.Value(recipe.TrainLoss), ValLoss: run.Measures.Value(recipe.ValLoss),
		EndTrainLoss: want.EndTrainLoss, EndValLoss: want.EndValLoss, EndWeights: want.EndWeights}
	var moments [][]float32
	for _, m := range run.Moments {
		moments = append(moments, m.Data)
	}
	got.Moments = sumOfNumbers(t, moments...)
	if run.Best != nil {
		got.Best = sumOfNumbers(t, run.Best.Weights)
	}
	for _, e := range run.Log {
		if old, measured := e.Measures.Of(recipe.OldLoss); measured {
			got.OldLoss = old
		}
	}
	if got != want {
		t.Errorf("read as\n%+v, want\n%+v", got, want)
	}
	if paused := run.State == "paused"; paused != (want.EndWeights != "") {
		t.Errorf("its state is %q", run.State)
	}
}
