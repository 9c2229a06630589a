//go:build !js

package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// askNode lets a script of testdata answer a request, both as JSON. Without Node
// or need, a package that the script imports, the test fails if it is required
// here, else it skips.
func askNode(t *testing.T, script, need string, required bool, request, answer any) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(need)
	}
	switch {
	case err != nil && required:
		t.Fatalf("missing: %v", err)
	case err != nil:
		t.Skipf("missing: %v", err)
	}
	input, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(t.TempDir(), "answer.json")
	cmd := exec.Command(node, filepath.Base(script), output)
	cmd.Dir = filepath.Dir(script)
	cmd.Stdin = bytes.NewReader(input)
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, log)
	}
	text, err := os.ReadFile(output)
	if err == nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// askClients is askNode of a script that asks llama.cpp about GGUF files, which
// "make clients" installs, on Linux on x64; the request gets the files' paths.
func askClients(t *testing.T, script string, files map[string][]byte, request map[string]any, answer any) {
	t.Helper()
	dir, paths := t.TempDir(), map[string]string{}
	for name, file := range files {
		paths[name] = filepath.Join(dir, fmt.Sprintf("%d.gguf", len(paths)))
		if err := os.WriteFile(paths[name], file, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	request["files"] = paths
	const clients = "testdata/clients"
	askNode(t, filepath.Join(clients, script), clients+"/node_modules/node-llama-cpp", os.Getenv("HORNBOOK_CLIENTS") == "required", request, answer)
}
