package main

import (
	"fmt"

	"hornbook/model/checkpoint"
)

// card says what a person should know of the model.
func card(run checkpoint.Run) string {
	r, m := run.Recipe, run.Recipe.Model
	last := run.Log[len(run.Log)-1]
	return fmt.Sprintf(`# The model that Hornbook opens with

A transformer of %.2f million weights that has read little English stories and
nothing else. It is there to be looked at, and to be trained further.

## What it learned from
%.0f MB of Village Tales, stories that a program tells (model/data/village,
seed %d); no person's text. Before them stand %.1f MB of tales with exchanged
letters, so that it has met every token. The tokenizer, %d pieces of words,
learned from the first %.0f MB of tales.

## How
%d steps of %d tokens (%.1f million tokens) by the recipe "base"
(model/recipe/presets.go): Qwen3's form, %d blocks, %d channels, %d heads,
context %d, Muon and AdamW. "make base" does it again, seed %d, %d workers.

## What it cost
%.0f minutes of two cores of a Xeon, that had other work too, %.1e operations by
estimate.

## How good it is
Loss on tales that it has not read: %.4f nats a token, %.3f bits a byte.
Weights are stored as f16.

## What it cannot do
It knows no fact, no other kind of text, and no language but the simple English
of the tales. It may mix up who has what in a story. What it writes is made up.
`, float64(run.Model.Weights.Len())/1e6, float64(bytes)/1e6, seed, other/1e6, run.Tokenizer.Size(), learn/1e6,
		run.Step, r.TokensPerStep(), float64(run.Tokens)/1e6, m.Layers, m.Channels, m.Heads, m.Context, r.Seed, run.Ranks,
		run.Seconds/60, m.FLOPsPerToken()*float64(run.Tokens), last.ValLoss, last.Bits)
}
