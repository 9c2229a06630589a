package scale

import (
	"fmt"
	"math"

	"hornbook/model/recipe"
)

// Preset is the name that recipes of a ladder have, by which their runs are known.
const Preset = "scale"

const (
	// Ratio is how many tokens a model reads for each of its weights.
	Ratio = 20

	// MostReadings is how often a model may read the text: up to four times a text
	// that is read again teaches almost as well as a new one (Muennighoff et al. 2023).
	MostReadings = 4

	layers, heads        = 2, 2 // of narrow models
	deepLayers, deepFrom = 4, 48
	batch, context       = 8, 64

	leastWidth, mostWidth, widthStep = 12, 512, 4

	// MostKinds is how many different characters are a token each; a text of more is cut
	// into bytes.
	MostKinds = 256
)

// Text is what a plan must know of a text.
type Text struct {
	Tokens int  `json:"tokens"` // all of it, of which a tenth validates
	Kinds  int  `json:"kinds"`  // V, different tokens
	Bytes  bool `json:"bytes"`  // tokens are bytes, else characters
}

// TextOf is a text of so many characters, of which so many differ, and so many bytes.
func TextOf(characters, different, bytes int) Text {
	if different > MostKinds {
		return Text{Tokens: bytes, Kinds: 256, Bytes: true}
	}
	return Text{Tokens: characters, Kinds: different}
}

// learns is how many of the tokens a model may learn from.
func (t Text) learns() int { return t.Tokens - t.Tokens/10 }

// Size is a rung of a ladder.
type Size struct {
	Width   int     `json:"width"` // channels
	Layers  int     `json:"layers"`
	Steps   int     `json:"steps"`
	Weights int     `json:"weights"` // N
	Tokens  int     `json:"tokens"`  // D
	Ops     float64 `json:"ops"`     // C
}

// Plan is a ladder: the rungs that a law is fitted to, and the one that it forecasts.
type Plan struct {
	Text  Text    `json:"text"`
	Sizes []Size  `json:"sizes"` // smallest first
	Next  Size    `json:"next"`
	Seeds int     `json:"seeds"` // runs of each of Sizes
	Ratio float64 `json:"ratio"` // D/N
	Short bool    `json:"short"` // the text is too short for what the budget would allow
}

// Ops are the operations of all runs.
func (p Plan) Ops() float64 {
	sum := p.Next.Ops
	for _, s := range p.Sizes {
		sum += float64(p.Seeds) * s.Ops
	}
	return sum
}

// TooShort is that a text is too short for the smallest ladder.
type TooShort struct{ Has, Needs int } // tokens

func (e *TooShort) Error() string {
	return fmt.Sprintf("scale: a text of %d tokens is too short for a ladder, which needs %d", e.Has, e.Needs)
}

// TooDear is that the smallest ladder takes more operations than there may be.
type TooDear struct{ May, Needs float64 }

func (e *TooDear) Error() string {
	return fmt.Sprintf("scale: the smallest ladder takes %.2g operations, and there may be %.2g", e.Needs, e.May)
}

// New plans the largest ladder of so many sizes, each run by so many seeds, that takes at
// most so many operations, the next size included, reads so many tokens a weight, and the
// text no more than MostReadings times.
func New(t Text, sizes, seeds int, ratio, ops float64) (Plan, error) {
	best := ladder(t, leastWidth, sizes, seeds, ratio)
	switch most := MostReadings * t.learns(); {
	case best.Next.Tokens > most:
		return Plan{}, &TooShort{t.Tokens, int(math.Ceil(float64(best.Next.Tokens)/MostReadings*10/9)) + 1}
	case best.Ops() > ops:
		return Plan{}, &TooDear{ops, best.Ops()}
	}
	for width := leastWidth + widthStep; ; width += widthStep {
		wider := ladder(t, width, sizes, seeds, ratio)
		short := wider.Next.Tokens > MostReadings*t.learns()
		if short || wider.Ops() > ops || wider.Next.Width > mostWidth {
			best.Short = short && wider.Ops() <= ops
			return best, nil
		}
		best = wider
	}
}

// ladder is the one whose smallest model has a width.
func ladder(t Text, width, sizes, seeds int, ratio float64) Plan {
	p := Plan{Text: t, Seeds: seeds, Ratio: ratio}
	deep := layers
	if width >= deepFrom {
		deep = deepLayers
	}
	for i := range sizes + 1 {
		p.Next = size(t, widthStep*int(math.Round(float64(width)*math.Pow(2, float64(i)/2)/widthStep)), deep, ratio)
		if i < sizes {
			p.Sizes = append(p.Sizes, p.Next)
		}
	}
	return p
}

// size is the rung of a width.
func size(t Text, width, layers int, ratio float64) Size {
	s := Size{Width: width, Layers: layers}
	r := s.Recipe(t, 0)
	s.Weights = r.Model.Parameters() - r.Model.Vocab*r.Model.Channels
	s.Steps = int(math.Ceil(ratio * float64(s.Weights) / float64(r.TokensPerStep())))
	s.Tokens = s.Steps * r.TokensPerStep()
	s.Ops = r.FLOPs(s.Tokens, 0)
	return s
}

// Recipe is how a model of the size is trained on a text: preset quick's form, each run
// with rates for as many steps as it has.
func (s Size) Recipe(t Text, seed int) recipe.Recipe {
	r := recipe.Recipe{
		Preset: Preset, Tokenizer: "chars", VocabSize: 1024, Special: recipe.SpecialLetters, Objective: recipe.LM, Trains: recipe.All, From: recipe.New,
		Seed: uint64(seed), Init: "unit", Batch: batch, Steps: s.Steps,
		Model: recipe.Model{
			Vocab: t.Kinds, Context: context, Layers: s.Layers, Heads: heads, KVHeads: heads, Channels: s.Width,
			Hidden: widthStep * int(math.Ceil(float64(s.Width)*8/3/widthStep)),
			Norm:   "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true,
		},
		Optimizer: "muon", Schedule: "linear", Hold: 0.2, Beta1: 0.8, Beta2: 0.95, Momentum: 0.95,
		EvalEvery: max(1, s.Steps/evals), EvalBatches: 10, SampleEvery: max(1, s.Steps/evals),
		LastEvalBatches: min(mostBatches, max(leastBatches, 2*(t.Tokens-t.learns())/(batch*context))),
	}
	if t.Bytes {
		r.Tokenizer = "bytes"
	}
	r.LearningRate, r.MuonRate = rates(max(1, s.Steps))
	return r
}

// Each run is looked at some times on its way, and at its end on twice as many places as
// what validates has room for, within these bounds.
const evals, leastBatches, mostBatches = 6, 20, 200

// rates are those of AdamW and of Muon for so many steps: the longer a run, the lower,
// by what was best at 285, 600, 1,061 and 2,000 steps (LOG.md; the last is quick's). Width
// makes no difference that showed above the noise.
func rates(steps int) (adamw, muon float64) {
	longer := float64(steps) / 600
	return rounded(min(0.03, 0.012/math.Sqrt(longer))), rounded(min(0.06, 0.035/math.Pow(longer, 0.25)))
}

// rounded is x with two digits, as people write rates.
func rounded(x float64) float64 {
	parts := math.Pow(10, 1-math.Floor(math.Log10(x)))
	return math.Round(x*parts) / parts
}

// Trial is a model of a ladder by which a machine's rate is measured.
func Trial(t Text) recipe.Recipe { return size(t, 32, layers, Ratio).Recipe(t, 1) }
