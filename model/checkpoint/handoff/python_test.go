package handoff_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// python is Debian's, which has its PyTorch (python3-torch). A machine without is
// a visible skip, unless HORNBOOK_TORCH says that it must be there.
func python(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("no programs can be started here")
	}
	for _, name := range []string{os.Getenv("HORNBOOK_PYTHON"), "/usr/bin/python3", "python3"} {
		if name != "" && exec.Command(name, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)").Run() == nil {
			return name
		}
	}
	if os.Getenv("HORNBOOK_TORCH") == "required" {
		t.Fatal("no python3 with PyTorch, though HORNBOOK_TORCH=required; install it: apt-get install --no-install-recommends python3-torch")
	}
	t.Skip("no python3 with PyTorch: apt-get install --no-install-recommends python3-torch")
	return ""
}

// patience is how long any of the programs may take: it only ends what hangs.
const patience = 5 * time.Minute

// jobs are arguments of several.py, by folder.
type jobs [][]string

// several goes on with all of them, by so many processes.
func several(t *testing.T, processes int, list jobs) string {
	t.Helper()
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jobs.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"testdata/several.py", file}
	// Debian's PyTorch 1.13 on Python 3.11 starts no processes unless -r and -t are given.
	if processes > 1 {
		args = append([]string{"-m", "torch.distributed.run", "-r", "1", "-t", "1", "--log_dir", t.TempDir(), "--standalone", "--nproc_per_node", fmt.Sprint(processes)}, args...)
	}
	said, err := ran(t, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return said
}

// ran is what Python says, and how it ended.
func ran(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python(t), args...)
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	stop := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer stop.Stop()
	said, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(said)), err
}
