package wording

import (
	"math"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Problem is the sentence for p: what happened, why, and what to do.
func (w *Words) Problem(p *protocol.Problem) string {
	key, because := w.problem(p), ""
	if p.Detail != "" {
		because = " (" + p.Detail + ")"
	}
	got, want := w.number(p.Got), w.number(p.Want)
	if p.Code == protocol.RecipeWrong {
		got, want = w.Choice(got), w.want(p.Want)
	}
	fits, weights := "", ""
	switch p.Code {
	case protocol.TextTooLong:
		got, want = w.size(p.Got), w.size(p.Want)
	case protocol.OutOfMemory, protocol.ModelTooLarge:
		bytes, less, some := protocol.ReadLess(p.Want)
		got, want = w.size(p.Got), w.size(bytes)
		fits, weights = w.fits(less, some), w.weightsIn(bytes)
	}
	return w.Say(key, "fits", fits, "weights", weights, "got", got, "want", want, "field", w.Field(p.Key), "because", because, "why", p.Detail,
		"long", w.number(p.Detail), "workers", w.workers(p))
}

// fits says by which change a run would fit into memory.
func (w *Words) fits(l recipe.Less, some bool) string {
	if !some {
		return w.Say("fits_none")
	}
	var changes []string
	if l.Trains != "" {
		changes = append(changes, w.Say("fits_adapter"))
	}
	if l.Context > 0 {
		changes = append(changes, w.Say("fits_context", "n", w.Count(l.Context), "plain", strconv.Itoa(l.Context)))
	}
	if l.Batch > 0 {
		changes = append(changes, w.Say("fits_batch", "n", w.Count(l.Batch), "plain", strconv.Itoa(l.Batch)))
	}
	return w.Say("fits_with", "changes", w.List(changes...))
}

// weightsIn is about how many weights lie in so many bytes of memory, half of them left for
// writing.
func (w *Words) weightsIn(bytes string) string {
	n, _ := strconv.ParseFloat(bytes, 64)
	const million = 1e6
	return w.Count(int(n/8/million) * million)
}

// problem is the key of p's sentence, of which some codes have two.
func (w *Words) problem(p *protocol.Problem) string {
	key := "problem_" + string(p.Code)
	switch {
	case p.Code == protocol.TextOne && p.Got == "1":
		key += "_single"
	case (p.Code == protocol.TalksWrong || p.Code == protocol.PairsWrong) && p.Got != "":
		key += "_line"
	case (p.Code == protocol.TalksFew || p.Code == protocol.PairsFew) && p.Detail != "" && p.Detail != "0":
		key += "_long"
	}
	if _, known := w.phrases[key]; !known {
		return "problem_" + string(protocol.Internal)
	}
	return key
}

// want says which rule a number should keep: a rule and its numbers or words,
// as recipe.Wrong has them.
func (w *Words) want(rule string) string {
	name, needs, _ := strings.Cut(rule, " ")
	if _, known := w.phrases["want_"+name]; !known {
		return rule
	}
	if name == "one_of" || name == "some_of" {
		var names []string
		for word := range strings.FieldsSeq(needs) {
			names = append(names, w.Choice(word))
		}
		return w.Say("want_"+name, "a", w.List(names...))
	}
	a, b, _ := strings.Cut(needs, " ")
	return w.Say("want_"+name, "a", w.number(a), "b", w.number(b))
}

// workers counts those that train after a notice.
func (w *Words) workers(p *protocol.Problem) string {
	text := p.Got
	if p.Code == protocol.RanksFewer {
		text = p.Want
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return w.Say("workers", "n", n)
}

// number writes a number as the language does; anything else stays as it is.
func (w *Words) number(text string) string {
	if n, err := strconv.Atoi(text); err == nil {
		return w.Count(n)
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsInf(x, 0) || math.IsNaN(x):
		return text
	case x == math.Trunc(x) && math.Abs(x) < 1e15: // 1e+06
		return w.Count(int(x))
	}
	return w.Decimal(x)
}

// size writes a number of bytes for people.
func (w *Words) size(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return w.Bytes(n)
}
