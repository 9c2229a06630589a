package pdf

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Of a letter's size.
const (
	sameLine  = 0.5  // that base lines of one line lie apart at most
	paragraph = 1.75 // that lines lie apart at least where a paragraph ends
	wordGap   = 0.2  // that words lie apart at least, where a font has no space
	leftGap   = 1.0  // that a text must go back for another column
)

// layout joins pieces to lines, in the order in which they are drawn: that is
// the order of reading in what word processors, TeX and browsers write, columns
// included.
func layout(pieces []piece) string {
	var lines []string
	var line []piece
	for i, p := range pieces {
		if i > 0 && again(pieces[i-1], p) {
			continue
		}
		if n := len(line); n > 0 && !continues(line, p) {
			lines = add(lines, line)
			if apart := line[n-1].y - p.y; apart > paragraph*max(p.size, line[n-1].size) {
				lines = append(lines, "")
			}
			line = nil
		}
		line = append(line, p)
	}
	return strings.Join(whole(add(lines, line)), "\n")
}

// add adds a line unless it is empty.
func add(lines []string, line []piece) []string {
	if text := strings.TrimSpace(joined(line)); text != "" {
		return append(lines, text)
	}
	return lines
}

// again tells whether a text is drawn over itself, as makes it bold.
func again(before, p piece) bool {
	near := 0.15 * p.size
	return before.text == p.text && math.Abs(before.x-p.x) < near && math.Abs(before.y-p.y) < near
}

// continues tells whether p stands in the line.
func continues(line []piece, p piece) bool {
	last := line[len(line)-1]
	size := max(last.size, p.size)
	if math.Abs(last.y-p.y) > sameLine*size {
		return false
	}
	back := last.end - p.x
	return back < leftGap*size || fromRight(last.text) || fromRight(p.text)
}

// whole joins words that a hyphen at a line's end has cut in two; what follows
// the word then ends the line.
func whole(lines []string) []string {
	for i := 0; i+1 < len(lines); i++ {
		next := lines[i+1]
		begun, soft := strings.CutSuffix(lines[i], "\u00AD")
		if !soft {
			var hyphen bool
			if begun, hyphen = strings.CutSuffix(lines[i], "-"); !hyphen || !cut(begun, next) {
				continue
			}
		}
		word, rest, _ := strings.Cut(next, " ")
		lines[i] = begun + word
		lines[i+1] = rest
		if rest == "" && word != "" {
			lines = slices.Delete(lines, i+1, i+2)
		}
	}
	return lines
}

// cut tells whether a hyphen between begun and next parts a word. Before words
// that list, as in German "Vor- und Nachteile", it stands for the rest of one.
func cut(begun, next string) bool {
	last, _ := utf8.DecodeLastRuneInString(begun)
	first, _ := utf8.DecodeRuneInString(next)
	word, _, _ := strings.Cut(next, " ")
	return unicode.IsLetter(last) && unicode.IsLower(first) && !slices.Contains([]string{"und", "oder", "bis", "sowie", "and", "or", "to", "et", "ou", "y", "o"}, word)
}

// joined is the text of a line, with spaces where words lie apart. Where some
// is read from the right the places count, not the order of drawing.
func joined(line []piece) string {
	turned := slices.ContainsFunc(line, func(p piece) bool { return fromRight(p.text) })
	if turned {
		slices.SortStableFunc(line, func(a, b piece) int {
			switch {
			case a.x < b.x:
				return -1
			case a.x > b.x:
				return 1
			}
			return 0
		})
	}
	var b strings.Builder
	for i, p := range line {
		if i > 0 && p.x-line[i-1].end > gap(line[i-1], p) && !strings.HasSuffix(b.String(), " ") && !strings.HasPrefix(p.text, " ") {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	if turned {
		return plain(logical(b.String()))
	}
	return plain(b.String())
}

// gap is the least by which two pieces of different words lie apart.
func gap(a, b piece) float64 {
	least := wordGap * min(a.size, b.size)
	if a.space > 0 {
		least = min(least, 0.6*a.space)
	}
	return least
}
