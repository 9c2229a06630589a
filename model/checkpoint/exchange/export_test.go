package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/tokenizer"
)

// generous is a limit that no test comes near.
const generous = 1e9

// tokenizers are one of each kind, with and without an end of text, and one with
// the chat template's tokens.
func tokenizers(t testing.TB) map[string]tokenizer.Tokenizer {
	t.Helper()
	withEnd, err := tokenizer.NewChars([]byte(checkpointtest.Text+"\xff"), layout.EndOfText)
	if err != nil {
		t.Fatal(err)
	}
	bpe, err := tokenizer.TrainBPE([]byte(strings.Repeat(checkpointtest.Text, 3)), 280)
	if err != nil {
		t.Fatal(err)
	}
	bpeEnd, err := tokenizer.TrainBPE([]byte(strings.Repeat(checkpointtest.Text, 3)), 280, tokenizer.WithSpecials("<|user|>", layout.EndOfText))
	if err != nil {
		t.Fatal(err)
	}
	chats, err := tokenizer.Extend(bpe, chat.Specials...)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]tokenizer.Tokenizer{
		"bpe that chats": chats, "chars": checkpointtest.Chars(t), "chars with end": withEnd, "bytes": tokenizer.NewBytes(), "bytes with end": tokenizer.NewBytes(layout.EndOfText), "bpe": bpe, "bpe with end": bpeEnd,
	}
}

// exports are all the ways out. The tolerance is for the logits of what comes
// back, as a part of the largest: ten times the rounding of one weight, 2⁻¹¹ in
// F16 and 1/254 of the block's largest in Q8_0, as the errors of many meet.
var exports = map[string]struct {
	tolerance float64
	write     func(fsys checkpointtest.Files, run checkpoint.Run) error
}{
	"folder": {0, func(m checkpointtest.Files, run checkpoint.Run) error { return checkpoint.Write(m, run) }},
	"zip": {0, func(m checkpointtest.Files, run checkpoint.Run) error {
		return written(m, "a.zip", func(b *bytes.Buffer) error { return WriteZip(b, run) })
	}},
	"hf f32": {0, func(m checkpointtest.Files, run checkpoint.Run) error { return WriteHF(m, run, format.F32) }},
	"hf f16": {5e-3, func(m checkpointtest.Files, run checkpoint.Run) error { return WriteHF(m, run, format.F16) }},
	"hf zip": {0, func(m checkpointtest.Files, run checkpoint.Run) error {
		return written(m, "a.zip", func(b *bytes.Buffer) error { return ZipHF(b, run, format.F32) })
	}},
	"gguf f32":  {0, func(m checkpointtest.Files, run checkpoint.Run) error { return writtenGGUF(m, run, format.F32) }},
	"gguf f16":  {5e-3, func(m checkpointtest.Files, run checkpoint.Run) error { return writtenGGUF(m, run, format.F16) }},
	"gguf q8_0": {5e-2, func(m checkpointtest.Files, run checkpoint.Run) error { return writtenGGUF(m, run, format.Q8) }},
}

// written puts one file into m.
func written(m checkpointtest.Files, name string, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m[name] = &fstest.MapFile{Data: b.Bytes()}
	return nil
}

func writtenGGUF(m checkpointtest.Files, run checkpoint.Run, t format.DType) error {
	return written(m, "a.gguf", func(b *bytes.Buffer) error { _, err := WriteGGUF(b, run, t); return err })
}

