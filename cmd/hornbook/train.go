package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/web/protocol"
	"hornbook/web/reading"
	"hornbook/web/session"
)

// trainFlags are those of train.
type trainFlags struct {
	*flag.FlagSet
	data                                     fileList
	encoding, lessons, dir, special, teacher *string
	resume, asJSON                           *bool
	preset                                   presetFlags
	tune                                     tuneFlags
}

func addTrainFlags(f *flag.FlagSet) *trainFlags {
	t := &trainFlags{FlagSet: f, preset: addPresetFlags(f, "how many steps (default the preset's)", 0), tune: addTuneFlags(f)}
	f.Var(&t.data, "data", "the text to learn from: a `FILE` of plain text, HTML, .docx, .odt, .epub, .pdf or JSON lines, or - for standard input; several, each with a -data, are joined. "+
		"With -objective sft a file of conversations, one JSON object a line")
	t.encoding = f.String("encoding", "", "of -data where it is plain text, one of "+strings.Join(reading.Encodings(), ", ")+" (default: found out)")
	t.lessons = f.String("task", "", "with -objective sft or grpo: learn a task that comes with Hornbook, one of "+strings.Join(task.Names, ", ")+", instead of -data")
	t.dir = f.String("out", "", "folder that the model is saved to; without it nothing is kept")
	t.resume = f.Bool("resume", false, "go on with the run that -out holds, if it is not over, to the same bits as if it had never stopped")
	t.asJSON = f.Bool("json", false, "write the protocol's events, one JSON object a line")
	t.special = f.String("special", "", "how names of special tokens in the text, such as <|endoftext|>, are read: as tokens, or as letters (default: as tokens where the text is plainly made of parts between them)")
	t.teacher = f.String("teacher", "", "with -objective distill: the model that the new one learns from, a `RUN` that train or import wrote")
	return t
}

// trainCommand trains a model on a file. An interrupt ends it early; the model is saved
// all the same.
func trainCommand(args []string, out, errs io.Writer) error {
	t := addTrainFlags(flag.NewFlagSet("train", flag.ContinueOnError))
	if err := parse(t.FlagSet, args, errs); err != nil {
		return err
	}
	if err := t.wrong(); err != nil {
		return err
	}
	ctx, stop := interrupted()
	defer stop()
	if *t.dir != "" {
		release, err := hold(*t.dir)
		if err != nil {
			return err
		}
		defer release()
	}
	tell := report(out)
	if *t.asJSON {
		tell = lines(out)
	}
	j := newJob(*t.dir, *t.preset.ranks, errs, tell)
	return j.heed(ctx, stop, func() error { return t.train(ctx, j) })
}

// wrong refuses flags that do not go together.
func (t *trainFlags) wrong() error {
	data, lessons, dir, from, objective := t.data, *t.lessons, *t.dir, *t.tune.from, t.preset.learns()
	switch {
	case len(data) == 0 && lessons == "" && *t.resume:
		return wrongUsage("-resume needs the text that the run learns from once more: -data FILE")
	case len(data) == 0 && lessons == "" && (objective != recipe.GRPO || from != ""):
		return wrongUsage("train needs a text: -data FILE")
	case lessons != "" && (len(data) > 0 || objective != recipe.SFT && objective != recipe.GRPO):
		return wrongUsage("-task takes the place of -data, and is learned by -objective sft or grpo")
	case lessons != "" && !slices.Contains(task.Names, lessons):
		return wrongUsage("-task %s: there is no such task; choose one of %s", lessons, strings.Join(task.Names, ", "))
	case (objective == recipe.SFT || objective == recipe.DPO) && from == "" && !*t.resume:
		return wrongUsage("-objective %s teaches a model to answer that can read already: name it by -from RUN, a folder that train -out or import -o saved to", objective)
	case (*t.teacher != "") != (objective == recipe.Distill) && !*t.resume:
		return wrongUsage("-objective distill and -teacher RUN go together: the one whose predictions a new model learns")
	case *t.special != "" && *t.special != recipe.SpecialTokens && *t.special != recipe.SpecialLetters:
		return wrongUsage("-special %s: choose tokens or letters", *t.special)
	case *t.tune.old != "" && *t.tune.old != "village" && *t.tune.old != "own":
		return wrongUsage("-old %s: give village, or own for the model's own writing", *t.tune.old)
	case *t.resume && dir == "":
		return wrongUsage("-resume goes on with the run in a folder: name it by -out DIR")
	case dir != "" && from == dir:
		return wrongUsage("-from and -out are the same folder, so the model to begin with would be lost; save to another")
	}
	return t.tune.idle(t.FlagSet)
}

