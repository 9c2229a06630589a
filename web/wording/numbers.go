package wording

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Count writes a whole number with its digits in groups: 1,234,567.
func Count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), ",")
}

// CountOf is a number and what is counted: "1 step", "20 steps".
func CountOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Bytes writes a size: 512 bytes, 12 kB, 3.4 MB.
func Bytes(n float64) string { return scaled(n, "bytes", "kB", "MB", "GB", "TB") }

// Operations writes a number of arithmetic operations.
func Operations(n float64) string {
	return scaled(n, "", "thousand", "million", "billion", "trillion", "quadrillion")
}

func scaled(n float64, units ...string) string {
	i := 0
	for ; n >= 999.5 && i < len(units)-1; i++ {
		n /= 1000
	}
	text := strconv.FormatFloat(n, 'f', 0, 64)
	if i > 0 && n < 9.95 {
		text = strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strings.TrimSpace(text + " " + units[i])
}

// Duration writes seconds as people say them: 8 s, 2 min 5 s, 1 h 20 min.
func Duration(seconds float64) string {
	switch s := int(math.Round(seconds)); {
	case math.IsNaN(seconds) || math.IsInf(seconds, 0):
		return "–"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
}

// Loss writes a loss with two digits.
func Loss(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// Percent writes a probability.
func Percent(p float64) string {
	switch {
	case p > 0 && p < 0.001:
		return "under 0.1 %"
	case p < 0.0995:
		return strconv.FormatFloat(100*p, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(100*p, 'f', 0, 64) + " %"
}

// Energy guesses the electricity of seconds of computing, in watt-hours, at
// Watts more than an idle laptop draws.
func Energy(seconds float64) string {
	return strconv.FormatFloat(seconds*Watts/3600, 'f', 2, 64) + " Wh"
}

// Watts is the guess behind Energy.
const Watts = 15

// Visible makes the white space of a token visible.
func Visible(token string) string {
	return strings.NewReplacer(" ", "␣", "\n", "⏎", "\t", "⇥").Replace(token)
}

// Spoken names the white space of a token for a screen reader.
func Spoken(token string) string {
	switch token {
	case " ":
		return "space"
	case "\n":
		return "new line"
	case "\t":
		return "tab"
	}
	return strings.NewReplacer("\n", " new line ").Replace(token)
}
