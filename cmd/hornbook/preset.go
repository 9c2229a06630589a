package main

import (
	"flag"
	"strings"

	"hornbook/model/recipe"
)

// presetFlags are the flags that make a recipe.
type presetFlags struct {
	preset, method *string
	steps, ranks   *int
	seed           *uint64
}

func addPresetFlags(f *flag.FlagSet, steps string, ranks int) presetFlags {
	return presetFlags{
		preset: f.String("preset", recipe.Default, "one of "+strings.Join(presetNames(), ", ")),
		method: f.String("method", "pretrain", "how to train; pretrain is the one there is"),
		steps:  f.Int("steps", 0, steps),
		ranks:  f.Int("ranks", ranks, "workers that train together; 0 for as many as help"),
		seed:   f.Uint64("seed", 0, "of weights, batches and samples (default the preset's)"),
	}
}

func presetNames() []string {
	var names []string
	for _, r := range recipe.Presets() {
		names = append(names, r.Preset)
	}
	return names
}

// recipe is the preset with what the flags change.
func (p presetFlags) recipe(f *flag.FlagSet) (recipe.Recipe, error) {
	r, known := recipe.ByName(*p.preset)
	switch {
	case !known:
		return r, wrongUsage("there is no preset %q; choose one of %s", *p.preset, strings.Join(presetNames(), ", "))
	case *p.ranks < 0:
		return r, wrongUsage("-ranks %d: give a number of workers, or 0 for as many as help", *p.ranks)
	case *p.method != r.Method:
		return r, wrongUsage("-method %s: this version knows pretrain", *p.method)
	}
	f.Visit(func(set *flag.Flag) {
		switch set.Name {
		case "seed":
			r.Seed = *p.seed
		case "steps":
			r.Steps = *p.steps
		}
	})
	if err := r.Check(); err != nil {
		return r, wrongUsage("%s", err)
	}
	return r, nil
}
