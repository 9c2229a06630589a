package checkpoint

import (
	"fmt"
	"io"
	"slices"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/tensor"
)

// Write writes the folder of run, run.json last. Beside the model it takes the
// memory of its largest tensor.
func Write(sink format.Sink, run Run) error { return WriteAs(sink, run, format.Kept) }

// WriteAs is Write with the weights as f32 or f16. A run goes on to the same
// bits only as Write keeps it, or from f32.
func WriteAs(sink format.Sink, run Run, t format.DType) error {
	if err := layout.CheckSafetensors(t); err != nil {
		return err
	}
	d := manifestOf(run)
	for _, f := range filesOf(run, t) {
		sum, err := format.Create(sink, f)
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		d.SHA256[f.Name] = sum
	}
	if _, err := format.Create(sink, format.JSON(RunFile, d)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// filesOf are the files of run's folder but for run.json.
func filesOf(run Run, t format.DType) (files []format.Written) {
	c := run.Recipe.Model
	add := func(name string, write func(io.Writer) error) {
		files = append(files, format.Written{Name: name, Write: write})
	}
	if f, _ := layout.FamilyOf(c); f != "" {
		files = append(files, format.Text(layout.ConfigFile, func() ([]byte, error) { return layout.ConfigText(c, f, t, run.Tokenizer, run.Papers) }))
	}
	add(layout.WeightsFile, func(w io.Writer) error { return layout.WriteSafetensors(w, layout.Saved(run.Model), t) })
	add(layout.TokenizerFile, func(w io.Writer) error { return layout.WriteTokenizer(w, run.Tokenizer, run.Papers) })
	if text, err := layout.TokenizerConfigText(c, run.Tokenizer, run.Papers); text != nil || err != nil {
		files = append(files, format.Text(layout.TokenizerConfigFile, func() ([]byte, error) { return text, err }))
	}
	files = append(files, layout.PaperFiles(run.Tokenizer, run.Papers, true)...)
	if run.Moments != nil {
		add(optimizerFile, func(w io.Writer) error { return writeMoments(w, run.Moments) })
	}
	files = append(files, layout.AdapterFiles(run.Model, run.origin(), t)...)
	if run.Best != nil {
		add(bestFile, func(w io.Writer) error { return safetensors.Write(w, trained(run, run.Best.Weights), nil) })
	}
	if run.Frozen != nil {
		add(frozenFile, func(w io.Writer) error { return safetensors.Write(w, trained(run, run.Frozen), nil) })
	}
	add(logFile, func(w io.Writer) error { return writeLog(w, run.Log) })
	return files
}

// writeMoments fetches one after the other.
func writeMoments(w io.Writer, moments []*tensor.Tensor) error {
	var room []float32
	var lazy []safetensors.Lazy
	for _, m := range moments {
		lazy = append(lazy, safetensors.Lazy{Name: m.Name, Shape: m.Dims, DType: safetensors.F32, Values: func() []float32 {
			room = m.Append(room[:0])
			return room
		}})
	}
	return safetensors.WriteLazy(w, lazy, nil)
}

// origin is the name of the model that run was fine-tuned from, "" for none.
func (run Run) origin() string {
	if run.From == nil {
		return ""
	}
	return run.From.Name
}

// trained are weights of what trains, the last of the model's, as tensors of its own
// names.
func trained(run Run, weights []float32) (tensors []safetensors.Tensor) {
	end := len(weights)
	for _, p := range slices.Backward(run.Model.Parameters) {
		if end == 0 {
			break
		}
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, Shape: p.Dims, Data: weights[end-p.Len() : end]})
		end -= p.Len()
	}
	slices.Reverse(tensors)
	return tensors
}
