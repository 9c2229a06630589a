// Command exec runs a WebAssembly test in Node with its multiply-adds fused, as
// browsers with relaxed SIMD run the trainer:
//
//	GOOS=js GOARCH=wasm go test -exec=build/wasm-exec ./model/kernel
//
// With -import SCRIPT first, Node loads a module before, such as gpu.mjs.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"hornbook/wasm/fuse"
)

func main() {
	err := run(os.Args[1:])
	var failed *exec.ExitError
	var told status
	switch {
	case errors.As(err, &told):
		os.Exit(int(told))
	case errors.As(err, &failed):
		os.Exit(failed.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "wasm/exec:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var flags []string
	if len(args) > 1 && args[0] == "-import" {
		flags, args = []string{"--import", args[1]}, args[2:]
	}
	if len(args) == 0 {
		return errors.New("which module? It is for go test -exec")
	}
	module, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	module, _, err = fuse.Fuse(module)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "fused")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "test.wasm")
	if err := os.WriteFile(file, module, 0o644); err != nil {
		return err
	}
	return node(flags, append([]string{file}, args[1:]...))
}

// node runs a module by Go's own script. Node 20 has relaxed SIMD behind a
// flag, which later versions do not know.
func node(flags, args []string) error {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	flags = append(flags, "--stack-size=8192")
	if exec.Command("node", relaxed, "-e", "0").Run() == nil {
		flags = append(flags, relaxed)
	}
	script := filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec_node.js")
	cmd := exec.Command("node", append(append(flags, script), args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	// A script that does not want Node to be taken down writes the status with
	// which the module ended to descriptor 3.
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	write.Close()
	if err != nil {
		return err
	}
	told, _ := io.ReadAll(read)
	err = cmd.Wait()
	if len(told) == 0 {
		return err
	}
	code, err := strconv.Atoi(string(told))
	if err != nil {
		return fmt.Errorf("the status told is %q: %w", told, err)
	}
	return status(code)
}

// status is what a module ended with.
type status int

func (s status) Error() string { return fmt.Sprintf("ended with status %d", int(s)) }

const relaxed = "--experimental-wasm-relaxed-simd"
