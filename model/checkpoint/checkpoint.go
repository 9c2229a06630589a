// Package checkpoint keeps a trained model in a folder of three files:
//
//	run.json           what it is and how it was trained, for people too
//	model.safetensors  its weights, under the model's own names
//	tokenizer.json     its tokenizer, as Hugging Face's tokenizers read it
//
// run.json holds the SHA-256 of the other two, so that files of different runs
// are never taken together. The state of the optimizer is not kept: a run that
// is loaded writes and predicts, but does not train on as if nothing had been.
package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hornbook/model"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// Run is what a checkpoint holds.
type Run struct {
	Recipe    recipe.Recipe
	Tokenizer tokenizer.Tokenizer
	Model     *model.GPT
	Step      int
	Tokens    int     // trained on
	TrainLoss float64 // of the latest evaluation, nats a token
	ValLoss   float64
}

// The names of the files.
const (
	runFile       = "run.json"
	weightsFile   = "model.safetensors"
	tokenizerFile = "tokenizer.json"
)

// version is that of run.json; a newer one is refused.
const version = 1

// description is run.json.
type description struct {
	Version   int               `json:"version"`
	Recipe    recipe.Recipe     `json:"recipe"`
	Step      int               `json:"step"`
	Tokens    int               `json:"tokens"`
	TrainLoss float64           `json:"train_loss"`
	ValLoss   float64           `json:"val_loss"`
	SHA256    map[string]string `json:"sha256"` // of the other files, by name
}

// Save writes run into the folder dir, which is made if it is missing. All is
// written to temporary files first and moved into place at the end, run.json
// last; if that is cut off, Load says so.
func Save(dir string, run Run) error {
	files, err := encode(run)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	for _, name := range []string{weightsFile, tokenizerFile, runFile} {
		if err := writeTemporary(dir, name, files[name]); err != nil {
			return fmt.Errorf("checkpoint: save: %w", err)
		}
	}
	for _, name := range []string{weightsFile, tokenizerFile, runFile} {
		if err := os.Rename(filepath.Join(dir, name+".new"), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("checkpoint: save: %w", err)
		}
	}
	return nil
}

// writeTemporary writes and syncs name.new.
func writeTemporary(dir, name string, content []byte) error {
	f, err := os.Create(filepath.Join(dir, name+".new"))
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// encode makes the three files.
func encode(run Run) (map[string][]byte, error) {
	files := map[string][]byte{}
	var tensors []safetensors.Tensor
	for _, p := range run.Model.Parameters {
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, Shape: p.Dims, Data: p.Data})
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, tensors, map[string]string{"format": "pt"}); err != nil {
		return nil, fmt.Errorf("checkpoint: save %s: %w", weightsFile, err)
	}
	files[weightsFile] = bytes.Clone(b.Bytes())
	b.Reset()
	if err := tokenizer.WriteJSON(&b, run.Tokenizer); err != nil {
		return nil, fmt.Errorf("checkpoint: save %s: %w", tokenizerFile, err)
	}
	files[tokenizerFile] = bytes.Clone(b.Bytes())
	d := description{Version: version, Recipe: run.Recipe, Step: run.Step, Tokens: run.Tokens, TrainLoss: run.TrainLoss,
		ValLoss: run.ValLoss, SHA256: map[string]string{weightsFile: sum(files[weightsFile]), tokenizerFile: sum(files[tokenizerFile])}}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: save %s: %w", runFile, err)
	}
	files[runFile] = append(text, '\n')
	return files, nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// limits on the sizes of the files, in bytes.
var limits = map[string]int64{runFile: 1 << 20, tokenizerFile: 64 << 20, weightsFile: 1 << 30}

// Load reads the run that Save wrote to dir.
func Load(dir string) (Run, error) {
	root := os.DirFS(dir)
	text, err := read(root, runFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Run{}, fmt.Errorf("checkpoint: %s holds no saved model: there is no %s", dir, runFile)
	}
	if err != nil {
		return Run{}, err
	}
	d, err := describe(text)
	if err != nil {
		return Run{}, fmt.Errorf("checkpoint: %s: %w", filepath.Join(dir, runFile), err)
	}
	content := map[string][]byte{}
	for _, name := range []string{weightsFile, tokenizerFile} {
		if content[name], err = read(root, name); err != nil {
			return Run{}, err
		}
		if sum(content[name]) != d.SHA256[name] {
			return Run{}, fmt.Errorf("checkpoint: %s is not the one that was saved with %s: it was changed, or the saving was cut off; save the model again",
				filepath.Join(dir, name), runFile)
		}
	}
	return decode(d, content)
}

// read is a file of at most its limit.
func read(root fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(root, name)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	if info.Size() > limits[name] {
		return nil, fmt.Errorf("checkpoint: %s has %d bytes, more than the %d that are allowed", name, info.Size(), limits[name])
	}
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return b, nil
}

// describe reads run.json and checks all that it says.
func describe(text []byte) (description, error) {
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return description{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if head.Version != version {
		return description{}, fmt.Errorf("it is of version %d, and this Hornbook knows version %d; use the Hornbook that saved it", head.Version, version)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var d description
	if err := dec.Decode(&d); err != nil {
		return description{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if err := d.Recipe.Check(); err != nil {
		return description{}, err
	}
	return d, nil
}

// decode builds the model when its tensors are known to fit.
func decode(d description, content map[string][]byte) (Run, error) {
	tok, err := tokenizer.ReadJSON(bytes.NewReader(content[tokenizerFile]))
	if err != nil {
		return Run{}, fmt.Errorf("checkpoint: %s: %w", tokenizerFile, err)
	}
	c := d.Recipe.Model
	if tok.Size() != c.Vocab {
		return Run{}, fmt.Errorf("checkpoint: %s has %d tokens, but the model in %s has %d", tokenizerFile, tok.Size(), runFile, c.Vocab)
	}
	weights := content[weightsFile]
	tensors, _, err := safetensors.Read(bytes.NewReader(weights), int64(len(weights)))
	if err != nil {
		return Run{}, fmt.Errorf("checkpoint: %s: %w", weightsFile, err)
	}
	m := model.New(c)
	if err := fill(m, tensors); err != nil {
		return Run{}, fmt.Errorf("checkpoint: %s: %w", weightsFile, err)
	}
	return Run{Recipe: d.Recipe, Tokenizer: tok, Model: m, Step: d.Step, Tokens: d.Tokens, TrainLoss: d.TrainLoss, ValLoss: d.ValLoss}, nil
}
