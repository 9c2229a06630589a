package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// bundled are the scripts of src that become part of others and lie not in
// dist by themselves.
var bundled = []string{"index.html", "qr.js", "ranks.js", "reader.js", "single.js", "sw.js", "trainer.js"}

// workers are the scripts of workers, each with its parts.
var workers = map[string][]string{
	"trainer.js": {dist + "/wasm_exec.js", src + "/files.js", src + "/ranks.js", src + "/gpu.js", src + "/trainer.js"},
	"reader.js":  {dist + "/wasm_exec.js", src + "/files.js", src + "/reader.js"},
}

// workerScripts writes each worker's script whole, so that it can be started
// from one file.
func workerScripts(string) error {
	for name, paths := range workers {
		var script []byte
		for _, path := range paths {
			part, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			script = append(append(script, part...), '\n')
		}
		if err := write(name, script); err != nil {
			return err
		}
	}
	return nil
}

// serviceWorker writes the script that keeps all of dist in the browser. It
// comes last, since it knows each file's digest.
func serviceWorker(string) error {
	names, err := files()
	if err != nil {
		return err
	}
	digests := map[string]string{}
	for _, name := range names {
		body, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		digests[name] = "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	list, err := json.MarshalIndent(digests, "", "  ")
	if err != nil {
		return err
	}
	first, err := os.ReadFile(src + "/files.js")
	if err != nil {
		return err
	}
	script, err := os.ReadFile(src + "/sw.js")
	if err != nil {
		return err
	}
	version := sha256.Sum256(slices.Concat(list, first, script))
	return write("sw.js", fmt.Appendf(first, "\nconst version = %q;\nconst files = %s;\n\n%s", hex.EncodeToString(version[:8]), list, script))
}

// files lists what lies in dist, by names with slashes.
func files() (names []string, err error) {
	err = filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".keep" {
			return err
		}
		name, err := filepath.Rel(dist, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	slices.Sort(names)
	return names, err
}
