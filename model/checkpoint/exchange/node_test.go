//go:build !js

package exchange

import (
	"bytes"
	"encoding/json"
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

// askClients is askNode of a script that asks llama.cpp about a GGUF file, which
// "make clients" installs, on Linux on x64; the request gets the file's path.
func askClients(t *testing.T, script string, file []byte, request map[string]any, answer any) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
	request["file"] = path
	const clients = "testdata/clients"
	askNode(t, filepath.Join(clients, script), clients+"/node_modules/node-llama-cpp", os.Getenv("HORNBOOK_CLIENTS") == "required", request, answer)
}
