package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// WriteHF writes the folder of files that Hugging Face's transformers load:
// configuration, weights as f32 or f16, with an adapter merged into them,
// tokenizer, and a model card. A model that they have no form for is a *Problem
// that says why.
func WriteHF(sink format.Sink, run checkpoint.Run, t format.DType) error {
	f, err := exportable(run)
	if err != nil {
		return err
	}
	if err := layout.CheckSafetensors(t); err != nil {
		return err
	}
	run = merged(run)
	c := run.Recipe.Model
	files := []format.Written{
		format.Text(layout.ConfigFile, func() ([]byte, error) { return layout.ConfigText(c, f, t, run.Tokenizer, run.Papers) }),
		{Name: layout.WeightsFile, Write: func(w io.Writer) error { return layout.WriteSafetensors(w, layout.HuggingFace(run.Model, f), t) }},
		{Name: layout.TokenizerFile, Write: func(w io.Writer) error { return layout.WriteTokenizer(w, run.Tokenizer, run.Papers) }},
		format.Text(cardFile, func() ([]byte, error) { return card(run), nil }),
	}
	if text, err := layout.TokenizerConfigText(c, run.Tokenizer, run.Papers); text != nil || err != nil {
		files = append(files, format.Text(layout.TokenizerConfigFile, func() ([]byte, error) { return text, err }))
	}
	return format.CreateAll(sink, append(files, layout.PaperFiles(run.Tokenizer, run.Papers, false)...))
}

// merged is run with an adapter that its model has as a part of the weights, in
// a copy of the model, for formats that have no adapters.
func merged(run checkpoint.Run) checkpoint.Run {
	if _, has := run.Model.Adapter(); has {
		run.Model = run.Model.Clone()
		run.Model.Merge()
		run.Recipe.SetMethod(recipe.Full)
	}
	return run
}

// exportable is the form of run's model in other programs.
func exportable(run checkpoint.Run) (layout.Family, error) {
	f, why := layout.FamilyOf(run.Recipe.Model)
	if f == "" {
		return "", format.Wrong(format.Unsupported, "", "other programs cannot run this model because of %s; keep it as Hornbook's own zip, or train one without", why)
	}
	return f, nil
}

// WriteSafetensors writes the weights alone, as f32 or f16, with an adapter
// merged into them: under Hugging Face's names where they have a form for the
// model, else under its own.
func WriteSafetensors(w io.Writer, run checkpoint.Run, t format.DType) error {
	return layout.WriteSafetensors(w, layout.Saved(merged(run).Model), t)
}

// WriteZip writes the folder of run as one zip.
func WriteZip(w io.Writer, run checkpoint.Run) error {
	return Zipped(w, func(sink format.Sink) error { return checkpoint.Write(sink, run) })
}

// ZipHF writes what WriteHF does as one zip.
func ZipHF(w io.Writer, run checkpoint.Run, t format.DType) error {
	return Zipped(w, func(sink format.Sink) error { return WriteHF(sink, run, t) })
}

// Zipped writes a zip of the files that write creates.
func Zipped(w io.Writer, write func(format.Sink) error) error {
	z := zip.NewWriter(w)
	if err := write(zipSink{z}); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the zip: %w", err)
	}
	return nil
}

// zipSink is a Sink into a zip. Weights, which do not get smaller, are stored,
// so that they can be read in place.
type zipSink struct{ z *zip.Writer }

func (s zipSink) Create(name string) (io.WriteCloser, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime}
	if path.Ext(name) == ".safetensors" {
		h.Method = zip.Store
	}
	w, err := s.z.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	return nopCloser{w}, nil
}

// zipTime is the date of all entries, so that a model gives the same zip always.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// nopCloser is an entry, which ends where the next begins.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// cardFile is a model card.
const cardFile = "README.md"

// card is a model card: what the model is and how it was made.
func card(run checkpoint.Run) []byte {
	var out bytes.Buffer
	r, name := run.Recipe, run.Name
	if name == "" {
		name = "A model trained with Hornbook"
	}
	fmt.Fprintf(&out, "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [hornbook]\n---\n\n# %s\n\n", name)
	fmt.Fprintf(&out, "%d parameters; %d layers, %d channels, a context of %d tokens, %d tokens in the vocabulary (%s).\n\n",
		r.Model.Parameters(), r.Model.Layers, r.Model.Channels, r.Model.Context, r.Model.Vocab, run.Tokenizer.Kind())
	if run.Step > 0 {
		fmt.Fprintf(&out, "Trained for %d steps on %d tokens", run.Step, run.Tokens)
		if run.Text != "" {
			fmt.Fprintf(&out, " of %q", run.Text)
		}
		fmt.Fprintf(&out, " in %.0f seconds (preset %s, seed %d).", run.Seconds, r.Preset, r.Seed)
		if loss, measured := run.Measures.Of(recipe.ValLoss); measured {
			fmt.Fprintf(&out, " Loss on text kept apart: %.4f nats a token.", loss)
		}
		out.WriteString("\n\n")
	}
	if run.From != nil {
		fmt.Fprintf(&out, "Fine-tuned from %q.\n\n", run.From.Name)
	}
	out.WriteString("It writes text like the text that it learned from, true or not.\n")
	return out.Bytes()
}