// train prepares j and runs it.
func (t *trainFlags) train(ctx context.Context, j *job) error {
	text, err := textOf(t.data, *t.lessons, *t.encoding, t.preset.learns(), j.errs)
	if err != nil {
		return err
	}
	if text != nil {
		text.Special = *t.special
	}
	j.text = text
	if *t.resume {
		if found, err := j.goOn(ctx, t.FlagSet); found || err != nil {
			return err
		}
	}
	if err := spare(*t.dir); err != nil {
		return err
	}
	j.from = *t.tune.from
	if j.recipe, err = recipeOf(t.FlagSet, t.preset, t.tune, *t.teacher, *t.lessons, text); err != nil {
		return err
	}
	j.recipe.Distillation.Teacher = *t.teacher
	switch lessons := *t.lessons; {
	case j.recipe.Objective != recipe.GRPO:
	case lessons != "":
		j.recipe.Rewards.Task = lessons
		if job, known := task.ByName(lessons); known && j.from != "" && j.recipe.Rewards.Working == 0 {
			j.recipe.Rewards.Working = job.Mix.Working
		}
	case text != nil:
		j.recipe.Rewards.Task = ""
	}
	return j.run(ctx)
}

// recipeOf is what the flags ask for: without a preset a student has a quarter of its
// teacher's weights.
func recipeOf(f *flag.FlagSet, preset presetFlags, tune tuneFlags, teacher, task string, text *protocol.SetText) (recipe.Recipe, error) {
	switch chosen := false; {
	case *tune.from == "" && teacher != "":
		f.Visit(func(set *flag.Flag) { chosen = chosen || set.Name == "preset" })
		if chosen {
			return preset.recipe(f)
		}
		of, err := load(teacher)
		if err != nil {
			return recipe.Recipe{}, err
		}
		return preset.change(f, recipe.Student(of.Recipe, teacher, "quarter"))
	case *tune.from == "":
		return preset.recipe(f)
	}
	from, err := load(*tune.from)
	if err != nil {
		return recipe.Recipe{}, err
	}
	if text == nil {
		text = &protocol.SetText{}
	}
	return tune.recipe(f, preset, from, task, text.Data)
}

// textOf is what files hold to learn from, or the lessons of a task; nil for one that
// is rewarded, whose recipe names it.
func textOf(files []string, name, encoding, objective string, errs io.Writer) (*protocol.SetText, error) {
	if objective == recipe.GRPO && len(files) == 0 {
		return nil, nil
	}
	if name != "" {
		lessons, err := session.Lessons(name)
		return &protocol.SetText{Source: "task", Name: name, Data: lessons}, err
	}
	return texts(files, encoding, errs)
}

// goOn goes on with the run in j.dir. It reports false if there is none.
func (j *job) goOn(ctx context.Context, f *flag.FlagSet) (found bool, err error) {
	kept, err := checkpoint.LoadWithin(j.dir, memory())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	if err := same(f, kept); err != nil {
		return true, err
	}
	if j.text != nil && kept.TextSHA256 != session.TextSum(j.text.Data) {
		return true, fmt.Errorf("%s is not the text that the run in %s learns from, which was called %s and had %s characters or bytes; give that one by -data",
			j.text.Name, j.dir, kept.Text, english.Count(kept.TextBytes))
	}
	if kept.State != "training" && kept.State != "paused" {
		fmt.Fprintf(j.errs, "hornbook: the run in %s is over, after %s of %s.\n", j.dir, english.Say("steps", "n", kept.Step), english.Count(kept.Recipe.Steps))
		return true, nil
	}
	j.from, j.going, j.saved = j.dir, true, kept.Step
	return true, j.run(ctx)
}

// spare refuses to put a new run in the place of one that can go on, or of what is not
// Hornbook's.
func spare(dir string) error {
	if dir == "" {
		return nil
	}
	kept, err := checkpoint.Describe(os.DirFS(dir))
	if err == nil && (kept.State == "training" || kept.State == "paused") {
		return fmt.Errorf("%s holds a run that is not over (step %s of %s): go on with it by -resume, or save to another folder", dir, english.Count(kept.Step), english.Count(kept.Recipe.Steps))
	}
	if err := checkpoint.Spare(dir); err != nil {
		return fmt.Errorf("cannot save to -out %s: %w", dir, err)
	}
	return nil
}

