package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"hornbook/model"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// opening is a model that has been looked at: its headers are read and
// checked, its weights are not.
type opening struct {
	run    Run                     // but for Model and what finish reads
	layout func(*model.GPT) []slot // of the store's tensors
	store  map[string]stored
	file   string           // that the weights lie in, for errors
	held   float64          // bytes of memory that the files themselves take, and what finish reads
	verify func() error     // compares the files with their sums; nil for none
	finish func(*Run) error // reads the rest; nil for none
	notes  []string
	opened []io.Closer
}

func (o *opening) close() {
	for _, c := range o.opened {
		c.Close()
	}
}

// needs are the weights, the largest tensor once more, and files that are read
// whole.
func (o *opening) needs() Needs {
	n := o.run.Recipe.Model.Parameters()
	largest := 0
	for _, t := range o.store {
		largest = max(largest, product(t.shape))
	}
	return Needs{n, 4*float64(n) + 4*float64(largest) + o.held}
}

// load reads the weights and all else, if that takes at most limit bytes.
func (o *opening) load(limit float64) (Run, error) {
	if n := o.needs(); n.Bytes > limit {
		return Run{}, &TooLarge{n, limit}
	}
	if err := o.complete(); err != nil {
		return Run{}, err
	}
	if o.verify != nil {
		if err := o.verify(); err != nil {
			return Run{}, err
		}
	}
	m := model.New(o.run.Recipe.Model)
	slots := o.layout(m)
	if err := check(slots, o.store, o.file); err != nil {
		return Run{}, err
	}
	if err := fill(slots, o.store); err != nil {
		return Run{}, err
	}
	run := o.run
	run.Model = m
	if o.finish != nil {
		if err := o.finish(&run); err != nil {
			return Run{}, err
		}
	}
	return run, nil
}

// complete refuses files that hold less than half of what the model needs,
// before memory is taken for it. What exactly is missing, check tells.
func (o *opening) complete() error {
	have := 0
	for _, t := range o.store {
		have += product(t.shape)
	}
	if need := o.run.Recipe.Model.Parameters(); have < need/2 {
		return problem(Damaged, o.file, "it holds %d weights, but the model that is described has %d; a part of it is missing", have, need)
	}
	return nil
}

// Read reads the folder of a run.
func Read(fsys fs.FS) (Run, error) {
	o, err := openRun(fsys)
	if err != nil {
		return Run{}, err
	}
	defer o.close()
	return o.load(noLimit)
}

// noLimit leaves it to the machine how large a model may be.
const noLimit = 1 << 62

// folder is a run's folder, in which each file is the one that run.json names.
type folder struct {
	fs.FS
	sums  map[string]string // by name
	names map[string]string // where each lies: NAME or NAME.new
}

