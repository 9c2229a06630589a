package document

import (
	"errors"

	"hornbook/model/data/document/pdf"
)

// pdf is what a printer would print, as far as it is letters.
func (s *source) pdf() (*Document, error) {
	c, err := pdf.Read(s.raw, s.max)
	switch {
	case errors.Is(err, pdf.ErrLocked):
		return nil, s.wrong(Locked, "", err)
	case errors.Is(err, pdf.ErrGrows), errors.Is(err, pdf.ErrPages):
		return nil, s.wrong(Grows, "", err)
	case err != nil:
		return nil, s.wrong(Damaged, "", err)
	case c.Bare == c.Pages && c.Pictures > 0:
		return nil, s.wrong(Scanned, "", nil)
	}
	s.left[Pages], s.left[Pictures], s.left[Letters] = c.Bare, c.Pictures, c.Unknown
	return &Document{Text: c.Text}, nil
}
