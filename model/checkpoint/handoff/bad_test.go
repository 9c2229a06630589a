package handoff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hornbook/model/checkpoint/handoff"
	"hornbook/model/format"
	"hornbook/model/task"
)

// What cannot be gone on with is refused by a sentence that says why.
func TestRefused(t *testing.T) {
	python(t)
	hand := cases["lm, the last layer"](t).kept(nil)
	changed := func(name string, change func([]byte) []byte) func(dir string) {
		return func(dir string) {
			path := filepath.Join(dir, filepath.FromSlash(name))
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(text), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	replaced := func(name, old, next string) func(string) {
		return changed(name, func(text []byte) []byte {
			if !bytes.Contains(text, []byte(old)) {
				t.Fatalf("%s has no %s", name, old)
			}
			return bytes.Replace(text, []byte(old), []byte(next), 1)
		})
	}
	nothing := func(string) {}
	var work jobs
	var says []string
	for _, bad := range []struct {
		how            func(dir string)
		world, version string
		args           []string
		says           string
	}{
		{changed("data/ids.bin", func(b []byte) []byte { return b[:len(b)-4] }), "", "", nil, "data/ids.bin is missing or was changed"},
		{changed("run/model.safetensors", func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), "", "", nil, "changed or damaged"},
		{func(dir string) { os.Remove(filepath.Join(dir, "run", "run.json")) }, "", "", nil, "holds no run that can be read"},
		{changed("run/run.json", func(b []byte) []byte { return b[:len(b)/2] }), "", "", nil, "holds no run that can be read"},
		{replaced("run/run.json", `"version": 4`, `"version": 99`), "", "", nil, "is of version 99"},
		{replaced("handoff.json", `"version": 1`, `"version": 2`), "", "", nil, "handoff.json is of version 2"},
		{func(dir string) { os.Remove(filepath.Join(dir, "handoff.json")) }, "", "", nil, "handoff.json cannot be read"},
		{nothing, "99", "", nil, "99 processes cannot share a batch of"},
		{nothing, "", "1.12.1", nil, "1.13 or newer is needed"},
		{nothing, "", "", []string{"--shard"}, "--shard"},
		{nothing, "", "", []string{"--steps", "0"}, "--steps must be at least 1"},
	} {
		dir := folder(t, hand)
		bad.how(dir)
		work = append(work, append([]string{"refused", dir, bad.world, bad.version}, bad.args...))
		says = append(says, bad.says)
	}
	over := hand
	over.Step = over.Recipe.Steps
	work, says = append(work, []string{"refused", folder(t, over), "", ""}), append(says, "steps of the run are taken; --steps 48 goes on")
	work, says = append(work, []string{"refused", folder(t, cases["dpo"](t).kept(nil)), "", "", "--layers", "3"}), append(says, "a new model cannot begin with dpo")
	several(t, 1, work)
	for i, job := range work {
		said, err := os.ReadFile(filepath.Join(job[1], "refused.txt"))
		if err != nil || !strings.HasPrefix(string(said), "continue.py: ") || !strings.Contains(string(said), says[i]) {
			t.Errorf("%v is refused with %q (%v), want %q", job[2:], said, err, says[i])
		}
	}
}

// A student is not handed off without its teacher.
func TestTeacherMissing(t *testing.T) {
	hand := cases["distill"](t).kept(nil)
	hand.Teacher = nil
	var problem *format.Problem
	if err := handoff.Write(format.Dir(t.TempDir()), hand); !errors.As(err, &problem) {
		t.Errorf("written: %v", err)
	}
}

// verifier.py calls right what Hornbook does.
func TestVerifier(t *testing.T) {
	type asked struct{ Verifier, Prompt, Answer, Reply string }
	var list []asked
	var want []bool
	replies := []string{"", "E", "e.", " E ", "<|think|>EO<|/think|>E", "<|think|>E", "E<|think|>", "5", "5.0", "the 1,234th", "1234", "-2", "3-2", "−2", "007", ".5",
		"Tom's hat", "toms hat", "red | blue", "red", "Blue.", "ab", "aab", "STRASSE", "straße", "é", "É"}
	names := append([]string{"prompted", "anywhere", "listed", "rule:", "rule:reply+whole", "rule:after_thoughts+whole", "rule:reply+after_thoughts+whole"}, task.Verifiers...)
	for _, name := range names {
		v, known := task.VerifierByName(name)
		if !known {
			t.Fatal(name)
		}
		for _, answer := range []string{"E", "5", "1234", "-2", "0.5", "Tom's hat", "red|Blue", "a+b", "straße", "É"} {
			for _, reply := range replies {
				list = append(list, asked{name, "is it E or 5?", answer, reply})
				want = append(want, v.Right(task.Example{Prompt: "is it E or 5?", Answer: answer}, reply))
			}
		}
	}
	text, _ := json.Marshal(list)
	file := filepath.Join(t.TempDir(), "asked.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	said, err := ran(t, "-c", `import json, sys
import verifier
print(json.dumps([verifier.right(a["Verifier"], {"prompt": a["Prompt"], "answer": a["Answer"]}, a["Reply"]) for a in json.load(open(sys.argv[1], encoding="utf-8"))]))`, file)
	var got []bool
	if err == nil {
		err = json.Unmarshal([]byte(said), &got)
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%v\n%s", err, said)
	}
	for i, is := range got {
		if is != want[i] {
			t.Errorf("%+v is %v, want %v", list[i], is, want[i])
		}
	}
}
