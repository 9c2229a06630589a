package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/handoff"
	"hornbook/model/data"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/session"
)

// handoffCommand lays out a run so that PyTorch goes on with it elsewhere.
func handoffCommand(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("handoff", flag.ContinueOnError)
	dir := f.String("run", "", "folder that train or import saved to")
	var files fileList
	f.Var(&files, "data", "the text that the run learns from, as for train: a `FILE`, several times for several")
	encoding := f.String("encoding", "", "of -data where it is plain text (default: found out)")
	lessons := f.String("task", "", "of a run that was taught a task by -task instead of -data: the same, one of "+strings.Join(task.Names, ", "))
	teacher := f.String("teacher", "", "of a run with a teacher, if it lies elsewhere now: its `RUN`")
	target := f.String("o", "", "folder to write; it must be empty or not there yet")
	when := f.Bool("when", false, "write nothing, but a table of how long models take here, in the tab and on GPUs: an estimate, but for this machine, which is measured")
	if err := parse(f, args, errs); err != nil {
		return err
	}
	switch {
	case *when:
		return tellWhen(out)
	case *dir == "":
		return wrongUsage("handoff needs a run: -run DIR, the folder that train -out saved to")
	case *target == "":
		return wrongUsage("handoff needs a place to write to: -o OUT")
	case len(files) > 0 && *lessons != "":
		return wrongUsage("-task takes the place of -data")
	}
	if err := vacant(*target); err != nil {
		return err
	}
	kept, err := runAt(*dir)
	if err != nil {
		return err
	}
	text, err := handedText(kept, files, *lessons, *encoding, errs)
	if err != nil {
		return err
	}
	kept.Name = cmp.Or(kept.Name, filepath.Base(*dir))
	kept.Recipe.Distillation.Teacher = cmp.Or(*teacher, kept.Recipe.Distillation.Teacher)
	hand, wrong := session.HandOff(session.Host{Load: load, Emit: func(protocol.Event) {}, Yield: func() {}, Sample: sample}, kept, *dir, text)
	if wrong != nil {
		return problem{wrong}
	}
	if err := inPlace(*target, func(into string) error { return handoff.Write(format.Dir(into), hand) }); err != nil {
		return err
	}
	for _, note := range handoff.Notes(hand) {
		fmt.Fprintf(errs, "hornbook: %s\n", note)
	}
	_, err = fmt.Fprintf(out, "Written to %s, step %d of %d. Where PyTorch is: python3 %s, or with torchrun in front of it; README.md there says more.\n",
		*target, kept.Step, kept.Recipe.Steps, quoted(filepath.Join(*target, "continue.py")))
	return err
}

// tellWhen measures this machine by a few steps of the largest preset, and says when
// to go elsewhere.
func tellWhen(out io.Writer) error {
	r, _ := recipe.ByName("small")
	r.Model.Vocab = r.VocabSize
	run, err := train.New(r, train.Data{Text: data.Corpus{IDs: make([]int32, data.MinTokens(r.Model.Context))}})
	if err != nil {
		return err
	}
	ranks := train.Ranks(r, 0, runtime.GOMAXPROCS(0), protocol.MaxMemory)
	if err := run.Share(ranks, train.Goroutines); err != nil {
		return err
	}
	defer run.Close()
	t, err := train.Bench(run, 5, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\nnative: %.0f GFLOP/s, measured here by preset small with %s. Texts are of one and of 20 tokens a weight.\nAll times are estimates: operations (6 a weight and token, and attention's) divided by rates.\n",
		handoff.When(handoff.Places(t.GFLOPS)), t.GFLOPS, english.Say("workers", "n", ranks))
	return err
}

// handedText is what kept learns from, of the files or the task that are named; nil
// where the run says it itself.
func handedText(kept checkpoint.Run, files []string, lessons, encoding string, errs io.Writer) ([]byte, error) {
	own := kept.Recipe.Objective == recipe.GRPO && kept.Recipe.Rewards.Task != ""
	switch {
	case own && len(files) == 0 && lessons == "":
		return nil, nil
	case own:
		return nil, wrongUsage("the run learns the task %s, which comes with Hornbook; leave -data and -task out", kept.Recipe.Rewards.Task)
	case len(files) == 0 && lessons == "":
		return nil, wrongUsage("handoff needs what the run learns from, which was called %s: give it by -data FILE", cmp.Or(kept.Text, "its text"))
	}
	text, err := textOf(files, lessons, encoding, recipe.SFT, errs)
	if err != nil {
		return nil, err
	}
	if kept.TextSHA256 != session.TextSum(text.Data) && kept.TextSHA256 != "" {
		return nil, fmt.Errorf("%s is not the text that the run learns from, which was called %s and had %s characters or bytes; give that one by -data",
			text.Name, kept.Text, english.Count(kept.TextBytes))
	}
	return text.Data, nil
}
