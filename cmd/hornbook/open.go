package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/format"
)

// runAt is the run that -run names, a folder that train or import saved to.
func runAt(dir string) (checkpoint.Run, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return checkpoint.Run{}, fmt.Errorf("-run %s: there is no such folder; name one that train -out or import -o saved to", dir)
	case err != nil:
		return checkpoint.Run{}, fmt.Errorf("-run %s: %w", dir, reason(err))
	case !info.IsDir():
		return checkpoint.Run{}, fmt.Errorf("-run %s is a file, no folder that train -out or import -o saved to%s", dir, ifForeign(dir, dir))
	case !format.Exists(os.DirFS(dir), checkpoint.RunFile):
		return checkpoint.Run{}, fmt.Errorf("-run %s: there is no saved model here (no %s); name a folder that train -out or import -o saved to%s", dir, checkpoint.RunFile, ifForeign(dir, foreignIn(dir)...))
	}
	return checkpoint.LoadWithin(dir, memory())
}

// foreignIn are the files in a folder by which one knows a model of another program.
func foreignIn(dir string) (files []string) {
	for _, pattern := range []string{"config.json", "*.gguf", "*.safetensors"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		files = append(files, found...)
	}
	return files
}

// ifForeign says how a model of another program is brought in, if files look like one.
func ifForeign(path string, files ...string) string {
	for _, name := range files {
		switch strings.ToLower(filepath.Ext(name)) {
		case ".gguf", ".zip", ".json", ".safetensors", ".bin":
			return ". If it is a model of another program, bring it in: hornbook import " + quoted(path) + " -o DIR"
		}
	}
	return ""
}
