package wording

import (
	"math"
	"strconv"
	"strings"
)

// Count writes a whole number with its digits in groups: 1,234,567.
func (w *Words) Count(n int) string {
	digits, sign := strconv.Itoa(n), ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	if len(digits) < w.style.grouped {
		return sign + digits
	}
	var groups []string
	for ; len(digits) > 3; digits = digits[:len(digits)-3] {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
	}
	return sign + strings.Join(append([]string{digits}, groups...), w.style.group)
}

// Number writes x with this many digits after the point.
func (w *Words) Number(x float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', digits, 64), ".", w.style.decimal, 1)
}

// Bytes writes a size: 512 bytes, 12 kB, 3.4 MB.
func (w *Words) Bytes(n float64) string {
	return w.scaled(n, "bytes", "kilobytes", "megabytes", "gigabytes", "terabytes")
}

// Operations writes a number of arithmetic operations.
func (w *Words) Operations(n float64) string {
	return w.scaled(n, "ones", "thousands", "millions", "billions", "trillions", "quadrillions")
}

// scaled is n in the largest of the units, each a thousand of the one before,
// that it has one of.
func (w *Words) scaled(n float64, units ...string) string {
	i := 0
	for ; n >= 999.5 && i < len(units)-1; i++ {
		n /= 1000
	}
	digits := 0
	if i > 0 && n < 9.95 {
		digits = 1
	}
	return w.Say(units[i], "n", w.Number(n, digits))
}

// Duration writes seconds as people say them: 8 s, 2 min 5 s, 1 h 20 min.
func (w *Words) Duration(seconds float64) string {
	switch s := int(math.Round(seconds)); {
	case math.IsNaN(seconds) || math.IsInf(seconds, 0):
		return "–"
	case s < 60:
		return w.Say("seconds", "s", s)
	case s < 3600:
		return w.Say("minutes_seconds", "min", s/60, "s", s%60)
	default:
		return w.Say("hours_minutes", "h", s/3600, "min", s%3600/60)
	}
}

// Loss writes a loss with two digits.
func (w *Words) Loss(x float64) string { return w.Number(x, 2) }

// Percent writes a probability.
func (w *Words) Percent(p float64) string {
	switch {
	case p > 0 && p < 0.001:
		return w.Say("percent_under", "n", w.Number(0.1, 1))
	case p < 0.0995:
		return w.Say("percent", "n", w.Number(100*p, 1))
	}
	return w.Say("percent", "n", w.Number(100*p, 0))
}

// Energy guesses the electricity of seconds of computing, in watt-hours, at
// Watts more than an idle laptop draws.
func (w *Words) Energy(seconds float64) string {
	return w.Say("watt_hours", "n", w.Number(seconds*Watts/3600, 2))
}

// Watts is the guess behind Energy.
const Watts = 15

// Visible makes the white space of a token visible.
func Visible(token string) string {
	return strings.NewReplacer(" ", "␣", "\n", "⏎", "\t", "⇥").Replace(token)
}

// Spoken names the white space of a token for a screen reader.
func (w *Words) Spoken(token string) string {
	switch token {
	case " ":
		return w.Say("space")
	case "\n":
		return w.Say("new_line")
	case "\t":
		return w.Say("tab")
	}
	return strings.ReplaceAll(token, "\n", " "+w.Say("new_line")+" ")
}

// Decimal writes x with as many digits as it has, as a person would type it: without
// an exponent, unless x is very small or very large.
func (w *Words) Decimal(x float64) string {
	form := byte('f')
	if size := math.Abs(x); size != 0 && size < 1e-4 || size >= 1e15 {
		form = 'g'
	}
	return strings.Replace(strconv.FormatFloat(x, form, -1, 64), ".", w.style.decimal, 1)
}
