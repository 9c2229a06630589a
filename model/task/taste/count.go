package taste

import "strings"

// words is how many words text has.
func words(text string) (n int) {
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}

// shorter prefers fewer words; a tenth more or less is no difference.
func shorter(a, b string) int {
	n, m := words(a), words(b)
	switch few := max(n, m) / 10; {
	case n+few < m:
		return 1
	case m+few < n:
		return -1
	}
	return 0
}

// speech is how many of the words stand in quotes. A quote that is not closed
// ends with its line.
func speech(text string) (n, of int) {
	for line := range strings.Lines(text) {
		said := false
		for part := range strings.SplitSeq(quotes.Replace(line), `"`) {
			count := words(part)
			if of += count; said {
				n += count
			}
			said = !said
		}
	}
	return n, max(of, 1)
}

// quotes makes all marks of speech one.
var quotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)
