//go:build unix

package checkpoint_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"hornbook/model/checkpoint"
)

// saveForever is the environment of the child that saves in a loop, to the
// folder of that name.
const saveForever = "HORNBOOK_TEST_SAVE_TO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(saveForever); dir != "" {
		saveInTurns(dir)
	}
	os.Exit(m.Run())
}

// saveInTurns saves one run after another, and writes a line after each, until
// it is killed.
func saveInTurns(dir string) {
	runs := numbered(&testing.T{})
	for i := 0; ; i++ {
		if err := checkpoint.Save(dir, runs[i%len(runs)]); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		fmt.Println(i)
	}
}

// A process that saves in a loop is killed at 25 random moments after one to
// three saves; each time the folder holds one of its saves, whole.
func TestSaveKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts 25 processes")
	}
	dir, runs := t.TempDir(), numbered(t)
	if err := checkpoint.Save(dir, runs[0]); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[int]int{}
	for range 25 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), saveForever+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + rng.IntN(3) {
			lines.Scan()
		}
		time.Sleep(time.Duration(rng.IntN(20_000)) * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatalf("the child ended by itself: %v", err)
		}
		cmd.Wait()
		n := found(t, os.DirFS(dir), runs)
		if n == 0 {
			t.Fatal("the folder holds nothing")
		}
		seen[n]++
	}
	t.Logf("found %v", seen)
	if len(seen) < 2 {
		t.Error("the child never saved: the test shows nothing")
	}
}
