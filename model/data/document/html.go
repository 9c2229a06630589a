package document

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is a web page.
func (s *source) page() (d *Document, err error) {
	d = &Document{}
	var text string
	if s.encoding != "" {
		text, d.Encoding, err = s.decode()
	} else {
		text, d.Encoding, err = s.decodeAs(s.raw, declared(s.raw))
	}
	if err != nil {
		return nil, err
	}
	p := &prose{max: s.max}
	s.markup(text, p)
	d.Text = p.text()
	return d, nil
}

// charset finds how a page or XML declares its encoding.
var charset = regexp.MustCompile(`(?i)<meta[^>]*charset\s*=\s*["']?\s*([\w.:-]+)|^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)`)

// declared is the encoding that markup says it is in, or "".
func declared(raw []byte) string {
	head := raw[:min(len(raw), 4*headLength)]
	if bytes.IndexByte(head, 0) >= 0 {
		head = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	found := charset.FindSubmatch(head)
	if found == nil {
		return ""
	}
	return string(found[1]) + string(found[2])
}

// markup adds the text of HTML to p. Tags are taken one after another and never
// become a tree, so that depth costs nothing.
func (s *source) markup(text string, p *prose) {
	r := &htmlReader{prose: p, left: s.left, tags: html.NewTokenizer(strings.NewReader(text))}
	for !p.full() && r.next() {
	}
}

// htmlReader makes prose of tags.
type htmlReader struct {
	*prose
	left tally
	tags *html.Tokenizer
	skip atom.Atom // the element that is left out at present, or 0
	deep int       // elements of that kind within it
	pre  int       // open elements whose white space stands
}

// next takes the next tag or text; false at the end.
func (r *htmlReader) next() bool {
	switch r.tags.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		r.text()
	case html.StartTagToken:
		r.start(r.tag())
	case html.SelfClosingTagToken:
		tag := r.tag()
		r.start(tag)
		if r.skip != 0 && tag == r.skip {
			r.end(tag)
		}
	case html.EndTagToken:
		r.end(r.tag())
	}
	return true
}

func (r *htmlReader) tag() atom.Atom {
	name, _ := r.tags.TagName()
	return atom.Lookup(name)
}

func (r *htmlReader) text() {
	text := string(r.tags.Text())
	switch {
	case r.skip != 0:
	case r.pre > 0:
		r.put(text)
	default:
		r.words(text)
	}
}

// omitted are elements whose text is not the page's.
var omitted = map[atom.Atom]string{
	atom.Script: Scripts, atom.Style: "", atom.Title: "", atom.Template: "", atom.Noscript: "", atom.Iframe: "", atom.Object: Pictures,
	atom.Svg: Pictures, atom.Math: Formulas, atom.Rt: "", atom.Rp: "", atom.Textarea: "", atom.Select: "", atom.Datalist: "",
}

// pictured are pictures and what plays.
var pictured = map[atom.Atom]bool{atom.Img: true, atom.Image: true, atom.Video: true, atom.Audio: true, atom.Canvas: true, atom.Embed: true}

// paragraphs are elements with an empty line before and after them, and broken
// those that only begin and end a line.
var paragraphs, broken = set(atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Table, atom.Ul, atom.Ol,
	atom.Dl, atom.Hr, atom.Figure, atom.Section, atom.Article, atom.Aside, atom.Nav, atom.Header, atom.Footer, atom.Main, atom.Form, atom.Fieldset),
	set(atom.Div, atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Address, atom.Option, atom.Caption, atom.Figcaption, atom.Legend, atom.Summary, atom.Details, atom.Body)

func set(tags ...atom.Atom) map[atom.Atom]bool {
	m := map[atom.Atom]bool{}
	for _, t := range tags {
		m[t] = true
	}
	return m
}

func (r *htmlReader) start(tag atom.Atom) {
	if r.skip != 0 {
		if tag == r.skip {
			r.deep++
		}
		return
	}
	if kind, out := omitted[tag]; out {
		if kind != "" {
			r.left[kind]++
		}
		r.skip, r.deep = tag, 0
		return
	}
	switch {
	case pictured[tag]:
		r.left[Pictures]++
	case tag == atom.Table:
		r.left[Tables]++
	case tag == atom.Br:
		r.prose.end()
	case tag == atom.Pre:
		r.pre++
	}
	r.bounds(tag)
}

func (r *htmlReader) end(tag atom.Atom) {
	switch {
	case r.skip == 0:
	case tag == r.skip && r.deep > 0:
		r.deep--
		return
	case tag == r.skip:
		r.skip = 0
		return
	default:
		return
	}
	if tag == atom.Pre && r.pre > 0 {
		r.pre--
	}
	if tag == atom.Td || tag == atom.Th {
		r.cell()
		return
	}
	r.bounds(tag)
}

// bounds breaks where an element begins or ends.
func (r *htmlReader) bounds(tag atom.Atom) {
	switch {
	case paragraphs[tag]:
		r.paragraph()
	case broken[tag]:
		r.line()
	}
}