// What goes out comes back with the same tokenizer and the same logits.
func TestExportsComeBack(t *testing.T) {
	for shapeName, shape := range checkpointtest.Forms {
		if strings.HasPrefix(shapeName, "no one's") {
			continue
		}
		for tokName, tok := range tokenizers(t) {
			run := checkpointtest.Fresh(t, shape, tok)
			want := checkpointtest.Logits(run)
			for name, e := range exports {
				t.Run(fmt.Sprintf("%s, %s, %s", shapeName, tokName, name), func(t *testing.T) {
					m := checkpointtest.Files{}
					err := e.write(m, run)
					if strings.HasPrefix(name, "gguf") && shape.Window > 0 {
						if err == nil {
							t.Error("llama.cpp cannot compute it, but it is written")
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					got, notes, err := Import(fstest.MapFS(m), generous)
					if err != nil || len(notes) > 0 {
						t.Fatal(err, notes)
					}
					if !reflect.DeepEqual(got.Tokenizer, tok) {
						t.Error("the tokenizer came back changed")
					}
					if off := largestOff(checkpointtest.Logits(got), want); off > e.tolerance || math.IsNaN(off) {
						t.Errorf("logits are off by %.2g of the largest, more than %g", off, e.tolerance)
					}
					if err := checkpoint.CheckRecipe(got.Recipe); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// Numbers of config.json that are fractions are written as such even where they are whole:
// transformers 5 checks the kinds of its fields, and takes 1 for no float.
func TestFractionsHaveAPoint(t *testing.T) {
	fraction := regexp.MustCompile(`(theta|base|factor|pct|dropout|pdrop|eps|epsilon)$`)
	seen, tok := 0, tokenizers(t)["bpe"]
	for name, shape := range checkpointtest.Forms {
		if strings.HasPrefix(name, "no one's") {
			continue
		}
		m := checkpointtest.Files{}
		if err := WriteHF(m, checkpointtest.Fresh(t, shape, tok), format.F32); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(m[layout.ConfigFile].Data), "\n") {
			key, value, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), ","), ": ")
			if key = strings.Trim(key, `"`); !fraction.MatchString(key) {
				continue
			}
			if seen++; !strings.ContainsAny(value, ".e") {
				t.Errorf("%s: %s is written as %s", name, key, value)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d fractions were found", seen)
	}
}

// largestOff is the largest difference, as a part of the largest number.
func largestOff(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var off, largest float64
	for i := range want {
		off = max(off, math.Abs(float64(got[i])-float64(want[i])))
		largest = max(largest, math.Abs(float64(want[i])))
	}
	return off / largest
}

// What no other program can run is refused by the property, and nothing is
// written; Hornbook's own zip and safetensors take all.
func TestWhatOthersCannotRun(t *testing.T) {
	for name, says := range map[string]string{"no one's: relu2": "relu2", "no one's: lookback": "lookback"} {
		run := checkpointtest.Fresh(t, checkpointtest.Forms[name], checkpointtest.Chars(t))
		var out bytes.Buffer
		m := checkpointtest.Files{}
		_, err := WriteGGUF(&out, run, format.F32)
		for _, err := range []error{err, WriteHF(m, run, format.F32)} {
			var p *format.Problem
			if !errors.As(err, &p) || p.Kind != format.Unsupported || !strings.Contains(err.Error(), says) {
				t.Errorf("%s gave %v", name, err)
			}
		}
		if out.Len() > 0 || len(m) > 0 {
			t.Errorf("%s was written in part", name)
		}
		if err := WriteSafetensors(&out, run, format.F16); err != nil {
			t.Error(err)
		}
	}
	run := checkpointtest.Fresh(t, checkpointtest.Forms["gpt2"], checkpointtest.Chars(t))
	for name, err := range map[string]error{
		"hf q8_0":          WriteHF(checkpointtest.Files{}, run, format.Q8),
		"safetensors q8_0": WriteSafetensors(&bytes.Buffer{}, run, format.Q8),
		"gguf in f8":       writtenGGUF(checkpointtest.Files{}, run, "f8"),
	} {
		if err == nil || !strings.Contains(err.Error(), "f16") {
			t.Errorf("%s gave %v", name, err)
		}
	}
	run.Model.Weights.Slice(3, 1).Upload([]float32{1e6})
	if err := WriteHF(checkpointtest.Files{}, run, format.F16); err == nil || !strings.Contains(err.Error(), "too large for F16") {
		t.Errorf("a million in f16 gave %v", err)
	}
}

func TestNotesOfGGUF(t *testing.T) {
	for name, want := range map[string][]string{"gpt2": {NoteF16}, "gpt2, bare": {NoteGELU, NoteF16}, "llama": nil, "qwen3": {NoteF16}} {
		notes, err := WriteGGUF(&bytes.Buffer{}, checkpointtest.Fresh(t, checkpointtest.Forms[name], checkpointtest.Chars(t)), format.Q8)
		if err != nil || !slices.Equal(notes, want) {
			t.Errorf("%s: %q (%v), want %q", name, notes, err, want)
		}
	}
}

// The zip is the same for the same run, and its weights lie in it as they are.
func TestZip(t *testing.T) {
	run := checkpointtest.Full(t)
	var a, b bytes.Buffer
	if err := errors.Join(WriteZip(&a, run), WriteZip(&b, run)); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("two zips of one run differ (%v)", err)
	}
	z, err := zip.NewReader(bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Import(z, generous)
	if err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, got, run)
	if last := z.File[len(z.File)-1].Name; last != checkpoint.RunFile {
		t.Errorf("the last file is %s", last)
	}
}

func TestSafetensorsAlone(t *testing.T) {
	var out bytes.Buffer
	if err := WriteSafetensors(&out, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t)), format.F16); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || f.Entries[0].Name != "model.embed_tokens.weight" || f.Entries[0].DType != "F16" || f.Metadata["format"] != "pt" {
		t.Errorf("it begins with %v, %v (%v)", f.Entries[0], f.Metadata, err)
	}
}
