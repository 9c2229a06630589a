package share

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/handin"
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
		if err := handin.CheckMeasures(m.Measures); err != nil {
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

// strict reads one JSON value, and nothing that is not known.
func strict(r io.Reader, value any) error {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(value); err != nil {
		return fmt.Errorf("it cannot be read (%w)", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows what it should be")
	}
	return nil
}
