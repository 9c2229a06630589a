package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hornbook/web/protocol"
)

// A run that is interrupted while its text is cut ends at once, says so, and leaves
// nothing.
func TestInterruptedWhileCutting(t *testing.T) {
	rng, text := rand.New(rand.NewPCG(1, 2)), []byte(nil)
	for len(text) < 4<<20 { // of so many words that the pieces take long to learn
		text = fmt.Appendf(text, "%x ", rng.Uint64()>>(16+rng.IntN(40)))
	}
	dir := filepath.Join(t.TempDir(), "run")
	c := exec.Command(os.Args[0], "train", "-data", textFile(t, text), "-preset", "tiny", "-set", "tokenizer=bpe", "-set", "vocab_size=32768", "-out", dir, "-json")
	c.Env = append(os.Environ(), asCommand+"=1")
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		e, err := protocol.DecodeEvent(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if w, is := e.(*protocol.Working); is && !asked {
			if asked = true; w.Task != "tokenizer" {
				t.Errorf("it is at %+v", w)
			}
			c.Process.Signal(syscall.SIGTERM)
		}
		if _, is := e.(*protocol.Model); is {
			t.Error("it begins all the same")
		}
	}
	if err := c.Wait(); err == nil || !strings.Contains(errs.String(), "stopped before the training began; nothing was saved") || c.ProcessState.ExitCode() != 1 {
		t.Errorf("%v: it says %q", err, errs.String())
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder is left")
	}
}

// What takes long beside training is left where it is interrupted.
func TestInterruptedWork(t *testing.T) {
	begun := make(chan struct{})
	go func() {
		<-begun
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}()
	target := filepath.Join(t.TempDir(), "out")
	err := inPlace(target, func(into string) error {
		if err := os.WriteFile(into, nil, 0o666); err != nil {
			return err
		}
		close(begun)
		select {}
	})
	if !errors.Is(err, errStopped) || !strings.Contains(err.Error(), "nothing was written to "+target) {
		t.Errorf("it says %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(target)); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}
