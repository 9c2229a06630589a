package main

import (
	"bytes"
	"cmp"
	"flag"
	"slices"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/recipe"
)

// presetFlags are the flags that make a recipe.
type presetFlags struct {
	preset, method    *string
	objective, trains *string
	steps, ranks      *int
	seed              *uint64
	set               *settings
}

func addPresetFlags(f *flag.FlagSet, steps string, ranks int) presetFlags {
	return presetFlags{
		preset:    f.String("preset", recipe.Default, "one of "+strings.Join(presetNames(), ", ")),
		objective: f.String("objective", recipe.LM, "what the loss is, one of "+strings.Join(recipe.Objectives, ", ")+": lm learns every token of a text"),
		trains:    f.String("trains", "", "what trains: all (the default) or, with -from, last (the last layers) or adapter (LoRA)"),
		method:    f.String("method", "", "short for -trains: full, last or lora, with -from; pretrain is a new model"),
		steps:     f.Int("steps", 0, steps),
		ranks:     f.Int("ranks", ranks, "workers that train together; 0 for as many as help"),
		seed:      f.Uint64("seed", 0, "of weights, batches and samples (default the preset's)"),
		set:       addSettings(f),
	}
}

// learns is the objective that the flags ask for: -objective or else the preset's.
func (p presetFlags) learns() string {
	if r, known := recipe.ByName(*p.preset); known && *p.objective == recipe.LM {
		return r.Objective
	}
	return *p.objective
}

func presetNames() []string {
	var names []string
	for _, r := range slices.Concat(recipe.Presets(), recipe.Labs(), recipe.Further()) {
		names = append(names, r.Preset)
	}
	return names
}

// recipe is the preset with what the flags change.
func (p presetFlags) recipe(f *flag.FlagSet) (recipe.Recipe, error) {
	name := *p.preset
	if *p.objective == recipe.GRPO && name == recipe.Default {
		name = recipe.Labs()[0].Preset
	}
	r, known := recipe.ByName(name)
	switch {
	case !known:
		return r, wrongUsage("there is no preset %q; choose one of %s", *p.preset, strings.Join(presetNames(), ", "))
	case *p.ranks < 0:
		return r, wrongUsage("-ranks %d: give a number of workers, or 0 for as many as help", *p.ranks)
	}
	if *p.objective == recipe.Distill {
		r = recipe.Distilled(r, "")
	}
	method, err := p.trained(recipe.Pretrain)
	if err == nil && method != recipe.Pretrain {
		err = wrongUsage("-%s %s: all weights of a new model train; to train a model further, name it by -from RUN", p.said(), cmp.Or(*p.trains, *p.method))
	}
	if err != nil {
		return r, err
	}
	return p.change(f, r)
}

// said is the flag that says what trains.
func (p presetFlags) said() string {
	if *p.trains != "" {
		return "trains"
	}
	return "method"
}

// trained is the method that -trains or its short form names, for a model that
// is by itself trained by usual.
func (p presetFlags) trained(usual string) (string, error) {
	r := recipe.Recipe{From: recipe.Existing, Trains: *p.trains}
	switch {
	case *p.trains != "" && *p.method != "":
		return "", wrongUsage("-method is short for -trains: give one of them")
	case *p.trains == "" && *p.method == "", *p.trains == recipe.All:
		return usual, nil
	case *p.trains == "":
		r.SetMethod(*p.method)
	}
	if !slices.Contains(recipe.Methods, r.Method()) {
		return "", wrongUsage("-%s %s: choose one of %s", p.said(), cmp.Or(*p.trains, *p.method), p.choices())
	}
	return r.Method(), nil
}

func (p presetFlags) choices() string {
	if *p.trains != "" {
		return strings.Join([]string{recipe.All, recipe.Last, recipe.Adapter}, ", ")
	}
	return strings.Join(recipe.Methods[1:], ", ")
}

// change is r with what the flags change.
func (p presetFlags) change(f *flag.FlagSet, r recipe.Recipe) (recipe.Recipe, error) {
	f.Visit(func(set *flag.Flag) {
		switch set.Name {
		case "seed":
			r.Seed = *p.seed
		case "steps":
			r.Steps = *p.steps
		case "objective":
			r.Objective = *p.objective
		}
	})
	r, err := p.set.in(r)
	if err != nil {
		return r, err
	}
	if err := r.Check(); err != nil {
		return r, refused(f, r, err)
	}
	return r, nil
}

