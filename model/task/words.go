package task

import (
	"regexp"
	"strings"
	"unicode"
)

// hasWords tells whether the answer's words stand in content, one after the
// other; capitals and punctuation are nothing.
func hasWords(answer, content string) bool {
	sought := words(answer)
	return sought != "" && strings.Contains(" "+words(content)+" ", " "+sought+" ")
}

// words are those of s, a space between. Signs within one, as in 3.5, -2 and
// Tom's, are part of it.
func words(s string) string {
	list := strings.FieldsFunc(folded(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) && !strings.ContainsRune("+-.'", r)
	})
	for i := range list {
		list[i] = strings.TrimRight(list[i], ".'")
	}
	return strings.Join(list, " ")
}

// folded is s with one of each letter's forms: folded(s) == folded(t) where
// strings.EqualFold(s, t).
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r { // round: the first of the forms
				return next
			}
			r = next
		}
	}, s)
}

var numbers = regexp.MustCompile(`(?:\B[-+−])?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)`)

// sameNumber tells whether the last number in content equals that of the answer:
// 1,234 is 1234, and 5.0 is 5.
func sameNumber(answer, content string) bool {
	a, is := lastNumber(answer)
	b, said := lastNumber(content)
	return is && said && a == b
}

// lastNumber is the last number in s, written in one way.
func lastNumber(s string) (string, bool) {
	found := numbers.FindAllString(s, -1)
	if len(found) == 0 {
		return "", false
	}
	last := strings.NewReplacer(",", "", "+", "", "−", "-").Replace(found[len(found)-1])
	digits, negative := strings.CutPrefix(last, "-")
	whole, parts, _ := strings.Cut(digits, ".")
	value := strings.TrimLeft(whole, "0") + "." + strings.TrimRight(parts, "0")
	if negative && value != "." {
		value = "-" + value
	}
	return value, true
}
