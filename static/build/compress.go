package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

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
	{".gz", gzipped},
}

func gzipped(w io.Writer) io.WriteCloser {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	return z
}

// compressAll gives every file its compressed forms and says what a first
// visit loads, and what the service worker keeps then.
func compressAll() error {
	names, err := files()
	if err != nil {
		return err
	}
	sizes, err := sizesOf(names)
	if err != nil {
		return err
	}
	first, kept := 0, 0
	for i, name := range names {
		size := sizes[i]
		if strings.Contains(name, ".fused.") { // which loads instead of the other
			continue
		}
		kept += size
		if !slices.Contains(later, path.Dir(name)) && !slices.Contains(later, path.Ext(name)) && !slices.Contains(later, name) {
			first += size
		}
	}
	fmt.Printf("static/dist: %.2f MB compressed at first load, without samples and with one of the trainers; %.2f MB kept for offline\n",
		float64(first)/1e6, float64(kept)/1e6)
	return nil
}

// sizesOf compresses files, as many at once as there are cores, to these sizes.
func sizesOf(names []string) ([]int, error) {
	sizes, errs := make([]int, len(names)), make([]error, len(names))
	cores := make(chan struct{}, runtime.NumCPU())
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			cores <- struct{}{}
			sizes[i], errs[i] = compress(filepath.Join(dist, name))
			<-cores
		})
	}
	all.Wait()
	return sizes, errors.Join(errs...)
}

// later are folders, kinds of files and files that the page can do without at
// first.
var later = []string{"samples", "lessons", "pages", "saved", ".png", ".webmanifest", "sw.js", "reader.js", "reader.wasm"}

// compress returns the size of path's smallest form. A form that is no smaller
// than the file is not kept.
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
		if out.Len() >= len(body) {
			continue
		}
		smallest = min(smallest, out.Len())
		if err := os.WriteFile(path+c.suffix, out.Bytes(), 0o644); err != nil {
			return 0, err
		}
	}
	return smallest, nil
}
