package document

import "strings"

// prose puts words, lines and paragraphs of markup together. Breaks wait until
// something follows them, so none stands at an end or twice.
type prose struct {
	out strings.Builder
	max int  // bytes, after which nothing more is taken
	gap int  // line ends that wait, at most 2
	sep byte // a space or tab that waits, or 0
}

// full tells that max is exceeded.
func (p *prose) full() bool { return p.out.Len() > p.max }

// line begins another line, unless one has begun.
func (p *prose) line() { p.breaks(1) }

// paragraph begins another line with an empty one before it.
func (p *prose) paragraph() { p.breaks(2) }

func (p *prose) breaks(n int) {
	if p.out.Len() > 0 {
		p.gap = max(p.gap, n)
	}
	p.sep = 0
}

// end ends a line; two ends make an empty line, further ones none.
func (p *prose) end() { p.breaks(min(2, p.gap+1)) }

// cell ends a cell of a table.
func (p *prose) cell() { p.sep = '\t' }

// space separates words.
func (p *prose) space() {
	if p.sep == 0 {
		p.sep = ' '
	}
}

// words adds text in which any white space is a space.
func (p *prose) words(text string) {
	for text != "" && !p.full() {
		at := strings.IndexAny(text, " \t\r\n\f")
		if at == 0 {
			p.space()
			text = text[1:]
			continue
		}
		if at < 0 {
			at = len(text)
		}
		p.put(text[:at])
		text = text[at:]
	}
}

// put adds text as it is, behind the breaks that wait.
func (p *prose) put(text string) {
	if text == "" || p.full() {
		return
	}
	begun := p.out.Len() > 0 && p.gap == 0
	for ; p.gap > 0; p.gap-- {
		p.out.WriteByte('\n')
	}
	if p.sep != 0 && (begun || p.sep == '\t' && p.out.Len() > 0) {
		p.out.WriteByte(p.sep)
	}
	p.sep = 0
	p.out.WriteString(text)
}

// text is all of it.
func (p *prose) text() string {
	if p.out.Len() == 0 {
		return ""
	}
	return p.out.String() + "\n"
}
