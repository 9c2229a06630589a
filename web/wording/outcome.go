package wording

import (
	"math"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// What runs cost is told beside the one that everybody has heard of: DeepSeek-V3's as
// its makers publish it (arXiv 2412.19437, abstract and table 1).
const (
	deepSeekHours   = 2.788e6            // of H800 GPUs
	deepSeekDollars = 2 * deepSeekHours  // as they reckon
	deepSeekFLOPs   = 6 * 37e9 * 14.8e12 // of the weights at work, times tokens, as everywhere here
	dollarsPerKWh   = 0.2                // a guess
	secondsPerHour  = 3600
)

// Dollars guesses what the electricity of seconds of computing costs.
func (w *Words) Dollars(seconds float64) string {
	x := seconds * Watts / secondsPerHour / 1000 * dollarsPerKWh
	if x <= 0 {
		return w.Say("outcome_dollars", "n", w.Number(0, 0))
	}
	digits := max(2, 1-int(math.Floor(math.Log10(x)))) // two that count
	return w.Say("outcome_dollars", "n", w.Number(x, digits))
}

// BesideDeepSeek is which part of DeepSeek-V3's operations so many are, and how long one
// of its GPUs would take for them, as busy as it was.
func (w *Words) BesideDeepSeek(flops float64) (part, gpu string) {
	if flops <= 0 {
		return "–", ""
	}
	return w.Say("outcome_deepseek_part", "n", w.Operations(deepSeekFLOPs/flops)),
		w.Say("outcome_deepseek_gpu", "time", w.moment(deepSeekHours*secondsPerHour*flops/deepSeekFLOPs))
}

// moment writes seconds, few or many.
func (w *Words) moment(seconds float64) string {
	switch {
	case seconds >= 10:
		return w.Duration(seconds)
	case seconds >= 0.1:
		return w.Say("outcome_seconds", "n", w.Number(seconds, 1))
	case seconds >= 1e-3:
		return w.Say("outcome_milliseconds", "n", w.Number(1000*seconds, 0))
	}
	return w.Say("outcome_under_millisecond")
}

// CostAbout says how all that is reckoned.
func (w *Words) CostAbout() string {
	return w.Say("outcome_cost_about", "watts", Watts, "price", w.Number(dollarsPerKWh, 2), "hours", w.Operations(deepSeekHours), "dollars", w.Operations(deepSeekDollars))
}

// Shares are the measures that are parts of something, from 0 to 1.
var shares = []string{recipe.Exact, recipe.PassAt1, recipe.PassAt8, recipe.Working, recipe.Cut, recipe.Accuracies, recipe.WinRate, recipe.Agreement, recipe.RewardFlat, recipe.ClipRatio}

// IsShare tells whether a measure of this name is a part of something.
func IsShare(name string) bool {
	for _, share := range shares {
		if share == name {
			return true
		}
	}
	return false
}

// FromTo is how something changed.
func (w *Words) FromTo(before, after string) string {
	return w.Say("outcome_from_to", "before", before, "after", after)
}

// Between is the interval in which a share lies that was seen on n questions.
func (w *Words) Between(low, high float64, n int) string {
	return w.Say("outcome_between", "low", w.wholePercent(low), "high", w.wholePercent(high), "questions", w.Say("outcome_questions", "n", n))
}

func (w *Words) wholePercent(p float64) string { return w.Say("percent", "n", w.Number(100*p, 0)) }

// Forgotten puts nats that were forgotten in words.
func (w *Words) Forgotten(nats float64) string {
	switch {
	case math.Abs(nats) < 0.05:
		return w.Say("outcome_forgot_nothing")
	case nats < 0:
		return w.Say("outcome_forgot_less", "n", w.Number(-nats, 2))
	}
	return w.Say("outcome_forgot", "n", w.Number(nats, 2), "times", w.few(math.Exp(nats)))
}

// few writes a number with two digits that count.
func (w *Words) few(x float64) string {
	if x >= 9.95 {
		return w.Number(x, 0)
	}
	return strings.TrimSuffix(strings.TrimSuffix(w.Number(x, 1), "0"), w.style.decimal)
}

// Weight is a number of weights and its share of a teacher's.
func (w *Words) StudentSize(weights, of int) string {
	return w.Say("distill_size", "weights", w.Count(weights), "part", strconv.Itoa(int(100*float64(weights)/float64(max(1, of))+0.5)))
}
