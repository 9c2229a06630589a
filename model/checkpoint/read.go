package checkpoint

import (
	"io/fs"

	"hornbook/model"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// Read reads the folder of a run.
func Read(fsys fs.FS) (Run, error) { return ReadWithin(fsys, noLimit) }

// ReadWithin is Read of a run that takes at most limit bytes; of another it gives a
// *TooLarge before memory is taken for it.
func ReadWithin(fsys fs.FS, limit float64) (Run, error) {
	o, err := Open(fsys)
	if err != nil {
		return Run{}, err
	}
	defer o.Close()
	return o.Load(limit)
}

// noLimit leaves it to the machine how large a model may be.
const noLimit = 1 << 62

// Open looks at a run's folder.
func Open(fsys fs.FS) (_ *Opening, err error) {
	d, err := readManifest(fsys)
	if err != nil {
		return nil, err
	}
	f, err := newFolder(fsys, d.SHA256)
	if err != nil {
		return nil, err
	}
	o := &Opening{Run: d.run(), File: layout.WeightsFile, verify: f.verify}
	defer func() {
		if err != nil {
			o.Close()
		}
	}()
	if o.Run.Tokenizer, err = layout.ReadTokenizer(f); err != nil {
		return nil, err
	}
	c := d.Recipe.Model
	if o.Run.Tokenizer.Size() > c.Vocab && len(d.Papers) > 0 { // papers name tokens that were left out when they came
		if smaller, _, err := tokenizer.Shrink(o.Run.Tokenizer, c.Vocab); err == nil {
			o.Run.Tokenizer = smaller
		}
	}
	if n := o.Run.Tokenizer.Size(); n != c.Vocab {
		return nil, format.Wrong(format.Damaged, layout.TokenizerFile, "it has %d tokens, but the model in %s has %d", n, RunFile, c.Vocab)
	}
	if o.Run.Papers, err = readPapers(f, d, o.Run.Tokenizer.Size()); err != nil {
		return nil, err
	}
	if err := o.AddSafetensors(f, layout.WeightsFile); err != nil {
		return nil, err
	}
	if o.Layout = layoutIn(&o.Store, c); o.Layout == nil {
		return nil, format.Wrong(format.Damaged, layout.WeightsFile, "it has not the model's tensors")
	}
	for _, name := range []string{optimizerFile, bestFile, frozenFile, layout.AdapterFile} {
		if info, err := fs.Stat(f, name); err == nil {
			o.Held += float64(info.Size())
		}
	}
	o.finish = func(run *Run) error { return readRest(f, d, run) }
	return o, nil
}

// readPapers reads the files of the folder that the manifest names as such.
func readPapers(f folder, d manifest, tokens int) (p layout.Papers, err error) {
	if len(d.Papers) == 0 {
		return p, nil
	}
	var there []string
	for _, name := range d.Papers {
		if _, has := f.names[name]; has {
			there = append(there, name)
		}
	}
	return layout.ReadPapers(f, there, tokens)
}

// layoutIn is how the model c lies in store: the first version knew only our own
// names. It is nil where c can lie only so, and does not.
func layoutIn(store *layout.Store, c recipe.Model) func(*model.GPT) []layout.Slot {
	form, _ := layout.FamilyOf(c)
	switch _, own := store.Tensors["tokens.weight"]; {
	case own:
		return func(m *model.GPT) []layout.Slot { return layout.Own(m.Base()) }
	case form == "":
		return nil
	}
	return func(m *model.GPT) []layout.Slot { return layout.HuggingFace(m, form) }
}

// readRest reads what a run has besides model and tokenizer.
func readRest(f folder, d manifest, run *Run) (err error) {
	if _, has := f.names[layout.AdapterFile]; has {
		if err := readAdapter(f, run); err != nil {
			return err
		}
	}
	if _, has := f.names[logFile]; has {
		if run.Log, err = readLog(f); err != nil {
			return err
		}
	}
	if _, has := f.names[optimizerFile]; has {
		if run.Moments, err = readMoments(f, run.Model); err != nil {
			return err
		}
	}
	if _, has := f.names[bestFile]; has && d.Best != nil {
		run.Best, run.Stale = &Best{Step: d.Best.Step, Loss: d.Best.Loss}, d.Best.Stale
		if run.Best.Weights, err = readTrained(f, bestFile, run.Model); err != nil {
			return err
		}
	}
	if _, has := f.names[frozenFile]; has {
		run.Frozen, err = readTrained(f, frozenFile, run.Model)
	}
	return err
}

// readMoments reads at most four numbers for each of m's.
func readMoments(fsys fs.FS, m *model.GPT) (moments []*tensor.Tensor, err error) {
	b, err := format.Open(fsys, optimizerFile)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if most := 16*int64(m.Weights.Len()) + 8<<20; b.Size > most {
		return nil, format.Wrong(format.TooLong, optimizerFile, "it has %d bytes, more than the %d that the model can need", b.Size, most)
	}
	if err := b.Fetch(); err != nil {
		return nil, err
	}
	read, _, err := safetensors.Read(b, b.Size)
	if err != nil {
		return nil, format.Unreadable(optimizerFile, err)
	}
	for i, t := range read {
		if len(t.Shape) > tensor.MaxDims {
			return nil, format.Wrong(format.Damaged, optimizerFile, "tensor %q has %d dimensions; use an earlier copy", t.Name, len(t.Shape))
		}
		if layout.NotFinite(t.Data) > 0 {
			return nil, format.Wrong(format.Damaged, optimizerFile, "tensor %q holds what is no finite number; use an earlier copy", t.Name)
		}
		moment := tensor.From(m.Backend, t.Data, t.Shape...)
		moment.Name, read[i].Data = t.Name, nil
		moments = append(moments, moment)
	}
	return moments, nil
}

// readTrained reads weights of what trains, the last of m's, from a file.
func readTrained(fsys fs.FS, file string, m *model.GPT) (weights []float32, err error) {
	var store layout.Store
	defer store.Close()
	if err := store.AddSafetensors(fsys, file); err != nil {
		return nil, err
	}
	if err := store.Fetch(); err != nil {
		return nil, err
	}
	first := max(0, len(m.Parameters)-len(store.Tensors))
	if err := store.Check(layout.Own(m.Parameters[first:]), file); err != nil {
		return nil, err
	}
	for _, p := range m.Parameters[first:] {
		n := len(weights)
		weights = append(weights, make([]float32, p.Len())...)
		if err := store.Tensors[p.Name].Read(weights[n:]); err != nil {
			return nil, format.Unreadable(file, err)
		}
		if layout.NotFinite(weights[n:]) > 0 {
			return nil, format.Wrong(format.Damaged, file, "tensor %q holds what is no finite number; use an earlier copy", p.Name)
		}
	}
	return weights, nil
}

// readAdapter gives run's model the adapter of its folder, which must be the
// one that run.json tells of.
func readAdapter(f folder, run *Run) error {
	a, err := layout.OpenAdapter(f, run.Model)
	if err != nil {
		return err
	}
	defer a.Close()
	if !a.Is(run.Recipe.Tuning.LoRA, run.Model) {
		return format.Wrong(format.Damaged, layout.AdapterConfigFile, "its adapter of rank %d, alpha %v, dropout %v on %s is not the one that %s tells of; use another copy of the model",
			a.Rank, a.Alpha, a.Dropout, a.Targets, RunFile)
	}
	return a.Fill(run.Model)
}