// Open opens the file of that name, wherever it lies.
func (f folder) Open(name string) (fs.File, error) {
	if at, there := f.names[name]; there {
		return f.FS.Open(at)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// newFolder finds the files that sums names. Where a save was cut off, some lie
// under NAME.new still.
func newFolder(fsys fs.FS, sums map[string]string) (folder, error) {
	f := folder{fsys, sums, map[string]string{}}
	for name, sum := range sums {
		if !fs.ValidPath(name) {
			return f, problem(UnsafeName, runFile, "it names a file %q outside of the folder", name)
		}
		f.names[name] = name
		if !exists(fsys, name+newSuffix) {
			continue
		}
		if got, err := sumOf(fsys, name+newSuffix); err == nil && got == sum {
			f.names[name] = name + newSuffix
		}
	}
	return f, nil
}

// sumOf is the SHA-256 of a file.
func sumOf(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &Problem{Kind: Incomplete, File: name, What: "it is missing", Err: err}
	}
	if err != nil {
		return "", damaged(name, err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", damaged(name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// verify compares all files with their sums.
func (f folder) verify() error {
	for _, name := range slices.Sorted(maps.Keys(f.sums)) {
		got, err := sumOf(f, name)
		if err != nil {
			return err
		}
		if got != f.sums[name] {
			return problem(Damaged, name, "it is not the one that was saved with %s: it was changed, or damaged; use another copy of the model", runFile)
		}
	}
	return nil
}

// openRun looks at a run's folder.
func openRun(fsys fs.FS) (_ *opening, err error) {
	d, err := readManifest(fsys)
	if err != nil {
		return nil, err
	}
	f, err := newFolder(fsys, d.SHA256)
	if err != nil {
		return nil, err
	}
	o := &opening{run: d.run(), file: weightsFile, verify: f.verify, layout: ownLayout}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.run.Tokenizer, err = readTokenizer(f); err != nil {
		return nil, err
	}
	c := d.Recipe.Model
	if n := o.run.Tokenizer.Size(); n != c.Vocab {
		return nil, problem(Damaged, tokenizerFile, "it has %d tokens, but the model in %s has %d", n, runFile, c.Vocab)
	}
	if err := o.addSafetensors(f, weightsFile); err != nil {
		return nil, err
	}
	if _, own := o.store["tokens.weight"]; !own {
		form, _ := familyOf(c)
		o.layout = func(m *model.GPT) []slot { return layout(m, form, false) }
		if form == "" {
			return nil, problem(Damaged, weightsFile, "it has not the model's tensors")
		}
	}
	for _, name := range []string{optimizerFile, bestFile, adapterFile} {
		if info, err := fs.Stat(f, name); err == nil {
			o.held += float64(info.Size())
		}
	}
	if d.Recipe.Trains == recipe.Adapter {
		o.held += 4 * float64(c.Parameters()) // the adapter moves the weights to memory of their own
	}
	o.finish = func(run *Run) error { return readRest(f, d, run) }
	return o, nil
}

// addSafetensors opens a file of weights and adds its tensors to the store.
func (o *opening) addSafetensors(fsys fs.FS, name string) error {
	b, err := open(fsys, name)
	if err != nil {
		return err
	}
	o.opened = append(o.opened, b)
	o.held += float64(b.held)
	f, err := safetensors.Open(b, b.size)
	if err != nil {
		return damaged(name, err)
	}
	if o.store == nil {
		o.store = map[string]stored{}
	}
	for _, e := range f.Entries {
		if other, twice := o.store[e.Name]; twice {
			return problem(Damaged, name, "tensor %q lies in it and in %s", e.Name, other.file)
		}
		o.store[e.Name] = stored{name, e.DType, e.Shape, func(dst []float32) error { return f.Read(e, dst) }}
	}
	return nil
}

func readTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	text, err := whole(fsys, tokenizerFile, tokenizer.MaxFile)
	if err != nil {
		return nil, err
	}
	tok, err := tokenizer.ReadJSON(bytes.NewReader(text))
	if err != nil {
		return nil, &Problem{Kind: Unsupported, File: tokenizerFile, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
}

// readRest reads what a run has besides model and tokenizer.
func readRest(f folder, d manifest, run *Run) (err error) {
	if _, has := f.names[adapterFile]; has {
		if err := readOwnAdapter(f, run); err != nil {
			return err
		}
	}
	if _, has := f.names[logFile]; has {
		if run.Log, err = readLog(f); err != nil {
			return err
		}
	}
	if _, has := f.names[optimizerFile]; has {
		if run.Moments, err = readMoments(f, 4*len(run.Model.Weights)); err != nil {
			return err
		}
	}
	if _, has := f.names[bestFile]; has && d.Best != nil {
		run.Best, run.Stale = &Best{Step: d.Best.Step, Loss: d.Best.Loss}, d.Best.Stale
		run.Best.Weights, err = readBest(f, run.Model)
	}
	return err
}

// readMoments reads at most limit numbers.
func readMoments(fsys fs.FS, limit int) ([]safetensors.Tensor, error) {
	b, err := open(fsys, optimizerFile)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if most := 4*int64(limit) + 8<<20; b.size > most {
		return nil, problem(TooLong, optimizerFile, "it has %d bytes, more than the %d that the model can need", b.size, most)
	}
	moments, _, err := safetensors.Read(b, b.size)
	if err != nil {
		return nil, damaged(optimizerFile, err)
	}
	for _, m := range moments {
		if notFinite(m.Data) > 0 {
			return nil, problem(Damaged, optimizerFile, "tensor %q holds what is no finite number; use an earlier copy", m.Name)
		}
	}
	return moments, nil
}

// readBest reads the weights that train, the last of m's.
func readBest(fsys fs.FS, m *model.GPT) (weights []float32, err error) {
	var o opening
	defer o.close()
	if err := o.addSafetensors(fsys, bestFile); err != nil {
		return nil, err
	}
	first := max(0, len(m.Parameters)-len(o.store))
	var slots []slot
	for _, p := range m.Parameters[first:] {
		slots = append(slots, newSlot(p.Name, len(p.Dims) == 1, partOf(p)))
	}
	if err := check(slots, o.store, bestFile); err != nil {
		return nil, err
	}
	for _, p := range m.Parameters[first:] {
		n := len(weights)
		weights = append(weights, make([]float32, p.Len())...)
		if err := o.store[p.Name].read(weights[n:]); err != nil {
			return nil, damaged(bestFile, err)
		}
		if notFinite(weights[n:]) > 0 {
			return nil, problem(Damaged, bestFile, "tensor %q holds what is no finite number; use an earlier copy", p.Name)
		}
	}
	return weights, nil
}

func readLog(fsys fs.FS) (log []Entry, err error) {
	text, err := whole(fsys, logFile, maxLog)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	for {
		var e Entry
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil {
			return nil, damaged(logFile, fmt.Errorf("line %d: %w", len(log)+1, err))
		}
		log = append(log, e)
	}
}
