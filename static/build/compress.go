package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// quality is brotli's: 11 would gain 6 % for eight times the time.
const quality = 9

// coder makes a compressed form of a file.
type coder struct {
	suffix string
	writer func(io.Writer) io.WriteCloser
}

var coders = []coder{
	{".br", func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, quality) }},
	{".gz", func(w io.Writer) io.WriteCloser {
		z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			panic(err)
		}
		return z
	}},
}

// compressAll gives every file its compressed forms and says what a first
// visit loads.
func compressAll() error {
	total := 0
	err := filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".keep" {
			return err
		}
		size, err := compress(path)
		if !strings.Contains(path, "samples") && !strings.Contains(path, ".fused.") { // which loads instead of the other
			total += size
		}
		return err
	})
	fmt.Printf("static/dist: %.2f MB compressed, without samples and with one of the trainers\n", float64(total)/1e6)
	return err
}

// compress returns the size of path's brotli form.
func compress(path string) (int, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	smallest := len(body)
	for _, c := range coders {
		var out bytes.Buffer
		w := c.writer(&out)
		if _, err := w.Write(body); err != nil {
			return 0, err
		}
		if err := w.Close(); err != nil {
			return 0, err
		}
		smallest = min(smallest, out.Len())
		if err := os.WriteFile(path+c.suffix, out.Bytes(), 0o644); err != nil {
			return 0, err
		}
	}
	return smallest, nil
}
