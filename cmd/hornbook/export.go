package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/format"
)

// exportFormats write a run into a folder: a file called name, or files of
// their own names.
var exportFormats = map[string]func(dir, name string, run checkpoint.Run, t format.DType) (notes []string, err error){
	"hf": func(dir, name string, run checkpoint.Run, t format.DType) ([]string, error) {
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o777); err != nil {
			return nil, err
		}
		return nil, exchange.WriteHF(format.Dir(folder), run, t)
	},
	"gguf": func(dir, name string, run checkpoint.Run, t format.DType) (notes []string, err error) {
		err = writeFile(dir, name, func(w io.Writer) error {
			notes, err = exchange.WriteGGUF(w, run, t)
			return err
		})
		return notes, err
	},
	"safetensors": func(dir, name string, run checkpoint.Run, t format.DType) ([]string, error) {
		return nil, writeFile(dir, name, func(w io.Writer) error { return exchange.WriteSafetensors(w, run, t) })
	},
	"zip": func(dir, name string, run checkpoint.Run, _ format.DType) ([]string, error) {
		return nil, writeFile(dir, name, func(w io.Writer) error { return exchange.WriteZip(w, run) })
	},
	"peft": func(dir, name string, run checkpoint.Run, _ format.DType) ([]string, error) {
		return nil, writeFile(dir, name, func(w io.Writer) error { return exchange.ZipAdapter(w, run) })
	},
}

// export writes a saved model in the format of other programs.
func export(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("export", flag.ContinueOnError)
	dir := f.String("run", "", "folder that train or import saved to")
	into := f.String("format", "", "hf (a folder for Hugging Face's transformers), gguf (a file for llama.cpp), safetensors (the weights alone), peft (a zip of the adapter alone), or zip (Hornbook's own, which keeps all); in hf, gguf and safetensors an adapter is part of the weights")
	dtype := f.String("dtype", "f32", "numbers of the weights: f32, f16, or for gguf q8_0")
	target := f.String("o", "", "the file or, for hf, the folder to write; it must not be there yet, nothing is written over")
	if err := parse(f, args, errs); err != nil {
		return err
	}
	t := format.DType(*dtype)
	write, known := exportFormats[*into]
	switch {
	case *dir == "":
		return wrongUsage("export needs a model: -run DIR, the folder that train -out saved to")
	case !known:
		return wrongUsage("-format %s: give hf, gguf, safetensors, peft or zip", *into)
	case t != format.F32 && t != format.F16 && t != format.Q8:
		return wrongUsage("-dtype %s: give f32, f16 or q8_0", *dtype)
	case t == format.Q8 && *into != "gguf":
		return wrongUsage("-dtype q8_0: only gguf can have it; give f32 or f16")
	case t != format.F32 && (*into == "zip" || *into == "peft"):
		return wrongUsage("-dtype %s: %s keeps the numbers as they are, in f32", *dtype, *into)
	case *target == "":
		return wrongUsage("export needs a place to write to: -o OUT")
	}
	if err := vacant(*target); err != nil {
		return err
	}
	run, err := checkpoint.Load(*dir)
	if err != nil {
		return err
	}
	notes, err := inPlace(*target, func(dir, name string) ([]string, error) { return write(dir, name, run, t) })
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintf(errs, "hornbook: %s\n", note)
	}
	_, err = fmt.Fprintf(out, "Written to %s.\n", *target)
	return err
}

// vacant refuses a place where something is; an empty folder is nothing.
func vacant(target string) error {
	info, err := os.Stat(target)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot write to -o: %w", err)
	}
	if info.IsDir() {
		if entries, err := os.ReadDir(target); err == nil && len(entries) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s is there already; name another -o, or move it away", target)
}

// inPlace lets write make target in a folder beside it and then moves it
// there, so that it is whole or not there.
func inPlace(target string, write func(dir, name string) ([]string, error)) ([]string, error) {
	temporary, err := os.MkdirTemp(filepath.Dir(target), ".hornbook-")
	if err != nil {
		return nil, fmt.Errorf("cannot write to -o: %w", err)
	}
	defer os.RemoveAll(temporary)
	const name = "out"
	notes, err := write(temporary, name)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		if err := os.Remove(target); err != nil { // empty, or vacant would have said so
			return nil, fmt.Errorf("cannot write to -o: %w", err)
		}
	}
	return notes, os.Rename(filepath.Join(temporary, name), target)
}

// writeFile makes the file name in dir of what write writes.
func writeFile(dir, name string, write func(io.Writer) error) error {
	f, err := format.Dir(dir).Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
}
