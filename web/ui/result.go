package ui

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode"

	"hornbook/model/recipe"
	"hornbook/web/handin"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Result is what is handed in to a class, as the page makes and tells it.
type Result struct{ handin.Result }

// resultEnd ends the names of files that results are handed in as.
const resultEnd = ".result"

// Bounds of a result that the page makes.
const (
	mostLetter = 200 // characters of a line
	mostPoints = 60  // of the curve
)

// result is that of the open model, for a class; false where nothing was measured yet.
func (p *Page) result(nickname string) (r Result, is bool) {
	e := p.after()
	if p.Model == nil || p.Model.ModelID == protocol.Base || e == nil {
		return r, false
	}
	of := p.Model.Recipe
	r.Result = handin.Result{Nickname: oneLine(nickname, handin.MostNickname), Objective: of.Objective, Preset: of.Preset, Settings: map[string]string{}, Measures: finite(e.Measures)}
	for _, key := range compareFields {
		if at := fieldsOf(&of)[key]; at != nil {
			r.Settings[key] = oneLine(format(wording.New("en"), at), 100)
		}
	}
	for _, text := range p.said() {
		if line := oneLine(text, mostLetter); line != "" && len(r.Samples) < handin.MostSamples {
			r.Samples = append(r.Samples, line)
		}
	}
	for _, s := range p.Samples {
		r.Strip = append(r.Strip, rounded(s.Growth.Known))
	}
	r.Strip = thinned(r.Strip, mostPoints)
	for _, i := range places(len(p.Curve.Steps), mostPoints) {
		r.Curve = append(r.Curve, [2]float64{float64(p.Curve.Steps[i]), rounded(p.Curve.Losses[i])})
	}
	return r, len(r.Measures) > 0
}

// after is the evaluation of the weights that the open model has.
func (p *Page) after() *recipe.Measurement {
	if _, after, both := p.change(); both {
		return after
	}
	return p.LastEval()
}

// said is what the open model wrote while it trained, the newest first, or what it answered
// at the end.
func (p *Page) said() (texts []string) {
	for _, s := range slices.Backward(p.Samples) {
		texts = append(texts, s.Text)
	}
	if o := p.outcome(); o != nil && len(texts) == 0 {
		for _, r := range o.After.Replies {
			texts = append(texts, plain(r.Text))
		}
	}
	return texts
}

// places are at most n of the places of a list, both ends among them.
func places(length, n int) (at []int) {
	for i := range min(length, n) {
		at = append(at, i*max(0, length-1)/max(1, min(length, n)-1))
	}
	return at
}

func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func finite(m recipe.Measures) recipe.Measures {
	return slices.DeleteFunc(slices.Clone(m), func(one recipe.Measure) bool { return math.IsNaN(one.Value) || math.IsInf(one.Value, 0) })
}

// oneLine is a text without line breaks and what cannot be seen, at most n characters.
func oneLine(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	letters := []rune(strings.Join(strings.Fields(text), " "))
	return strings.TrimSpace(string(letters[:min(len(letters), n)]))
}

func (r Result) text() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // of texts and numbers alone
	}
	return string(text)
}

// main is the measure that the result is about: the first of what its objective is to
// gain, else the loss.
func (r Result) main() (name string, value float64) {
	names := append(slices.Clone(recipe.Gains[r.Objective]), recipe.ValLoss, recipe.TrainLoss)
	if r.Objective == recipe.LM { // which does not hang on how the text is cut
		names = slices.Insert(names, 0, recipe.BitsPerByte)
	}
	for _, name := range names {
		if value, is := r.Measures.Of(name); is {
			return name, value
		}
	}
	if len(r.Measures) == 0 {
		return "", 0
	}
	return r.Measures[0].Name, r.Measures[0].Value
}

// says is what a result comes to, in words.
func (r Result) says(w *wording.Words) string {
	name, value := r.main()
	return w.List(w.Measure(name)+" "+w.MeasureValue(name, value), w.Say("class_lines", "n", len(r.Samples)))
}

// losses are the curve without its steps.
func (r Result) losses() (list []float64) {
	for _, point := range r.Curve {
		list = append(list, point[1])
	}
	return list
}
