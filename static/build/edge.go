package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"hornbook/web/site"
)

// edge copies the page that is built to a folder of static assets for a host that
// packs them itself, with the files that it reads: headers, and what / is.
func edge(to string) error {
	err := filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".keep" || slices.ContainsFunc(coders, func(c coder) bool { return filepath.Ext(path) == c.suffix }) {
			return err
		}
		name, err := filepath.Rel(dist, path)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return put(filepath.Join(to, name), body)
	})
	if err != nil {
		return err
	}
	if err := put(filepath.Join(to, "_redirects"), []byte("/ /index.html 200\n")); err != nil {
		return err
	}
	return put(filepath.Join(to, "_headers"), site.HeadersFile())
}

// put writes a file, and the folders to it.
func put(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o666)
}
