package share

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// checkCard reads what a run has cost and what came of it, without what was asked and
// said, which may quote what was learned from.
func checkCard(r io.ReaderAt, size int64) error {
	var o protocol.Outcome
	if err := strict(io.NewSectionReader(r, 0, size), &o); err != nil {
		return err
	}
	moments := []protocol.Moment{o.Start, o.Before, o.After}
	numbers := []float64{float64(o.Tokens), float64(o.Written), o.FLOPs, o.Seconds, float64(o.Held)}
	for _, m := range moments {
		numbers = append(numbers, float64(m.Step))
		if err := checkMeasures(m.Measures); err != nil {
			return err
		}
	}
	switch {
	case len(o.Questions) > 0 || slices.ContainsFunc(moments, func(m protocol.Moment) bool { return len(m.Replies) > 0 }):
		return errors.New("it quotes questions or replies, which come from the text that was learned from; share the card without them")
	case !slices.Contains(recipe.Objectives, o.Objective) || !slices.Contains(recipe.Methods, o.Method):
		return fmt.Errorf("the objective %.20q or the method %.20q is none of Hornbook's", o.Objective, o.Method)
	case strings.Trim(o.ModelID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != "" || len(o.ModelID) > 64:
		return errors.New("the model's id is none of Hornbook's; leave it empty")
	case slices.ContainsFunc(numbers, func(x float64) bool { return x < 0 || x > 1e30 }):
		return errors.New("a count is below zero, or larger than anything can be")
	case o.After.None():
		return errors.New("nothing was measured; let the run end first")
	}
	return nil
}

// checkMeasures refuses names that are none, and numbers that nobody measures.
func checkMeasures(m recipe.Measures) error {
	for _, one := range m {
		if !isName(one.Name) {
			return fmt.Errorf("the measure %.20q has no name of Hornbook's", one.Name)
		}
		if math.Abs(one.Value) > 1e12 {
			return fmt.Errorf("the measure %q is %v, which nothing can be", one.Name, one.Value)
		}
	}
	return nil
}

// isName tells whether s is written as measures, objectives and settings are.
func isName(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-@/.") == ""
}
