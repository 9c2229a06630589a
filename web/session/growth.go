package session

import (
	"hash/maphash"
	"strings"
	"unicode"

	"hornbook/web/protocol"
)

// growth measures how much of what a model writes is like the text that it
// learns from.
type growth struct {
	seed   maphash.Seed
	words  map[uint64]bool // of the text, by their hashes
	runs   map[uint64]bool // of runLength words in a row
	spaces float64         // part of its characters
}

const (
	runLength  = 8       // words in a row that nobody writes twice by chance
	growthText = 4 << 20 // bytes of the text that are read
)

func newGrowth(text []byte) *growth {
	g := &growth{seed: maphash.MakeSeed(), words: map[uint64]bool{}, runs: map[uint64]bool{}}
	read := string(text[:min(len(text), growthText)])
	g.spaces = spaced(read)
	g.each(read, func(word, run uint64, whole bool) {
		g.words[word] = true
		if whole {
			g.runs[run] = true
		}
	})
	return g
}

// each calls f for every word of a text, with the hash of the last runLength
// words, once there are so many.
func (g *growth) each(text string, f func(word, run uint64, whole bool)) {
	var last [runLength]uint64
	n := 0
	for word := range strings.FieldsFuncSeq(text, notWord) {
		h := maphash.String(g.seed, strings.ToLower(word))
		last[n%runLength] = h
		n++
		run := uint64(0)
		for i := range last { // the oldest first, so that their order counts
			run = run*31 + last[(n+i)%runLength]
		}
		f(h, run, n >= runLength)
	}
}

func notWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\'' && r != '’'
}

// spaced is the part of a text's characters that are white space.
func spaced(text string) float64 {
	all, spaces := 0, 0
	for _, r := range text {
		all++
		if unicode.IsSpace(r) {
			spaces++
		}
	}
	return float64(spaces) / float64(max(1, all))
}

// of measures a piece of writing.
func (g *growth) of(writing string) protocol.Growth {
	words, known, runs, copied, sentences := 0, 0, 0, 0, 0
	g.each(writing, func(word, run uint64, whole bool) {
		words++
		if g.words[word] {
			known++
		}
		if whole {
			runs++
			if g.runs[run] {
				copied++
			}
		}
	})
	for _, r := range writing {
		if strings.ContainsRune(".!?。؟", r) {
			sentences++
		}
	}
	return protocol.Growth{Spaces: spaced(writing) / max(1e-9, g.spaces), Known: share(known, words), Copied: share(copied, runs), Sentences: sentences}
}

func share(n, all int) float64 { return float64(n) / float64(max(1, all)) }
