package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"hornbook/model"
	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/model/task"
)

// replyTokens is the length at which a reply to a task is cut.
const replyTokens = 64

// evalCommand examines a saved model by a task that it was not taught by.
func evalCommand(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	dir := f.String("run", "", "folder that train or import saved to")
	name := f.String("task", "", "one of "+strings.Join(task.Names, ", ")+", or a file of lines {\"prompt\":…,\"answer\":…}")
	verifier := f.String("verifier", task.Exact.Name, "what counts as right of a task of a file, one of "+strings.Join(task.Verifiers, ", "))
	n := f.Int("n", 200, "examples, of those that no model is taught")
	k := f.Int("k", 1, "replies to each, drawn at temperature 1; 1 takes the likeliest tokens")
	seed := f.Uint64("seed", 1, "of the examples and the draws")
	asJSON := f.Bool("json", false, "write one JSON object")
	if err := parse(f, args, errs); err != nil {
		return err
	}
	switch {
	case *dir == "":
		return wrongUsage("eval needs a model: -run DIR, the folder that train -out saved to")
	case *name == "":
		return wrongUsage("eval needs a task: -task %s, or a file", strings.Join(task.Names, "|"))
	case *n < 1 || *n > task.MaxExamples:
		return wrongUsage("-n %d: ask from 1 to %d examples", *n, task.MaxExamples)
	case !slices.Contains(task.Verifiers, *verifier):
		return wrongUsage("-verifier %s: choose one of %s", *verifier, strings.Join(task.Verifiers, ", "))
	case *verifier != task.Exact.Name && slices.Contains(task.Names, *name):
		return wrongUsage("-verifier is for a task of a file; %s has its own", *name)
	case *k < 1 || *k > eval.MaxSamples:
		return wrongUsage("-k %d: draw from 1 to %d replies", *k, eval.MaxSamples)
	}
	job, set, err := taskOf(*name, *verifier, errs)
	if err != nil {
		return err
	}
	kept, err := runAt(*dir)
	if err != nil {
		return err
	}
	e := eval.Exam{Examples: job.Examples(set, *seed, *n), Verifier: job.Strict, Samples: *k, Tokens: replyTokens, Heat: 1, Seed: *seed}
	r, _ := e.Take(eval.NewAsker(kept.Tokenizer), model.NewWriter(kept.Model).Write, nil)
	if *asJSON {
		return json.NewEncoder(out).Encode(scores(job.Name, e, r))
	}
	return tell(out, job.Name, e, r)
}

// taskOf is a task that comes with Hornbook, or one of a file, and the set that
// a model is examined by: of a file all that stands in it.
func taskOf(name, verifier string, errs io.Writer) (task.Task, task.Set, error) {
	if job, known := task.ByName(name); known {
		return job, task.Test, nil
	}
	text, err := texts([]string{name}, "", errs)
	if err != nil {
		return task.Task{}, 0, fmt.Errorf("-task %s is none of %s, and as a file: %w", name, strings.Join(task.Names, ", "), err)
	}
	job, err := task.Read(name, bytes.NewReader(text.Data), verifier)
	return job, task.All, err
}

// depths are the k of the pass@k that n samples give.
func depths(n int) (ks []int) {
	for k := 1; k < n; k *= 2 {
		ks = append(ks, k)
	}
	return append(ks, n)
}

// scores are what -json writes.
func scores(name string, e eval.Exam, r eval.Result) map[string]any {
	low, high := recipe.Wilson(r.PassAt(1), len(e.Examples))
	s := map[string]any{"task": name, "n": len(e.Examples), "k": e.Samples, "seed": e.Seed, "low": low, "high": high, "cut": r.Cut}
	for _, k := range depths(e.Samples) {
		s[fmt.Sprintf("pass@%d", k)] = r.PassAt(k)
	}
	kinds := map[string]any{}
	for kind, part := range byKind(e, r) {
		kinds[kind] = map[string]any{"n": len(part.Right), "pass@1": part.PassAt(1)}
	}
	s["kinds"] = kinds
	return s
}

// byKind are the results of each kind of question.
func byKind(e eval.Exam, r eval.Result) map[string]eval.Result {
	kinds := map[string]eval.Result{}
	for i, x := range e.Examples {
		if x.Kind != "" {
			part := kinds[x.Kind]
			part.Samples, part.Right = r.Samples, append(part.Right, r.Right[i])
			kinds[x.Kind] = part
		}
	}
	return kinds
}

// shownWrong is the number of wrong replies that a person is shown.
const shownWrong = 5

// tell writes for a person how the exam went.
func tell(out io.Writer, name string, e eval.Exam, r eval.Result) error {
	low, high := recipe.Wilson(r.PassAt(1), len(e.Examples))
	fmt.Fprintf(out, "%s: %.1f %% right of %d (with a confidence of 95 %%, from %.1f to %.1f %%)\n", name, 100*r.PassAt(1), len(e.Examples), 100*low, 100*high)
	for _, k := range depths(e.Samples)[1:] {
		fmt.Fprintf(out, "  at least one of %d replies right: %.1f %%\n", k, 100*r.PassAt(k))
	}
	kinds := byKind(e, r)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(out, "  %-10s %5.1f %% of %d\n", kind, 100*kinds[kind].PassAt(1), len(kinds[kind].Right))
	}
	if r.Cut > 0 {
		fmt.Fprintf(out, "  cut after %d tokens: %d of %d replies\n", e.Tokens, r.Cut, len(e.Examples)*e.Samples)
	}
	shown := 0
	for i, x := range e.Examples {
		if r.Right[i] == 0 && shown < shownWrong {
			shown++
			fmt.Fprintf(out, "\n%s\n  should be %q, was %q\n", x.Prompt, x.Answer, r.Replies[i][0])
		}
	}
	return nil
}
