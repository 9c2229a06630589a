package wording

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// style is how a language writes numbers and counts.
type style struct {
	group   string // between thousands
	grouped int    // digits from which on they are grouped
	decimal string
	plural  func(n int) string // CLDR's category of n
}

// styles follow CLDR 46. Arabic is written with the digits 0 to 9, which all
// its readers know.
var styles = map[string]style{
	"en": {",", 4, ".", oneOther},
	"de": {".", 4, ",", oneOther},
	"es": {".", 5, ",", oneOther},
	"ar": {",", 4, ".", arabic},
}

func oneOther(n int) string {
	if n == 1 {
		return "one"
	}
	return "other"
}

// arabic has six forms: for none, one, two, 3 to 10, 11 to 99, and hundreds
// with up to two.
func arabic(n int) string {
	switch last := n % 100; {
	case n >= 0 && n <= 2:
		return [...]string{"zero", "one", "two"}[n]
	case last >= 3 && last <= 10:
		return "few"
	case last >= 11:
		return "many"
	}
	return "other"
}

// ErrNumber says that a text is no number.
var ErrNumber = errors.New("wording: not a number")

// Plain is a number as people type it, in the form that strconv reads: with
// groups of thousands or without, with a comma or a point before the fraction,
// with an exponent, in any script's digits. One separator before three digits
// could be either: it stands before a group where the language writes groups
// so, and in a whole number; else before a fraction.
func (w *Words) Plain(typed string, whole bool) (string, error) {
	mantissa, exponent, scaled := strings.Cut(strings.Map(plain, typed), "e")
	point := w.point(mantissa, whole)
	before, fraction := mantissa, ""
	if point >= 0 {
		before, fraction = mantissa[:point], "."+mantissa[point+1:]
	}
	if strings.ContainsAny(before, ",.") {
		if !grouped(before) {
			return "", ErrNumber
		}
		before = strings.NewReplacer(",", "", ".", "").Replace(before)
	}
	text := before + fraction
	if scaled {
		text += "e" + exponent
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil || strings.ContainsAny(text, "xXpP_nN") {
		return "", ErrNumber
	}
	return text, nil
}

// point is where the separator of the fraction stands, -1 for none.
func (w *Words) point(text string, whole bool) int {
	last := strings.LastIndexAny(text, ",.")
	if last < 0 {
		return -1
	}
	separator := text[last : last+1]
	switch strings.Count(text, ",") + strings.Count(text, ".") {
	case 1:
		if grouped(text) && (whole || separator == w.style.group) {
			return -1
		}
	case strings.Count(text, separator): // several of one kind
		return -1
	}
	return last
}

// grouped tells whether a text is digits in groups of three.
func grouped(text string) bool {
	groups := strings.Split(strings.TrimLeft(text, "-+"), text[strings.IndexAny(text, ",."):][:1])
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && (len(g) < 1 || len(g) > 3 || g[0] == '0') || strings.ContainsFunc(g, notDigit) {
			return false
		}
	}
	return true
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// plain is a character of a number as strconv knows it, -1 for what only keeps
// groups apart.
func plain(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == '’', r == '\'', r == '\u066c': // Arabic thousands separator
		return -1
	case r == '−':
		return '-'
	case r == '\u066b': // Arabic decimal separator
		return '.'
	case r == 'E':
		return 'e'
	case r > 0x7f && unicode.IsDigit(r):
		return '0' + (r-digitZero(r))%10
	}
	return r
}

// digitZero is the zero of the script that a digit belongs to: digits stand
// ten in a row (Unicode standard, section 4.6).
func digitZero(r rune) rune {
	for unicode.IsDigit(r - 1) {
		r--
	}
	return r
}
