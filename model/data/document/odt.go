package document

import (
	"bytes"
	"strconv"
	"strings"
)

// odt is a document of LibreOffice: paragraphs and headings of content.xml
// (OpenDocument 1.3 Part 3, section 6).
func (s *source) odt() (*Document, error) {
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	const manifest = "META-INF/manifest.xml"
	if a.has(manifest) {
		raw, err := a.part(manifest)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(raw, []byte("encryption-data")) {
			return nil, s.wrong(Locked, "", nil)
		}
	}
	r := &openReader{prose: prose{max: s.max}, left: s.left}
	encoding, err := a.walk("content.xml", r)
	if err != nil {
		return nil, err
	}
	return &Document{Text: r.prose.text(), Encoding: encoding}, nil
}

// openReader makes prose of a document's elements.
type openReader struct {
	prose
	left  tally
	cells int // cells of tables that the walk is in
	deep  int // paragraphs and headings that it is in
}

// openLeft are elements that are left out, and those that only count.
var openLeft = map[string]struct {
	kind string
	out  bool
}{
	"note": {Footnotes, true}, "annotation": {Comments, true}, "deletion": {Deleted, true}, "tracked-changes": {"", true}, "ruby-text": {"", true},
	"image": {Pictures, true}, "object": {Formulas, true}, "table-of-content": {Contents, true}, "table": {Tables, false}, "script": {Scripts, true},
}

// maxSpaces bounds the spaces that one element stands for.
const maxSpaces = 100

func (r *openReader) enter(name string, attr func(string) string) bool {
	if left, is := openLeft[name]; is {
		if left.kind != "" {
			r.left[left.kind]++
		}
		if name == "table" {
			r.paragraph()
		}
		return !left.out
	}
	switch name {
	case "h":
		r.paragraph()
		r.deep++
	case "p":
		r.deep++
	case "s":
		n, _ := strconv.Atoi(attr("c"))
		r.put(strings.Repeat(" ", min(max(n, 1), maxSpaces)))
	case "tab":
		r.put("\t")
	case "line-break":
		r.prose.end()
	case "table-cell":
		r.cells++
	}
	return true
}

func (r *openReader) leave(name string) {
	switch name {
	case "h":
		r.deep--
		r.paragraph()
	case "p":
		r.deep--
		if r.cells > 0 {
			r.space()
		} else {
			r.end()
		}
	case "table-cell":
		r.cells--
		r.cell()
	case "table-row":
		r.line()
	case "table":
		r.paragraph()
	}
}

func (r *openReader) text(text string) {
	if r.deep > 0 {
		r.words(text)
	}
}
