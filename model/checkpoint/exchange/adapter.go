package exchange

import (
	"io"
	"io/fs"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
)

// WriteAdapter writes the adapter of run's model alone, as PEFT's files: what other
// programs have together is together. In a form that PEFT has no name for, the
// layers keep ours.
func WriteAdapter(sink format.Sink, run checkpoint.Run) error {
	base := ""
	if run.From != nil {
		base = run.From.Name
	}
	return format.CreateAll(sink, layout.PEFTFiles(run.Model, base))
}

// ZipAdapter writes what WriteAdapter does as one zip. A model without an
// adapter, or whose layers PEFT cannot name, is a *format.Problem.
func ZipAdapter(w io.Writer, run checkpoint.Run) error {
	if _, has := run.Model.Adapter(); !has {
		return format.Wrong(format.Unsupported, "", "this model has no adapter; save the model itself")
	}
	if name := layout.Unnamed(run.Model); name != "" {
		return format.Wrong(format.Unsupported, "", "other programs have no model of this form, and so no name for %s; save the whole model", name)
	}
	return Zipped(w, func(sink format.Sink) error { return WriteAdapter(sink, run) })
}

// IsAdapter tells whether what a person gave, files or one zip of them, is an
// adapter alone.
func IsAdapter(fsys fs.FS) bool {
	given, done, err := unpacked(fsys)
	if err != nil {
		return false
	}
	defer done()
	return format.Exists(given, layout.AdapterConfigFile) && !format.Exists(given, layout.ConfigFile) && !format.Exists(given, checkpoint.RunFile)
}

// unpacked is the folder that the files lie in, in a zip or not, until done.
func unpacked(fsys fs.FS) (root fs.FS, done func(), err error) {
	root, names, err := settleOn(fsys)
	if err != nil || len(names) != 1 || !hasEnding(names[0], ".zip") {
		return root, func() {}, err
	}
	b, err := format.Open(root, names[0])
	if err != nil {
		return nil, nil, err
	}
	z, err := openZip(b, b.Size, names[0])
	if err == nil {
		root, _, err = settleOn(z)
	}
	if err != nil {
		b.Close()
		return nil, nil, err
	}
	return root, func() { b.Close() }, nil
}

// ReadAdapter reads an adapter that was made for a model of m's shape, from
// files or one zip of them, and returns a copy of m with it, in place of one
// that m may have. m stays as it is. What does not fit is a *Problem, before
// memory is taken for it.
func ReadAdapter(fsys fs.FS, m *model.GPT) (*model.GPT, error) {
	given, done, err := unpacked(fsys)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := standIn(given, []string{layout.AdapterConfigFile, layout.AdapterFile}); err != nil {
		return nil, err
	}
	a, err := layout.OpenAdapter(given, m)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	m = m.Clone()
	if _, has := m.Adapter(); has {
		m.DropAdapter()
	}
	return m, a.Fill(m)
}