// same refuses flags that would make another run of the one that goes on.
func same(f *flag.FlagSet, kept checkpoint.Run) (err error) {
	r, t := kept.Recipe, kept.Recipe.Tuning
	is := map[string]any{"preset": r.Preset, "method": r.Method(), "objective": r.Objective, "trains": r.Trains, "steps": r.Steps, "seed": r.Seed, "ranks": kept.Ranks,
		"learning-rate": r.LearningRate, "muon-rate": r.MuonRate, "last-layers": t.LastLayers, "patience": t.Patience, "old": t.Old,
		"lora-rank": t.LoRA.Rank, "lora-alpha": t.LoRA.Alpha, "lora-dropout": t.LoRA.Dropout, "lora-targets": t.LoRA.Targets}
	f.Visit(func(set *flag.Flag) {
		was, fixed := is[set.Name]
		if any := set.Name == "ranks" && set.Value.String() == "0"; fixed && !any && fmt.Sprint(was) != set.Value.String() && err == nil {
			err = wrongUsage("-%s %s: the run that is to go on has %v; leave the flag out, or begin anew in another folder", set.Name, set.Value, was)
		}
	})
	return err
}

// lines writes each event as a line of JSON.
func lines(out io.Writer) func(protocol.Event) error {
	return func(e protocol.Event) error {
		text, err := protocol.EncodeEvent(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
}

// onOld is the loss on text like the old, of a model that is trained further.
func onOld(m recipe.Measures) string {
	loss, taken := m.Of(recipe.OldLoss)
	if !taken {
		return ""
	}
	return fmt.Sprintf("  on text like the old %.4f", loss)
}

// told are the measures of an objective that a line of a report has, as far as they
// were taken.
func told(m recipe.Measures) (text string) {
	for _, one := range []struct{ name, says string }{
		{recipe.Exact, "  answers right %.0f %%"}, {recipe.PassAt1, "  pass@1 %.1f %%"}, {recipe.PassAt8, "  pass@8 %.1f %%"}, {recipe.Working, "  with working %.0f %%"},
		{recipe.Accuracies, "  pairs right %.0f %%"}, {recipe.WinRate, "  wins %.0f %%"}, {recipe.Agreement, "  agrees with the teacher %.0f %%"},
	} {
		if value, taken := m.Of(one.name); taken {
			text += fmt.Sprintf(one.says, 100*value)
		}
	}
	return text
}

// report writes what a person wants to know of the events.
func report(out io.Writer) func(protocol.Event) error {
	return func(e protocol.Event) error {
		var err error
		switch e := e.(type) {
		case *protocol.Text:
			_, err = fmt.Fprintf(out, "%s: %s\n", e.Name, english.TextSum(e))
			if e.SpecialAs != "" {
				_, err = fmt.Fprintln(out, english.Special(e))
			}
			if e.Advice != "" {
				_, err = fmt.Fprintln(out, english.Problem(&protocol.Problem{Code: e.Advice}))
			}
		case *protocol.Taking:
			_, err = fmt.Fprintf(out, "takes about %s of memory, of %s that there are\n", english.Bytes(e.Bytes), english.Bytes(e.Of))
		case *protocol.Model:
			switch size := english.Count(e.Parameters); e.Ranks {
			case 0: // it is opened, to be trained further
				_, err = fmt.Fprintf(out, "%s: %s parameters\n", cmp.Or(e.Name, e.Recipe.Preset), size)
			default:
				_, err = fmt.Fprintf(out, "%s: %s parameters, %s, %s\n", e.Recipe.Preset, size, english.Say("steps", "n", e.Recipe.Steps), english.Say("workers", "n", e.Ranks))
			}
		case *protocol.Talks:
			_, err = fmt.Fprintln(out, english.Talks(e))
		case *protocol.Pairs:
			_, err = fmt.Fprintln(out, english.Pairs(e))
		case *protocol.Round:
			_, err = fmt.Fprintf(out, "round %5d  reward %.3f  without a signal %.0f %%  tokens a reply %.1f\n", e.Step, e.Reward, 100*e.Flat, e.Length)
		case *protocol.Eval:
			_, err = fmt.Fprintf(out, "step %5d  training loss %.4f  validation loss %.4f%s  %s  %.0f tokens/s\n",
				e.Step, e.TrainLoss, e.ValLoss, onOld(e.Measures)+told(e.Measures), english.Duration(e.Seconds), e.TokensPerSecond)
		case *protocol.Fit:
			if e.Unknown > 0 {
				_, err = fmt.Fprintf(out, "%s (%d in all)\n", english.Unknown(strings.Join(e.Missing, " ")), e.Unknown)
			}
			if e.Advice != "" {
				_, err = fmt.Fprintln(out, english.Problem(&protocol.Problem{Code: e.Advice}))
			}
		case *protocol.State:
			if e.Reason == protocol.StoppedEarly {
				_, err = fmt.Fprintln(out, english.Problem(&protocol.Problem{Code: e.Reason}))
			}
		case *protocol.Sample:
			_, err = fmt.Fprintf(out, "\n%s\n\n", e.Text)
		}
		return err
	}
}
