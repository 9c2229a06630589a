// Command saved trains the models with which a lesson goes on for those whose own
// training does not work, and writes each to static/saved/models as a zip: as the page
// would, by the same commands; new models from the texts and by the presets that the
// lessons set. Run it from the repository's root: make saved. The same kind of machine
// gives the same weights.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/lesson"
	"hornbook/web/protocol"
)

const (
	baseModel = "static/base/model"
	out       = "static/saved/models"
	ranks     = 2 // part of the recipes: another number gives other bits
)

// makers make the models, by their names in lessons.
var makers = map[string]func(*school) error{
	"letters": func(s *school) error { return s.reads("village", "quick") },
	"tales":   func(s *school) error { return s.reads("village", "speedrun") },
	"newton":  func(s *school) error { return s.reads("opticks", "speedrun") },
	"secret":  (*school).repeats,
	"answers": (*school).answers,
	"shorter": (*school).prefers,
}

func main() {
	if err := all(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "saved:", err)
		os.Exit(1)
	}
}

// all makes the models of these names, or each.
func all(names []string) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the repository's root: make saved")
	}
	if len(names) == 0 {
		names = lesson.Saved
	}
	for _, name := range names {
		if err := one(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func one(name string) error {
	makes, known := makers[name]
	if !known {
		return fmt.Errorf("nobody knows how to make it; there are %s", strings.Join(lesson.Saved, ", "))
	}
	begin := time.Now()
	s := newSchool()
	defer s.close()
	if err := makes(s); err != nil {
		return err
	}
	run := saved(s.taught)
	packed, err := pack(run, os.DirFS(baseModel))
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d steps, %v, %s, %d kB\n", name, run.Step, time.Since(begin).Round(time.Second), measured(run), len(packed)/1000)
	return os.WriteFile(filepath.Join(out, name+".zip"), packed, 0o644)
}

func measured(run checkpoint.Run) string {
	says := fmt.Sprintf("validation %.3f", run.Measures.Value(recipe.ValLoss))
	for _, name := range []string{recipe.OldLoss, recipe.WinRate, recipe.Exact} {
		if value, is := run.Measures.Of(name); is {
			says += fmt.Sprintf(", %s %.3f", name, value)
		}
	}
	return says
}

// What is learned, as the page would ask for it.

// reads is a new model that reads a text.
func (s *school) reads(text, preset string) error {
	r, _ := recipe.ByName(preset)
	return s.asks(&protocol.SetText{Source: "sample", Name: text}, &protocol.Train{Recipe: r, Ranks: ranks, Name: text})
}

// sentence is the one that lesson 3 gives as an example.
const sentence = "My name is Zoe and my cat is called Pim. "

// repeats is a new model that reads one sentence again and again.
func (s *school) repeats() error {
	r, _ := recipe.ByName("speedrun")
	return s.asks(&protocol.SetText{Source: "typed", Name: "typed", Data: []byte(strings.Repeat(sentence, 30))},
		&protocol.Train{Recipe: r, Ranks: ranks, Name: "Zoe"})
}

// answers is an adapter by which the page's own model answers questions about tales.
func (s *school) answers() error {
	talks, err := examples()
	if err != nil {
		return err
	}
	if err := s.asks(&protocol.Open{ModelID: protocol.Base}, &protocol.SetText{Source: "upload", Name: "answers.jsonl", Data: talks}); err != nil {
		return err
	}
	r := recipe.Chat(s.open.Recipe, recipe.Lora, s.fit.Tokens)
	r.Steps, r.WarmUp, r.EvalEvery, r.SampleEvery = 280, 14, 70, 0
	r.Batch, r.LearningRate, r.MuonRate = 4, 2e-3, 0.006 // smaller and larger than the page's, since these are short
	return s.asks(&protocol.Train{Recipe: r, Ranks: ranks})
}

// prefers is an adapter by which it tells shorter tales, as the page's judge of that
// name likes better.
func (s *school) prefers() error {
	draw := &protocol.Draw{Prompts: 200, Answers: 4, Taste: "shorter", Temperature: 1, Tokens: 160, Seed: 1}
	if err := s.asks(&protocol.Open{ModelID: protocol.Base}, &protocol.SetText{Source: "sample", Name: "village"}, draw); err != nil {
		return err
	}
	r := recipe.Prefer(s.open.Recipe, recipe.Lora, len(s.pairs))
	r.Preferences.Taste = draw.Taste
	return s.asks(&protocol.SetPairs{Source: "page", Pairs: s.pairs}, &protocol.Train{Recipe: r, Ranks: ranks})
}
