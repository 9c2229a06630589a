// Package pdf takes the text out of PDF (ISO 32000-1). Objects, streams and
// fonts are folio's; where letters stand, and how they become lines in the
// order of reading, is computed here.
package pdf

import (
	"errors"
	"fmt"
	"strings"

	"github.com/carlos7ags/folio/reader"
)

// Why a file is not read.
var (
	ErrLocked = errors.New("pdf: it is encrypted")
	ErrGrows  = errors.New("pdf: it grows beyond measure")
	ErrPages  = errors.New("pdf: it has too many pages")
)

// What a file may have at most.
const (
	maxPages  = 10_000
	maxStream = 64 << 20 // bytes of one stream, unpacked
	maxTotal  = 2 << 30  // of all, one after another
	kept      = 256      // objects that are held in memory
)

// Contents is what a file holds.
type Contents struct {
	Text     string
	Pages    int
	Bare     int // pages without text
	Pictures int
	Unknown  int // letters that a font does not name
}

// Read takes the text out of a file, up to max bytes; a longer one is cut.
func Read(raw []byte, max int) (*Contents, error) {
	file, err := reader.ParseWithOptions(raw, reader.ReadOptions{MaxCache: kept,
		MemoryLimits: reader.MemoryLimits{MaxStreamSize: maxStream, MaxTotalAlloc: maxTotal}})
	switch {
	case errors.Is(err, reader.ErrInvalidPassword), errors.Is(err, reader.ErrUnsupportedEncryption):
		return nil, errors.Join(ErrLocked, err)
	case errors.Is(err, reader.ErrMemoryLimitExceeded):
		return nil, errors.Join(ErrGrows, err)
	case err != nil:
		return nil, err
	case file.PageCount() == 0:
		return nil, errors.New("pdf: it has no page")
	case file.PageCount() > maxPages:
		return nil, ErrPages
	}
	return pages(file, max)
}

// pages joins the pages of a file. One that cannot be read is an error only if
// no other can.
func pages(file *reader.PdfReader, max int) (*Contents, error) {
	c := &Contents{Pages: file.PageCount()}
	f := &fonts{file: file, pictures: map[int]bool{}}
	var out strings.Builder
	var failed error
	for i := range c.Pages {
		text, err := page(f, i)
		if errors.Is(err, reader.ErrMemoryLimitExceeded) {
			return nil, errors.Join(ErrGrows, err)
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("page %d: %w", i+1, err)
		}
		if text = strings.TrimSpace(text); text == "" {
			c.Bare++
			continue
		}
		out.WriteString(text)
		out.WriteByte('\n')
		if out.Len() > max {
			break
		}
	}
	c.Text, c.Pictures, c.Unknown = out.String(), len(f.pictures)+f.inline, f.unknown
	if c.Text == "" && failed != nil {
		return nil, failed
	}
	return c, nil
}

// page is the text of the page with this index.
func page(f *fonts, i int) (string, error) {
	p, err := f.file.Page(i)
	if err != nil {
		return "", err
	}
	content, err := p.ContentStream()
	if err != nil || len(content) == 0 {
		return "", err
	}
	resources, err := p.Resources()
	if err != nil {
		return "", err
	}
	f.page = p
	d := &drawing{fonts: f, budget: maxOperators}
	err = d.run(content, resources, identity)
	return layout(d.seen()), err
}