// tuneFlags are those of training a model further.
type tuneFlags struct {
	from, targets, old               *string
	last, rank, patience             *int
	alpha, dropout, rateOf, muonRate *float64
}

func addTuneFlags(f *flag.FlagSet) tuneFlags {
	return tuneFlags{
		from:     f.String("from", "", "train this model further: a folder that train or import wrote, or a model's files"),
		last:     f.Int("last-layers", 0, "with -method last: how many blocks train (default 2)"),
		rank:     f.Int("lora-rank", 0, "with -method lora: the adapter's rank (default 8)"),
		alpha:    f.Float64("lora-alpha", 0, "with -method lora: its alpha (default 16)"),
		dropout:  f.Float64("lora-dropout", 0, "with -method lora: its dropout"),
		targets:  f.String("lora-targets", "", "with -method lora: matrices, of "+strings.Join(recipe.LoRATargets, ",")+", or by PEFT's names, as q_proj,v_proj or c_attn (default all; of a text without the head)"),
		patience: f.Int("patience", 0, "evaluations without a better loss before the training ends (default 4; 0 never ends it)"),
		old:      f.String("old", "", "text by which forgetting is measured: village, or own for the model's own writing (default what it learned from, if that is known)"),
		rateOf:   f.Float64("learning-rate", 0, "with -from: the highest learning rate (default the method's)"),
		muonRate: f.Float64("muon-rate", 0, "with -method lora or -objective sft: Muon's highest learning rate (default the method's)"),
	}
}

// tuneOnly are the flags that a new model has no use for.
var tuneOnly = []string{"last-layers", "lora-rank", "lora-alpha", "lora-dropout", "lora-targets", "patience", "old", "learning-rate", "muon-rate"}

// idle refuses flags that would have no effect.
func (t tuneFlags) idle(f *flag.FlagSet) (err error) {
	f.Visit(func(set *flag.Flag) {
		tunes := slices.Contains(tuneOnly, set.Name)
		switch {
		case err != nil:
		case tunes && *t.from == "":
			err = wrongUsage("-%s is for training a model further: name it by -from RUN", set.Name)
		case set.Name == "preset" && *t.from != "":
			err = wrongUsage("-preset is for a new model; the one of -from has its shape")
		}
	})
	return err
}

// tuned is the recipe of an objective for a model of from on a text of tokens, or of
// lines.
func tuned(objective string, from recipe.Recipe, method, task string, tokens, lines int) recipe.Recipe {
	switch objective {
	case recipe.SFT:
		return recipe.Chat(from, method, tokens)
	case recipe.DPO:
		return recipe.Prefer(from, method, lines)
	case recipe.GRPO:
		return recipe.Reward(from, method, task)
	}
	return recipe.FineTune(from, method, tokens)
}

// recipe is how from is trained further on text.
func (t tuneFlags) recipe(f *flag.FlagSet, p presetFlags, from checkpoint.Run, task string, text []byte) (recipe.Recipe, error) {
	method, err := p.trained(recipe.Full)
	if err != nil {
		return recipe.Recipe{}, err
	}
	if method == recipe.Pretrain {
		return recipe.Recipe{}, wrongUsage("-method pretrain is for a new model; leave -from out, or choose one of %s", strings.Join(recipe.Methods[1:], ", "))
	}
	r := tuned(*p.objective, from.Recipe, method, task, len(from.Tokenizer.Encode(text)), bytes.Count(text, []byte("\n")))
	f.Visit(func(set *flag.Flag) {
		switch set.Name {
		case "last-layers":
			r.Tuning.LastLayers = *t.last
		case "lora-rank":
			r.Tuning.LoRA.Rank = *t.rank
		case "lora-alpha":
			r.Tuning.LoRA.Alpha = *t.alpha
		case "lora-dropout":
			r.Tuning.LoRA.Dropout = *t.dropout
		case "lora-targets":
			r.Tuning.LoRA.Targets = layout.OwnTargets(*t.targets)
		case "patience":
			r.Tuning.Patience = *t.patience
		case "old":
			r.Tuning.Old = *t.old
		case "learning-rate":
			r.LearningRate = *t.rateOf
		case "muon-rate":
			if r.MuonRate = *t.muonRate; r.Optimizer != "muon" {
				err = wrongUsage("-muon-rate is Muon's, which trains an adapter or, with -objective sft, whatever trains; here it is -learning-rate")
			}
		}
	})
	if err != nil {
		return recipe.Recipe{}, err
	}
	return p.change(f, r)
}
