package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"hornbook/model/format/safetensors"
	"hornbook/tokenizer"
)

// Sink takes files, one after another. A file counts when it has been closed
// without an error.
type Sink interface {
	Create(name string) (io.WriteCloser, error)
}

// DType is the type of the weights in an export.
type DType string

// The types of weights.
const (
	DTypeF32 DType = "f32"
	DTypeF16 DType = "f16"
	DTypeQ8  DType = "q8_0" // GGUF only: blocks of 32 bytes with a scale
)

// Write writes the folder of run, run.json last. Beside the model it takes the
// memory of its largest tensor.
func Write(sink Sink, run Run) error { return WriteAs(sink, run, DTypeF32) }

// WriteAs is Write with the weights as f32 or f16. A run goes on to the same
// bits only from f32.
func WriteAs(sink Sink, run Run, t DType) error {
	dtype, err := safetensorsType(t)
	if err != nil {
		return err
	}
	d := manifestOf(run)
	for _, f := range filesOf(run, t, dtype) {
		sum, err := create(sink, f)
		if err != nil {
			return err
		}
		d.SHA256[f.name] = sum
	}
	_, err = create(sink, jsonFile(runFile, d))
	return err
}

// file is a file to be written.
type file struct {
	name  string
	write func(io.Writer) error
}

// create writes f and returns its SHA-256.
func create(sink Sink, f file) (sum string, err error) {
	out, err := sink.Create(f.name)
	if err != nil {
		return "", fmt.Errorf("checkpoint: save %s: %w", f.name, err)
	}
	hash := sha256.New()
	if err := errors.Join(f.write(io.MultiWriter(out, hash)), out.Close()); err != nil {
		return "", fmt.Errorf("checkpoint: save %s: %w", f.name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func jsonFile(name string, v any) file {
	return file{name, func(w io.Writer) error {
		text, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		_, err = w.Write(append(text, '\n'))
		return err
	}}
}

// made is a file whose text is made by f.
func made(name string, f func() ([]byte, error)) file {
	return file{name, func(w io.Writer) error {
		text, err := f()
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}}
}

// filesOf are the files of run's folder but for run.json.
func filesOf(run Run, t DType, dtype string) (files []file) {
	c := run.Recipe.Model
	if f, _ := familyOf(c); f != "" {
		files = append(files, made(configFile, func() ([]byte, error) { return writeConfig(c, f, t, run.Tokenizer) }))
	}
	files = append(files,
		file{weightsFile, func(w io.Writer) error { return writeSlots(w, layoutOf(run.Model), dtype) }},
		file{tokenizerFile, func(w io.Writer) error { return tokenizer.WriteJSON(w, run.Tokenizer) }},
		made(tokenizerConfigFile, func() ([]byte, error) { return writeTokenizerConfig(c, run.Tokenizer) }))
	if run.Moments != nil {
		files = append(files, file{optimizerFile, func(w io.Writer) error { return safetensors.Write(w, run.Moments, nil) }})
	}
	files = append(files, adapterFiles(run)...)
	if run.Best != nil {
		files = append(files, file{bestFile, func(w io.Writer) error { return safetensors.Write(w, bestTensors(run), nil) }})
	}
	return append(files, file{logFile, func(w io.Writer) error { return writeLog(w, run.Log) }})
}

// writeSlots writes the model's weights as safetensors.
func writeSlots(w io.Writer, slots []slot, dtype string) error {
	var room []float32
	tensors := make([]safetensors.Lazy, len(slots))
	for i, s := range slots {
		tensors[i] = safetensors.Lazy{Name: s.name, Shape: s.shape, DType: dtype, Values: func() []float32 {
			room = slices.Grow(room, product(s.shape)) // grown here, so that the next slot has it too
			return s.values(room)
		}}
	}
	return safetensors.WriteLazy(w, tensors, map[string]string{"format": "pt"})
}

// bestTensors are the best weights as tensors of the model's own names.
func bestTensors(run Run) (tensors []safetensors.Tensor) {
	end := len(run.Best.Weights)
	for _, p := range slices.Backward(run.Model.Parameters) {
		if end == 0 {
			break
		}
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, Shape: p.Dims, Data: run.Best.Weights[end-p.Len() : end]})
		end -= p.Len()
	}
	slices.Reverse(tensors)
	return tensors
}

// writeLog writes a line an entry. What is not finite counts as unknown.
func writeLog(w io.Writer, log []Entry) error {
	var out bytes.Buffer
	for _, e := range log {
		for _, x := range []*float64{&e.Loss, &e.TrainLoss, &e.ValLoss, &e.OldLoss, &e.Bits, &e.Seconds} {
			*x = finite(*x)
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	_, err := w.Write(out.Bytes())
	return err
}
