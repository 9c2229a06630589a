package handoff_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/format"
)

// broughtBack is a folder as continue.py writes it, of a form that has everything.
func broughtBack(t testing.TB) fstest.MapFS {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["deepseek"], checkpointtest.Chars(t))
	run.State, run.Backend, run.Ranks, run.Recipe.EvalEvery = "paused", "pytorch", 2, 5
	return checkpointtest.InMemory(t, withMoments(run))
}

// replaced is folder with a file of other bytes, of which run.json has the sum, so that
// it is read.
func replaced(t testing.TB, folder fstest.MapFS, name string, data []byte) fstest.MapFS {
	folder = maps.Clone(folder)
	folder[name] = &fstest.MapFile{Data: data}
	if name == checkpoint.RunFile {
		return folder
	}
	var doc map[string]any
	if err := json.Unmarshal(folder[checkpoint.RunFile].Data, &doc); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	doc["sha256"].(map[string]any)[name] = hex.EncodeToString(sum[:])
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	folder[checkpoint.RunFile] = &fstest.MapFile{Data: text}
	return folder
}

// mostFuzzed is the memory that a folder's model may take, in bytes.
const mostFuzzed = 64 << 20

func opened(folder fstest.MapFS) (checkpoint.Run, error) {
	o, err := checkpoint.Open(folder)
	if err != nil {
		return checkpoint.Run{}, err
	}
	defer o.Close()
	return o.Load(mostFuzzed)
}

// What comes back damaged is refused by a sentence that names the file and what is
// wrong with it, even where its sum is right.
func TestBackDamaged(t *testing.T) {
	good := broughtBack(t)
	swap := func(old, next string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("there is no %s", old)
			}
			return bytes.Replace(b, []byte(old), []byte(next), 1)
		}
	}
	half := func(b []byte) []byte { return b[:len(b)/2] }
	nan := func(b []byte) []byte { return append(bytes.Clone(b[:len(b)-4]), 0, 0, 0xc0, 0x7f) }
	for name, bad := range map[string]struct {
		file   string
		change func([]byte) []byte
		says   string
	}{
		"run.json, cut off":           {"run.json", half, "unexpected end"},
		"run.json, another version":   {"run.json", swap(`"version": 4`, `"version": 9`), "use the Hornbook that saved it"},
		"run.json, a step below zero": {"run.json", swap(`"step": `, `"step": -`), "below zero"},
		"run.json, too many layers":   {"run.json", swap(`"layers": 2`, `"layers": 65`), "layers"},
		"run.json, too many experts":  {"run.json", swap(`"count": 4`, `"count": 1000000000`), "experts"},
		"run.json, another key":       {"run.json", swap(`"step": `, `"steppes": 1, "step": `), "steppes"},
		"log.jsonl, no number":        {"log.jsonl", swap(`2.0625`, `NaN`), "line 1"},
		"log.jsonl, cut off":          {"log.jsonl", half, "line"},
		"model, cut off":              {"model.safetensors", half, "cut off"},
		"model, no number":            {"model.safetensors", nan, "no finite number"},
		"model, an expert is missing": {"model.safetensors", swap(`experts.1.up_proj`, `experts.9.up_proj`), "experts"},
		"model, another shape":        {"model.safetensors", swap(`"shape":[32]`, `"shape":[23]`), "shape"},
		"moments, cut off":            {"optimizer.safetensors", half, "cut off"},
		"moments, no number":          {"optimizer.safetensors", nan, "no finite number"},
	} {
		_, err := opened(replaced(t, good, bad.file, bad.change(good[bad.file].Data)))
		var p *format.Problem
		if !errors.As(err, &p) || p.File != bad.file || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %v, want %s to say %q", name, err, bad.file, bad.says)
		}
	}
	wider := replaced(t, good, "run.json", swap(`"hidden": 10`, `"hidden": 11`)(good["run.json"].Data))
	var p *format.Problem
	if _, err := opened(wider); !errors.As(err, &p) || p.File != "model.safetensors" || !strings.Contains(err.Error(), "the model needs [11 32]") {
		t.Errorf("experts of another width: %v", err)
	}
	if _, err := opened(good); err != nil {
		t.Errorf("the folder itself: %v", err)
	}
}

// FuzzBack: whatever a file of the folder that comes back holds, with the right sum, it
// is a run, which can be saved, or an error of the kinds that are told apart.
func FuzzBack(f *testing.F) {
	good := broughtBack(f)
	for name, file := range good {
		f.Add(name, file.Data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if good[name] == nil {
			return
		}
		run, err := opened(replaced(t, good, name, data))
		if err == nil {
			err = checkpoint.Write(checkpointtest.Files{}, run)
		}
		var p *format.Problem
		var large *checkpoint.TooLarge
		if err != nil && !errors.As(err, &p) && !errors.As(err, &large) {
			t.Error(err)
		}
	})
}
