package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// onFullDisk runs a script in which $1 is a disk of two megabytes of which 0.7 are free, $2 is
// the command and $3 a folder elsewhere. Only Linux lets whom it lets make such a disk.
func onFullDisk(t *testing.T, script string) (out string, status int) {
	t.Helper()
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip("no disk can be made here:", err)
	}
	const disk = `mount -t tmpfs -o size=2m tmpfs "$1" && head -c 1350000 /dev/zero >"$1/fill" || exit 77
`
	c := exec.Command("unshare", "-rm", "sh", "-c", disk+script, "sh", t.TempDir(), os.Args[0], t.TempDir())
	c.Env = append(os.Environ(), asCommand+"=1")
	text, err := c.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended) && (ended.ExitCode() == 77 || strings.Contains(string(text), "unshare")):
		t.Skipf("no disk can be made here: %s", text)
	case errors.As(err, &ended):
		status = ended.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return string(text), status
}

// trainsOn trains on the disk for some steps; its process is $!. told waits until it says
// something, or has ended.
const (
	trainsOn = `yes 'Tom had a red ball and a dog.' | head -n 500 >"$3/text"
told() { until grep -q "$1" "$errs" || ! kill -0 $!; do sleep 0.1; done; }
errs="$3/errs"
"$2" train -data "$3/text" -preset tiny -out "$1/run" 2>"$errs" >"$3/out" -steps `
	tellsOf = "\ntold 'tried again every'\n"
)

// On a full disk a run goes on, and is saved when it is over as soon as there is room.
func TestFullDisk(t *testing.T) {
	out, status := onFullDisk(t, trainsOn+"1000000 &\ntold 'saving is tried again'; kill -TERM $!"+tellsOf+
		`rm "$1/fill"; wait $! && cat "$errs" && "$2" generate -run "$1/run" -prompt Tom -n 4`)
	if status != 0 || !strings.Contains(out, "Training goes on, and saving is tried again") || !strings.Contains(out, "Saved to") || !strings.Contains(out, "\nTom") ||
		strings.Contains(out, "is lost") {
		t.Errorf("status %d: %s", status, out)
	}
	// Who does not wait is told what is lost; half a save is not left.
	out, status = onFullDisk(t, trainsOn+"2 &"+tellsOf+`kill -TERM $!; wait $!; echo "status $?"; cat "$errs"; ls "$1/run"; "$2" generate -run "$1/run" -prompt Tom -n 4`)
	if status != 0 || !strings.Contains(out, "status 1") || !strings.Contains(out, "what was learned after step 0 is lost") || strings.Contains(out, "Saved to") || strings.Contains(out, ".new") || !strings.Contains(out, "\nTom") {
		t.Errorf("given up: status %d: %s", status, out)
	}
}

// An export for which there is no room leaves nothing.
func TestFullDiskExport(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	done(t, "train", "-data", textFile(t, tales), "-preset", "tiny", "-steps", "1", "-out", run)
	out, status := onFullDisk(t, `head -c 600000 /dev/zero >>"$1/fill"; "$2" export -run `+quoted(run)+` -format hf -o "$1/hf"; echo "status $?"; ls -A "$1"`)
	if status != 0 || !strings.Contains(out, "status 1\nfill\n") || !strings.Contains(out, "no room left for") {
		t.Errorf("status %d: %s", status, out)
	}
}
