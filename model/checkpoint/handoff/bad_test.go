package handoff_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
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
		{func(dir string) { os.Remove(filepath.Join(dir, "run", "run.json")) }, "", "", nil, "run.json cannot be read"},
		{changed("run/run.json", func(b []byte) []byte { return b[:len(b)/2] }), "", "", nil, "run.json cannot be read"},
		{replaced("run/run.json", `"recipe": {`, `"recipes": {`), "", "", nil, "run.json: recipe is missing"},
		{replaced("run/run.json", `"eval_batches": `, `"evil_batches": `), "", "", nil, "the recipe says nothing of eval_batches"},
		{replaced("run/run.json", `"rope_base": `, `"rope_bass": `), "", "", nil, "the recipe says nothing of rope_base"},
		{replaced("run/run.json", `"model.safetensors"`, `"../model.safetensors"`), "", "", nil, "changed or damaged"},
		{replaced("run/run.json", `"version": 4`, `"version": 99`), "", "", nil, "is of version 99"},
		{replaced("handoff.json", `"version": 1`, `"version": 2`), "", "", nil, "handoff.json is of version 2"},
		{func(dir string) { os.Remove(filepath.Join(dir, "handoff.json")) }, "", "", nil, "handoff.json cannot be read"},
		{changed("handoff.json", func(b []byte) []byte { return b[:len(b)-9] }), "", "", nil, "handoff.json cannot be read"},
		{changed("handoff.json", func([]byte) []byte { return []byte("[1]") }), "", "", nil, "handoff.json is no JSON object"},
		{replaced("handoff.json", `"version": 1`, `"version": "1"`), "", "", nil, `version is "1"`},
		{replaced("handoff.json", `"sha256": {`, `"sha257": {`), "", "", nil, "sha256 is missing"},
		{replaced("handoff.json", `"tokens": `, `"tokens": "many", "more": `), "", "", nil, `tokens is "many"`},
		{replaced("handoff.json", `"data/ids.bin"`, `"../data/ids.bin"`), "", "", nil, "../data/ids.bin is missing or was changed"},
		{replaced("handoff.json", `"data/ids.bin"`, `"data"`), "", "", nil, "data is missing or was changed"},
		{replaced("handoff.json", `"blocks.0.norm1.gain"`, `"blocks.9.norm1.gain"`), "", "", nil, "the model or its file has nothing of that name"},
		{replaced("handoff.json", `"model.embed_tokens.weight"`, `"model.embed_ducks.weight"`), "", "", nil, "the model or its file has nothing of that name"},
		{replaced("handoff.json", `"blocks.0.attention.query.weight",
          16`, `"blocks.0.attention.query.weight",
          17`), "", "", nil, "the model or its file has another shape"},
		{resummed(t, "data/ids.bin", func(b []byte) []byte { return b[:len(b)-1] }), "", "", nil, "no whole numbers of 32 bits"},
		{resummed(t, "data/ids.bin", func(b []byte) []byte { b[3] = 1; return b }), "", "", nil, "data/ids.bin has numbers from "},
		{resummed(t, "data/ids.bin", func(b []byte) []byte { b[3] = 0x80; return b }), "", "", nil, "data/ids.bin has numbers from -"},
		{resummed(t, "data/ids.bin", func(b []byte) []byte { return b[:80] }), "", "", nil, "data/ids.bin is too short"},
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
	talk := folder(t, cases["sft, an adapter"](t).kept(nil))
	resummed(t, "data/lengths.bin", func(b []byte) []byte { return b[4:] })(talk)
	work, says = append(work, []string{"refused", talk, "", ""}), append(says, "data/lengths.bin adds up to")
	pairs := folder(t, cases["dpo"](t).kept(nil))
	resummed(t, "data/pairs_prompts.bin", func(b []byte) []byte { return b[4:] })(pairs)
	work, says = append(work, []string{"refused", pairs, "", ""}), append(says, "do not tell of the answers")
	tasks := folder(t, cases["grpo"](t).kept(nil))
	resummed(t, "data/prompts.jsonl", func(b []byte) []byte { return b[:len(b)-3] })(tasks)
	work, says = append(work, []string{"refused", tasks, "", ""}), append(says, "data/prompts.jsonl cannot be read")
	several(t, 1, work)
	for i, job := range work {
		said, err := os.ReadFile(filepath.Join(job[1], "refused.txt"))
		if err != nil || !strings.HasPrefix(string(said), "continue.py: ") || !strings.Contains(string(said), says[i]) {
			t.Errorf("%v is refused with %q (%v), want %q", job[2:], said, err, says[i])
		}
	}
}

// resummed changes a file of data, and its sum in handoff.json.
func resummed(t *testing.T, name string, change func([]byte) []byte) func(dir string) {
	return func(dir string) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		hand, err2 := os.ReadFile(filepath.Join(dir, "handoff.json"))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		sum := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
		was := sum(text)
		text = change(text)
		hand = bytes.Replace(hand, []byte(was), []byte(sum(text)), 1)
		if err := errors.Join(os.WriteFile(filepath.Join(dir, name), text, 0o666), os.WriteFile(filepath.Join(dir, "handoff.json"), hand, 0o666)); err != nil {
			t.Fatal(err)
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
