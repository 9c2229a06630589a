package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/recipe"
)

// importCommand keeps a model of another program as a run.
func importCommand(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("import", flag.ContinueOnError)
	dir := f.String("o", "", "folder to save the model to; it must be empty or not there yet")
	base := f.String("onto", "", "of an adapter (PEFT): the `model` that it was made for, a folder that train or import saved to")
	files, err := parseWithFiles(f, args, errs)
	switch {
	case err != nil:
		return err
	case len(files) == 0:
		return wrongUsage("import needs a model: a .gguf file, a zip or a folder of a run, or a folder or files of Hugging Face")
	case *dir == "":
		return wrongUsage("import needs a place to save to: -o DIR")
	}
	if err := vacant(*dir); err != nil {
		return err
	}
	fsys, err := given(files)
	if err != nil {
		return err
	}
	if need, err := exchange.Need(fsys); err == nil && need.Bytes >= worthSaying {
		fmt.Fprintf(errs, "hornbook: opening the model takes about %s of memory.\n", english.Bytes(need.Bytes))
	}
	run, notes, err := importedOnto(fsys, *base)
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintf(errs, "hornbook: %s\n", note)
	}
	if err := os.MkdirAll(filepath.Dir(*dir), 0o777); err != nil {
		return fmt.Errorf("cannot save to -o %s: %w", *dir, reason(err))
	}
	err = inPlace(*dir, func(into string) error { return checkpoint.Save(into, run) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s parameters, saved to %s. Try it: %s\n", english.Count(run.Recipe.Model.Parameters()), *dir, tryIt(*dir))
	return err
}

// worthSaying is the memory, in bytes, that a person is told of beforehand.
const worthSaying = 100e6

// importedOnto is the model of fsys, or of base with the adapter that fsys holds.
func importedOnto(fsys fs.FS, base string) (checkpoint.Run, []string, error) {
	switch adapter := exchange.IsAdapter(fsys); {
	case base == "" && adapter:
		return checkpoint.Run{}, nil, errors.New("this is an adapter alone; name the model that it was made for: -onto DIR")
	case base == "":
		return exchange.Import(fsys, memory())
	case !adapter:
		return checkpoint.Run{}, nil, wrongUsage("-onto is for adapters (adapter_config.json with adapter_model.safetensors), and this is none; leave -onto out")
	}
	run, err := load(base)
	if err != nil {
		return run, nil, err
	}
	if run.Model, err = exchange.ReadAdapter(fsys, run.Model); err != nil {
		return run, nil, err
	}
	run.From, run.State = &checkpoint.Origin{Name: run.Name}, "done"
	run.Moments, run.Best, run.Frozen = nil, nil, nil
	run.Recipe.SetMethod(recipe.Lora)
	run.Recipe.Tuning.LoRA, _ = run.Model.Adapter()
	return run, nil, nil
}

// load opens a run's folder, or a model in whatever form.
func load(path string) (checkpoint.Run, error) {
	files, err := given([]string{path})
	if err != nil {
		return checkpoint.Run{}, err
	}
	run, _, err := exchange.Import(files, memory())
	if err != nil {
		return run, fmt.Errorf("%s: %w", path, err)
	}
	if run.Name == "" {
		run.Name = filepath.Base(path)
	}
	return run, nil
}

// parseWithFiles is parse for a command that takes files before, between and
// after its flags.
func parseWithFiles(f *flag.FlagSet, args []string, errs io.Writer) (files []string, err error) {
	for {
		if err := parseFlags(f, args, errs); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			return files, nil
		}
		files, args = append(files, f.Arg(0)), f.Args()[1:]
	}
}

// given makes what a person named one file system: a folder, or files together.
func given(names []string) (fs.FS, error) {
	files := picked{}
	for _, name := range names {
		info, err := os.Stat(name)
		base := filepath.Base(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("cannot open the model %s: %w", cmp.Or(name, "without a name"), reason(err))
		case info.IsDir() && len(names) == 1:
			return os.DirFS(name), nil
		case info.IsDir():
			return nil, wrongUsage("%s is a folder; give one folder alone, or files", name)
		case files[base] != "":
			return nil, wrongUsage("two files are called %s; give those of one model", base)
		}
		files[base] = name
	}
	return files, nil
}

// picked are files from anywhere, as one folder: where each lies, by its name.
type picked map[string]string

func (p picked) Open(name string) (fs.File, error) {
	if at, there := p[name]; there {
		return os.Open(at)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the files; there is no folder but ".".
func (p picked) ReadDir(string) (entries []fs.DirEntry, err error) {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		info, err := os.Stat(p[name])
		if err != nil {
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(info))
	}
	return entries, nil
}
