package pdf

import (
	"errors"
	"math"
	"unicode/utf8"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/reader"
)

// What a page may draw.
const (
	maxOperators = 1_000_000
	formCost     = 500 // operators that beginning a form counts as
	maxForms     = 16  // that lie in each other
	maxStates    = 256
)

var errBudget = errors.New("it draws too much")

// matrix is [a b c d e f] of ISO 32000-1, section 8.3.3.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times is first m, then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func moved(x, y float64) matrix { return matrix{1, 0, 0, 1, x, y} }

// piece is a text and where it stands, in the direction in which it is read.
type piece struct {
	letters
	x, y   float64 // where its base line begins; y grows upwards
	end    float64 // where it ends, in x
	size   float64 // of its letters
	hidden bool
}

// state is what q keeps and Q brings back.
type state struct {
	page                      matrix
	font                      string
	size                      float64
	charGap, wordGap, leading float64
	rise                      float64
	stretch                   float64
	hidden                    bool
}

// drawing is what a page draws, as far as it is text.
type drawing struct {
	*fonts
	resources  *core.PdfDictionary
	now        state
	kept       []state
	text, line matrix
	pieces     []piece
	read       []letters // what the texts to come are
	budget     int
	forms      int
}

// run draws a content with its resources, placed by at.
func (d *drawing) run(content []byte, resources *core.PdfDictionary, at matrix) error {
	list := reader.ParseContentStream(content)
	if d.budget -= formCost + len(list); d.budget < 0 {
		return errBudget
	}
	read, err := d.fonts.read(texts(list), resources)
	if err != nil {
		return err
	}
	outer := *d
	d.resources, d.read, d.kept = resources, read, nil
	d.now = state{page: at, stretch: 1}
	for _, op := range list {
		if err = d.do(op); err != nil {
			break
		}
	}
	outer.pieces, outer.budget = d.pieces, d.budget
	*d = outer
	return err
}

// texts lists what operators show, in their order.
func texts(list []reader.ContentOp) (all []shown) {
	font := ""
	var kept []string
	for _, op := range list {
		switch op.Operator {
		case "q":
			kept = append(kept, font)
		case "Q":
			if n := len(kept); n > 0 {
				font, kept = kept[n-1], kept[:n-1]
			}
		case "Tf":
			font = name(op)
		case "Tj", "TJ", "'", `"`:
			for _, t := range op.Operands {
				if isText(t) {
					all = append(all, shown{font, t.Value})
				}
			}
		}
	}
	return all
}

func isText(t reader.Token) bool {
	return t.Type == reader.TokenString || t.Type == reader.TokenHexString
}

// name is an operator's first operand.
func name(op reader.ContentOp) string {
	if len(op.Operands) == 0 || op.Operands[0].Type != reader.TokenName {
		return ""
	}
	return op.Operands[0].Value
}

// number is the operand of this index, 0 for none.
func number(op reader.ContentOp, i int) float64 {
	if i >= len(op.Operands) || op.Operands[i].Type != reader.TokenNumber {
		return 0
	}
	return value(op.Operands[i])
}

func value(t reader.Token) float64 {
	if t.IsInt {
		return float64(t.Int)
	}
	return t.Real
}

func numbers(op reader.ContentOp) (m matrix) {
	for i := range m {
		m[i] = number(op, i)
	}
	return m
}

