// Package document turns the bytes of a file into plain text: of a text in any
// common encoding, of what word processors write, of web pages, books and PDF.
// It says what it understood and what it left out, and why a file cannot be
// read.
//
// What a file is, its first bytes decide and its name only where they leave it
// open: a docx that is called a.txt is a docx. Limits are kept before memory is
// taken, no entity of XML is expanded, and nothing is fetched.
package document

import "strings"

// Largest bounds a file and its text, in bytes, where Options names no limit.
const Largest = 64 << 20

// Options say how a file is read.
type Options struct {
	Encoding string // of Encodings, in which text without a format is; "" to find it out
	Max      int    // bytes of the file and of its text; 0 for Largest
}

// The formats.
const (
	Text     = "text"
	Markdown = "md"
	CSV      = "csv"
	TSV      = "tsv"
	JSONL    = "jsonl"
	HTML     = "html"
	DOCX     = "docx"
	ODT      = "odt"
	EPUB     = "epub"
	PDF      = "pdf"
)

// What JSON lines hold.
const (
	Conversations = "conversations" // {"messages":…}
	Pairs         = "pairs"         // {"prompt":…,"chosen":…,"rejected":…}
	Tasks         = "tasks"         // {"prompt":…,"answer":…}
	Texts         = "texts"         // {"text":…}, of which Text is what they hold
)

// Document is what was understood of a file.
type Document struct {
	Text     string // UTF-8; each line ends by \n alone
	Format   string
	Encoding string // of Encodings, by which the bytes were read; "" for PDF, which has one a font
	Left     []Left // what was left out or changed, in the order of the kinds
	Talks    string // what JSON lines hold; "" for all else
}

// Left is how many of a kind were left out or changed.
type Left struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Kinds of what is left out, in their order.
const (
	Pictures  = "pictures"
	Footnotes = "footnotes" // and endnotes
	Comments  = "comments"  // in the margin
	Headers   = "headers"   // and footers, of all pages alike
	Contents  = "contents"  // a table of contents that is no chapter
	Formulas  = "formulas"
	Scripts   = "scripts"
	Deleted   = "deleted"  // what was deleted while changes were recorded
	Chapters  = "chapters" // that a book names and lacks
	Pages     = "pages"    // without any text
	Lines     = "lines"    // JSON lines without a text
	Letters   = "letters"  // that are no valid bytes of the encoding, or that a font does not name
	Tables    = "tables"   // not left out, but flattened: a row is a line, with tabs between its cells
	Marks     = "marks"    // a mark or declaration of another encoding than the bytes have
)

// Kinds gives the order of Document.Left.
var Kinds = []string{Pictures, Footnotes, Comments, Headers, Contents, Formulas, Scripts, Deleted, Chapters, Pages, Lines, Letters, Tables, Marks}

// tally counts what is left out, by kind.
type tally map[string]int

func (t tally) list() (left []Left) {
	for _, kind := range Kinds {
		if t[kind] > 0 {
			left = append(left, Left{kind, t[kind]})
		}
	}
	return left
}

// source is a file that is being read.
type source struct {
	name     string
	raw      []byte
	encoding string // that is asked for, or ""
	max      int
	left     tally
}

// Read understands the file of this name with these bytes. An error is an
// *Error. A reader's panic on a file that nobody has foreseen is an error too.
func Read(name string, raw []byte, o Options) (d *Document, err error) {
	s := &source{name: name, raw: raw, encoding: o.Encoding, max: o.Max, left: tally{}}
	if s.max <= 0 {
		s.max = Largest
	}
	defer func() {
		if thrown := recover(); thrown != nil {
			d, err = nil, s.wrong(Damaged, "", fault(thrown))
		}
	}()
	return s.read()
}

func (s *source) read() (*Document, error) {
	switch {
	case len(s.raw) == 0:
		return nil, s.wrong(Empty, "", nil)
	case len(s.raw) > s.max:
		return nil, s.limit(TooLarge, "", len(s.raw), s.max)
	case s.encoding != "" && !known(s.encoding):
		return nil, &Error{Code: EncodingUnknown, Name: s.name, Got: s.encoding}
	}
	format, err := s.sniff()
	if err != nil {
		return nil, err
	}
	d, err := readers[format](s)
	switch {
	case err != nil:
		return nil, err
	case len(d.Text) > s.max:
		return nil, s.limit(TextTooLarge, "", len(d.Text), s.max)
	case strings.TrimSpace(d.Text) == "":
		return nil, s.wrong(NoText, "", nil)
	}
	if d.Format == "" {
		d.Format = format
	}
	d.Left = s.left.list()
	return d, nil
}

// readers read a file of each format.
var readers map[string]func(*source) (*Document, error)

func init() { // else they and read would need each other first
	readers = map[string]func(*source) (*Document, error){
		Text: (*source).plain, Markdown: (*source).plain, CSV: (*source).plain, TSV: (*source).plain, JSONL: (*source).jsonLines,
		HTML: (*source).page, DOCX: (*source).docx, ODT: (*source).odt, EPUB: (*source).epub, PDF: (*source).pdf,
	}
}

// plain is a text as it stands.
func (s *source) plain() (*Document, error) {
	text, encoding, err := s.decode()
	if err != nil {
		return nil, err
	}
	return &Document{Text: text, Encoding: encoding}, nil
}

// Join makes one text of several, with an empty line between; JSON lines of one
// kind follow each other.
func Join(list []*Document) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0].Text
	}
	gap := "\n\n"
	if alike(list) {
		gap = "\n"
	}
	var all strings.Builder
	for i, d := range list {
		if i > 0 {
			all.WriteString(gap)
		}
		all.WriteString(strings.Trim(d.Text, "\n"))
	}
	all.WriteString("\n")
	return all.String()
}

// alike tells whether all are JSON lines of one kind that stay as they are.
func alike(list []*Document) bool {
	for _, d := range list {
		if d.Talks == "" || d.Talks == Texts || d.Talks != list[0].Talks {
			return false
		}
	}
	return true
}
