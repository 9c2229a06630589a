package handoff

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// Place is where a model can be trained, with what it does of the operations that
// recipe.FLOPsPerToken counts, in GFLOP/s: measured, or thought.
type Place struct {
	Name   string
	GFLOPS float64
	Most   float64 // tokens a second, of however small a model: a step has its own cost
}

// Places are the tab and GPUs. The tab's rate is that of preset small in Chromium with
// two workers (README.md). A GPU's rates are those of continue.py --dtype bfloat16 on an
// NVIDIA H200 with PyTorch 2.11: of a model of 134 M weights what it does a second, of one
// of 14 M the tokens. That eight do seven times that is an estimate.
func Places(native float64) []Place {
	return []Place{{"tab", 73, 120e3}, {"native", native, 500e3}, {"one GPU", 128e3, 432e3}, {"eight GPUs", 7 * 128e3, 7 * 432e3}}
}

// size is a line of the table.
type size struct {
	name   string
	model  recipe.Model
	tokens float64
}

// sizes are shapes of Llama's form from the tab's to the smallest that are called large,
// each with texts of 20 tokens a weight (Hoffmann et al. 2022), and a small one beside.
func sizes() (list []size) {
	for _, s := range []struct{ layers, channels, context, vocab int }{{4, 128, 128, 1024}, {6, 384, 256, 4096}, {12, 768, 1024, 32768}, {24, 1024, 1024, 32768}, {24, 2048, 2048, 32768}} {
		m := recipe.Model{Vocab: s.vocab, Context: s.context, Layers: s.layers, Heads: s.channels / 64, KVHeads: s.channels / 64, Channels: s.channels,
			Hidden: s.channels * 8 / 3 / 8 * 8, Norm: "rmsnorm", Position: "rope", MLP: "swiglu"}
		n := float64(m.Parameters())
		for _, tokens := range []float64{n, 20 * n} {
			list = append(list, size{fmt.Sprintf("%s weights (%d × %d)", short(n), s.layers, s.channels), m, tokens})
		}
	}
	return list
}

// When is a table of how long sizes of models take where, an estimate.
func When(places []Place) string {
	var out strings.Builder
	out.WriteString("| model | tokens |")
	for _, p := range places {
		fmt.Fprintf(&out, " %s |", p.Name)
	}
	out.WriteString("\n|---|--:|" + strings.Repeat("--:|", len(places)) + "\n")
	for _, s := range sizes() {
		fmt.Fprintf(&out, "| %s | %s |", s.name, short(s.tokens))
		for _, p := range places {
			fmt.Fprintf(&out, " %s |", long(max(s.tokens*s.model.FLOPsPerToken()/p.GFLOPS/1e9, s.tokens/p.Most)))
		}
		out.WriteString("\n")
	}
	return out.String()
}

// short is a number of two digits.
func short(n float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if n >= unit.of {
			return strconv.FormatFloat(round(n/unit.of), 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(round(n), 'f', -1, 64)
}

// round is x with two digits.
func round(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return math.Round(x/unit) * unit
}

// long is a time in a unit that suits it.
func long(seconds float64) string {
	switch minutes := seconds / 60; {
	case minutes < 1:
		return "under a minute"
	case minutes < 120:
		return fmt.Sprintf("%.0f min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%.0f h", minutes/60)
	case minutes < 2*365*24*60:
		return fmt.Sprintf("%.0f days", minutes/60/24)
	}
	return fmt.Sprintf("%.0f years", seconds/60/60/24/365)
}
