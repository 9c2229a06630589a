// Command build puts the page together in static/dist: html, css and scripts
// of static/src, the three wasm modules, Go's and vugu's glue, the chart, the
// samples, the lessons and their models, the service worker, and of each a compressed
// form. With -single it puts all that into one file instead, with -edge into a folder
// for Cloudflare. Run it from the repository's root.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"hornbook/model/checkpoint/handoff"
	"hornbook/wasm/fuse"
	"hornbook/web/lesson"
	"hornbook/web/wording"
)

const (
	src  = "static/src"
	dist = "static/dist"

	baseModel   = "static/base/model"   // the one that the page opens with
	savedModels = "static/saved/models" // those of lessons
)

func main() {
	to := flag.String("single", "", "write the page that is built as one single file here")
	assets := flag.String("edge", "", "copy the page that is built here, as static assets with a file of headers")
	flag.Parse()
	if err := run(*to, *assets); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(to, assets string) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the repository's root: go run ./static/build")
	}
	if to != "" {
		return single(to)
	}
	if assets != "" {
		return edge(assets)
	}
	return build()
}

func build() error {
	goroot, err := goEnv("GOROOT")
	if err != nil {
		return err
	}
	if err := clear(); err != nil {
		return err
	}
	for _, part := range []func(goroot string) error{sources, index, libraries, codes, samples, lessons, pages, base, saved, vuguHelper, workerScripts, modules, serviceWorker} {
		if err := part(goroot); err != nil {
			return err
		}
	}
	return compressAll()
}

// clear empties dist but for the file that keeps it in the repository.
func clear() error {
	return filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".keep" {
			return err
		}
		return os.Remove(path)
	})
}

func sources(string) error {
	paths, err := filepath.Glob(src + "/*")
	if err != nil {
		return err
	}
	for _, file := range paths {
		if name := filepath.Base(file); !slices.Contains(bundled, name) {
			if err := copyFile(name, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// libraries copies what others wrote, with the texts of their licences.
func libraries(goroot string) error {
	for to, from := range map[string]string{
		"wasm_exec.js": filepath.Join(goroot, "lib/wasm/wasm_exec.js"),
		"uplot.js":     "node_modules/uplot/dist/uPlot.iife.min.js",
		"uplot.css":    "node_modules/uplot/dist/uPlot.min.css",
	} {
		if err := copyFile(to, from); err != nil {
			return fmt.Errorf("%w (run `npm ci --ignore-scripts` first, or `make build`, which does)", err)
		}
	}
	return nil
}

// codes writes what makes QR codes as a script of the page: a library that is a module for
// Node, and what is done with it.
func codes(string) error {
	library, err := os.ReadFile("node_modules/lean-qr/index.js")
	if err != nil {
		return err
	}
	licence, err := os.ReadFile("node_modules/lean-qr/LICENSE")
	if err != nil {
		return err
	}
	use, err := os.ReadFile(src + "/qr.js")
	if err != nil {
		return err
	}
	return write("qr.js", fmt.Appendf(nil, "/* lean-qr:\n%s*/\n(() => {\nconst exports = {};\n%s\n%s})();\n", licence, library, use))
}

// samples copies Newton's Opticks out of Go's own source tree, and the scripts of a
// hand-off, which are fetched as samples are.
func samples(goroot string) error {
	for _, name := range handoff.Scripts {
		if err := copyFile("samples/"+name+".txt", filepath.Join("model/checkpoint/handoff", name)); err != nil {
			return err
		}
	}
	return copyFile("samples/opticks.txt", filepath.Join(goroot, "src/testdata/Isaac.Newton-Opticks.txt"))
}

// lessons puts those of each language into one file, in their order, which is
// fetched when somebody wants to learn.
func lessons(string) error {
	for _, language := range wording.Languages {
		paths, err := filepath.Glob("web/lesson/lessons/" + language + "/*.md")
		if err != nil {
			return err
		}
		var all []byte
		for _, path := range paths { // which Glob has sorted
			one, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if _, wrong := lesson.Read(string(one)); len(wrong) > 0 {
				return fmt.Errorf("%s: %w", path, wrong[0])
			}
			all = append(append(all, one...), '\n')
		}
		if err := write("lessons/"+language+".md", all); err != nil {
			return err
		}
	}
	return nil
}

// pages copies those that explain something, which are fetched when they are asked for.
func pages(string) error {
	paths, err := filepath.Glob("web/lesson/pages/*.md")
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := copyFile("pages/"+filepath.Base(path), path); err != nil {
			return err
		}
	}
	return nil
}

// base copies the model that the page opens with.
func base(string) error {
	paths, err := filepath.Glob(baseModel + "/*")
	if err != nil {
		return err
	}
	for _, file := range paths {
		if err := copyFile("base/"+filepath.Base(file), file); err != nil {
			return err
		}
	}
	return nil
}

// saved copies the models that lessons go on with where a training does not work.
func saved(string) error {
	for _, name := range lesson.Saved {
		if err := copyFile("saved/"+name+".zip", filepath.Join(savedModels, name+".zip")); err != nil {
			return fmt.Errorf("%w (make saved trains it)", err)
		}
	}
	return nil
}

// experiments are Go's SIMD and the smaller of its two JSON packages: 0.5 MB
// less to load.
const experiments = "GOEXPERIMENT=simd,nojsonv2"

// modulesFlags are the compiler's for some of the modules, of which the last that fits a
// package counts. Without inlining less is to be loaded, 0.1 MB of each: the page does not
// compute at all, the trainer in these packages.
var modulesFlags = map[string][]string{
	"app": {"-gcflags=all=-l"},
	"trainer": {"-gcflags=all=-l", "-gcflags=hornbook/model/...=", "-gcflags=hornbook/tokenizer=", "-gcflags=runtime/...=", "-gcflags=math/...=",
		"-gcflags=slices=", "-gcflags=strings=", "-gcflags=bytes=", "-gcflags=unicode/...=", "-gcflags=hornbook/model/opcheck=-l"},
}

func modules(string) error {
	for _, name := range []string{"app", "trainer", "reader"} {
		args := append([]string{"build", "-trimpath", "-ldflags=-s -w"}, modulesFlags[name]...)
		cmd := exec.Command("go", append(args, "-o", filepath.Join(dist, name+".wasm"), "./wasm/"+name)...)
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", experiments)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("build of wasm/%s: %w", name, err)
		}
	}
	return fused("trainer")
}

// fused writes the form of a module for browsers that multiply and add in one
// operation; its scripts choose between the two.
func fused(name string) error {
	module, err := os.ReadFile(filepath.Join(dist, name+".wasm"))
	if err != nil {
		return err
	}
	module, n, err := fuse.Fuse(module)
	switch {
	case err != nil:
		return fmt.Errorf("%s.wasm: %w", name, err)
	case n == 0:
		return fmt.Errorf("%s.wasm has no multiply-add to fuse", name)
	}
	return write(name+".fused.wasm", module)
}

func copyFile(to, from string) error {
	body, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, body)
}

func write(name string, body []byte) error {
	path := filepath.Join(dist, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o644)
}

func goEnv(key string) (string, error) {
	out, err := exec.Command("go", "env", key).Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", key, err)
	}
	return strings.TrimSpace(string(out)), nil
}
