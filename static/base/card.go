package main

import (
	"fmt"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
)

// card says what a person should know of the model, which run is the second
// stage of and before the first.
func card(run, before checkpoint.Run) string {
	r, m := run.Recipe, run.Recipe.Model
	tokens := run.Tokens + before.Tokens
	return fmt.Sprintf(`# The model that Hornbook opens with

A transformer of %.2f million weights that has read little English stories,
and questions about them. It is there to be looked at, and to be taught further.

## What it learned from
First %.0f MB of Village Tales, stories that a program tells (model/data/village,
seed %d); no person's text. Before them stood %.1f MB of tales with exchanged
letters, so that it has met every token. The tokenizer, %d pieces of words and
%d special tokens, learned from the first %.0f MB of tales.
Then %.0f MB of tales, every second with questions and their answers behind it
(static/base/diet.go), some sums and some spelling, and %.1f MB of tales alone.
It has met no special token: how to chat it has yet to be taught.

## How
%d steps of %d tokens by the recipe "base" and %d by "asked"
(model/recipe/presets.go), %.1f million tokens in all: Qwen3's form, %d blocks,
%d channels, %d heads, context %d, Muon and AdamW. "make base" does it again,
seed %d, %d workers.

## What it cost
%.0f minutes of two cores of a Xeon, that had other work too, %.1e operations by
estimate.

## How good it is
Loss on tales that it has not read: %.4f nats a token, %.3f bits a byte.
Weights are stored as f16.

## What it cannot do
It knows no fact, no other kind of text, and no language but the simple English
of the tales. It may mix up who has what in a story. What it writes is made up.
`, float64(run.Model.Weights.Len())/1e6, float64(bytes)/1e6, seed, other/1e6, run.Tokenizer.Size()-len(run.Tokenizer.Specials()),
		len(run.Tokenizer.Specials()), learn/1e6, meal/1e6, alone/1e6,
		before.Step, r.TokensPerStep(), run.Step, float64(tokens)/1e6, m.Layers, m.Channels, m.Heads, m.Context, r.Seed, run.Ranks,
		(run.Seconds+before.Seconds)/60, m.FLOPsPerToken()*float64(tokens), run.Measures.Value(recipe.ValLoss), run.Measures.Value(recipe.BitsPerByte))
}
