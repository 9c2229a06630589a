package document

import (
	"path"
	"strings"
)

// docx is a document of Word: the paragraphs of its main part (ECMA-376 Part 1,
// section 17).
func (s *source) docx() (*Document, error) {
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	main, err := a.mainPart()
	if err != nil {
		return nil, err
	}
	for name := range a.files {
		if base, is := strings.CutPrefix(name, path.Dir(main)+"/"); is && (strings.HasPrefix(base, "header") || strings.HasPrefix(base, "footer")) {
			s.left[Headers]++
		}
	}
	w := &wordReader{prose: prose{max: s.max}, left: s.left}
	encoding, err := a.walk(main, w)
	if err != nil {
		return nil, err
	}
	return &Document{Text: w.prose.text(), Encoding: encoding}, nil
}

// mainPart is the name of the part that the package's relations call its
// document; word/document.xml in all that Word writes.
func (a *archive) mainPart() (string, error) {
	const usual, relations = "word/document.xml", "_rels/.rels"
	if a.has(usual) || !a.has(relations) {
		return usual, nil
	}
	r := relation{target: usual}
	_, err := a.walk(relations, &r)
	return strings.TrimPrefix(r.target, "/"), err
}

// relation finds the main part.
type relation struct{ target string }

func (r *relation) enter(_ string, attr func(string) string) bool {
	if strings.HasSuffix(attr("Type"), "/officeDocument") {
		r.target = attr("Target")
	}
	return true
}
func (r *relation) leave(string) {}
func (r *relation) text(string)  {}

// wordReader makes prose of a document's elements.
type wordReader struct {
	prose
	left    tally
	cells   int  // cells of tables that the walk is in
	letters bool // it is in an element that holds text
	heading bool // the paragraph is one
}

// wordLeft are elements that are left out, and those that only count.
var wordLeft = map[string]struct {
	kind string
	out  bool
}{
	"del": {Deleted, true}, "moveFrom": {Deleted, true}, "oMath": {Formulas, true}, "Fallback": {"", true}, "rt": {"", true},
	"footnoteReference": {Footnotes, true}, "endnoteReference": {Footnotes, true}, "commentReference": {Comments, true},
	"blip": {Pictures, true}, "imagedata": {Pictures, true}, "tbl": {Tables, false},
}

func (w *wordReader) enter(name string, attr func(string) string) bool {
	if left, is := wordLeft[name]; is {
		if left.kind != "" {
			w.left[left.kind]++
		}
		if name == "tbl" {
			w.paragraph()
		}
		return !left.out
	}
	switch name {
	case "t":
		w.letters = true
	case "tab":
		w.put("\t")
	case "br", "cr":
		w.end()
	case "noBreakHyphen":
		w.put("-")
	case "tc":
		w.cells++
	case "pStyle":
		if isHeading(attr("val")) {
			w.paragraph()
			w.heading = true
		}
	case "tabs", "sectPr": // the places of tabs, and the page
		return false
	}
	return true
}

// isHeading knows the names that Word gives the styles of headings.
func isHeading(style string) bool {
	style = strings.ToLower(style)
	for _, begins := range []string{"heading", "title", "berschrift", "überschrift", "titre", "titel"} {
		if strings.HasPrefix(style, begins) {
			return true
		}
	}
	return false
}

func (w *wordReader) leave(name string) {
	switch name {
	case "t":
		w.letters = false
	case "p":
		switch {
		case w.cells > 0:
			w.space()
		case w.heading:
			w.paragraph()
		default:
			w.end()
		}
		w.heading = false
	case "tc":
		w.cells--
		w.cell()
	case "tr":
		w.line()
	case "tbl":
		w.paragraph()
	}
}

func (w *wordReader) text(text string) {
	if w.letters {
		w.put(text)
	}
}
