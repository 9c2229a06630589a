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

// exportFormats write a run to a place where nothing is: a file or, for hf, a folder.
var exportFormats = map[string]func(into string, run checkpoint.Run, t format.DType) (notes []string, err error){
	"hf": func(into string, run checkpoint.Run, t format.DType) ([]string, error) {
		if err := os.Mkdir(into, 0o777); err != nil {
			return nil, err
		}
		return nil, exchange.WriteHF(format.Dir(into), run, t)
	},
	"gguf": func(into string, run checkpoint.Run, t format.DType) (notes []string, err error) {
		err = writeFile(into, func(w io.Writer) error {
			notes, err = exchange.WriteGGUF(w, run, t)
			return err
		})
		return notes, err
	},
	"safetensors": func(into string, run checkpoint.Run, t format.DType) ([]string, error) {
		return nil, writeFile(into, func(w io.Writer) error { return exchange.WriteSafetensors(w, run, t) })
	},
	"zip": func(into string, run checkpoint.Run, _ format.DType) ([]string, error) {
		return nil, writeFile(into, func(w io.Writer) error { return exchange.WriteZip(w, run) })
	},
	"peft": func(into string, run checkpoint.Run, _ format.DType) ([]string, error) {
		return nil, writeFile(into, func(w io.Writer) error { return exchange.ZipAdapter(w, run) })
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
		return wrongUsage("-format %q: give hf, gguf, safetensors, peft or zip", *into)
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
	run, err := runAt(*dir)
	if err != nil {
		return err
	}
	var notes []string
	err = inPlace(*target, func(into string) (err error) {
		notes, err = write(into, run, t)
		return err
	})
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
		return fmt.Errorf("cannot write to -o %s: %w", target, reason(err))
	}
	if info.IsDir() {
		if entries, err := os.ReadDir(target); err == nil && len(entries) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s is there already; name another -o, or move it away", target)
}

// inPlace lets write make target in a folder beside it and then moves it there, so that
// it is whole or not there, also after an interrupt.
func inPlace(target string, write func(into string) error) error {
	temporary, err := os.MkdirTemp(filepath.Dir(target), ".hornbook-")
	if err != nil {
		return fmt.Errorf("cannot write to -o %s: %w", target, reason(err))
	}
	defer os.RemoveAll(temporary)
	into := filepath.Join(temporary, "out")
	err = stoppable(func() error { return write(into) })
	switch {
	case full(err):
		return fmt.Errorf("there is no room left for %s (%w); make some, or name another -o: nothing was written", target, reason(err))
	case errors.Is(err, errStopped):
		return fmt.Errorf("%w; nothing was written to %s", err, target)
	case err != nil:
		return err
	}
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		if err := os.Remove(target); err != nil { // empty, or vacant would have said so
			return fmt.Errorf("cannot write to -o %s: %w", target, reason(err))
		}
	}
	if err := os.Rename(into, target); err != nil {
		return fmt.Errorf("cannot write to -o %s: %w", target, reason(err))
	}
	return nil
}

// writeFile makes a file of what write writes.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
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
