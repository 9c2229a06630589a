package tensor

// Span is a sequence's part of the rows (N,…) of a pass: Rows consecutive ones,
// the first of them at position First of the sequence. What it may look back
// at are First+Rows rows of keys and values, from row Keys on: its own rows
// where everything is read at once, a cache's where it is read bit by bit. So
// sequences that stand side by side know nothing of each other. With a Window a
// row looks back at so many positions only, its own included.
type Span struct{ Rows, First, Keys, Window int }

// Seen is the number of positions that the last row of s may look back at,
// itself included.
func (s Span) Seen() int { return s.First + s.Rows }

// Windowed are spans whose rows look back at so many positions at most, until the
// next Reset. Where that is no less than they do it is spans.
func (t *Tape) Windowed(spans []Span, window int) []Span {
	longer := false
	for _, s := range spans {
		longer = longer || s.Seen() > window
	}
	if window == 0 || !longer {
		return spans
	}
	from := len(t.spans)
	for _, s := range spans {
		s.Window = window
		t.spans = append(t.spans, s)
	}
	return t.spans[from:]
}

// Spans are whole sequences of these lengths, one after the other, until the
// next Reset.
func (t *Tape) Spans(lengths []int) []Span {
	from := len(t.spans)
	row := 0
	for _, n := range lengths {
		t.spans = append(t.spans, Span{Rows: n, Keys: row})
		row += n
	}
	return t.spans[from:]
}