// do carries out an operator (ISO 32000-1, sections 8.4 and 9.3).
func (d *drawing) do(op reader.ContentOp) error {
	switch op.Operator {
	case "q":
		if len(d.kept) < maxStates {
			d.kept = append(d.kept, d.now)
		}
	case "Q":
		if n := len(d.kept); n > 0 {
			d.now, d.kept = d.kept[n-1], d.kept[:n-1]
		}
	case "cm":
		d.now.page = numbers(op).times(d.now.page)
	case "BT":
		d.text, d.line = identity, identity
	case "Tf":
		d.now.font, d.now.size = name(op), number(op, 1)
	case "Tc":
		d.now.charGap = number(op, 0)
	case "Tw":
		d.now.wordGap = number(op, 0)
	case "Tz":
		d.now.stretch = number(op, 0) / 100
	case "TL":
		d.now.leading = number(op, 0)
	case "Ts":
		d.now.rise = number(op, 0)
	case "Tr":
		d.now.hidden = number(op, 0) == 3
	case "Td":
		d.next(number(op, 0), number(op, 1))
	case "TD":
		d.now.leading = -number(op, 1)
		d.next(number(op, 0), number(op, 1))
	case "T*":
		d.next(0, -d.now.leading)
	case "Tm":
		d.text = numbers(op)
		d.line = d.text
	case "Tj", "TJ":
		d.show(op.Operands)
	case "'":
		d.next(0, -d.now.leading)
		d.show(op.Operands)
	case `"`:
		d.now.wordGap, d.now.charGap = number(op, 0), number(op, 1)
		d.next(0, -d.now.leading)
		if len(op.Operands) > 2 {
			d.show(op.Operands[2:])
		}
	case "Do":
		return d.form(name(op))
	}
	return nil
}

// next begins another line.
func (d *drawing) next(x, y float64) {
	d.line = moved(x, y).times(d.line)
	d.text = d.line
}

// show places texts, and numbers between them that move on (section 9.4.3).
func (d *drawing) show(operands []reader.Token) {
	for _, t := range operands {
		switch {
		case t.Type == reader.TokenNumber:
			d.text = moved(-value(t)/1000*d.now.size*d.now.stretch, 0).times(d.text)
		case isText(t) && len(d.read) > 0:
			d.place(d.read[0], t.Value)
			d.read = d.read[1:]
		}
	}
}

// place places one text (section 9.4.4).
func (d *drawing) place(read letters, raw string) {
	n, spaces := len(raw), 0
	if d.fonts.wide(d.now.font, d.resources) {
		n /= 2
	} else {
		for i := range len(raw) {
			if raw[i] == ' ' {
				spaces++
			}
		}
	}
	width := (read.width*d.now.size + float64(n)*d.now.charGap + float64(spaces)*d.now.wordGap) * d.now.stretch
	at := moved(0, d.now.rise).times(d.text).times(d.now.page)
	d.text = moved(width, 0).times(d.text)
	if read.text == "" {
		return
	}
	long := math.Hypot(at[0], at[1])
	if long == 0 {
		return
	}
	cos, sin := at[0]/long, at[1]/long
	p := piece{letters: read, x: at[4]*cos + at[5]*sin, y: at[5]*cos - at[4]*sin, hidden: d.now.hidden}
	p.size = math.Abs(d.now.size) * math.Hypot(at[2], at[3])
	p.end, p.space = p.x+width*long, read.space*math.Abs(d.now.size)*long
	if gap := d.now.charGap * d.now.stretch * long; gap > wordGap*p.size && utf8.RuneCountInString(read.text) == n {
		d.pieces = append(d.pieces, apart(p, gap)...)
		return
	}
	d.pieces = append(d.pieces, p)
}

// apart are the letters of a piece, which lie as far apart as words do: some
// programs write justified lines so. Each is taken to be as wide as the others.
func apart(p piece, gap float64) (list []piece) {
	n := float64(utf8.RuneCountInString(p.text))
	wide := (p.end-p.x)/n - gap
	for _, r := range p.text {
		one := p
		one.text, one.end = string(r), p.x+wide
		list = append(list, one)
		p.x += wide + gap
	}
	return list
}

// form draws a drawing within the page.
func (d *drawing) form(name string) error {
	stream := d.fonts.form(name, d.resources)
	if stream == nil || d.forms == maxForms {
		return nil
	}
	resources := d.fonts.dict(stream.Dict, "Resources")
	if resources == nil {
		resources = d.resources
	}
	d.forms++
	err := d.run(stream.Data, resources, d.fonts.matrix(stream).times(d.now.page))
	d.forms--
	return err
}

// seen are the pieces that can be seen. Where none can, the page is a picture
// of which a program has read the text and laid it beneath.
func (d *drawing) seen() []piece {
	var seen []piece
	for _, p := range d.pieces {
		if !p.hidden {
			seen = append(seen, p)
		}
	}
	if len(seen) == 0 {
		return d.pieces
	}
	return seen
}
