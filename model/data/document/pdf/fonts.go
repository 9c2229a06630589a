package pdf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/reader"
)

// fonts tells what bytes mean in the fonts of a file, and keeps count of what
// is no text.
type fonts struct {
	file     *reader.PdfReader
	page     *reader.PageInfo // any of its pages
	pictures map[int]bool     // by the numbers of their objects
	inline   int              // pictures without a number
	unknown  int
}

// shown are bytes in a font.
type shown struct {
	font string // by its name in the resources
	raw  string
}

// letters is what was shown.
type letters struct {
	text  string
	width float64 // for a font of size 1
	space float64 // that of the font's space, 0 if unknown
}

// read tells what each of list is. Folio keeps its fonts to itself and tells of
// texts where they stand on a page; so the page is given another content in
// which each of list is a marked text of size 1, and asked again.
func (f *fonts) read(list []shown, resources *core.PdfDictionary) ([]letters, error) {
	var content strings.Builder
	for i, s := range list {
		fmt.Fprintf(&content, "BT /%s 1 Tf /T <</MCID %d>> BDC <%x> Tj EMC ET\n", escaped(s.font), i, s.raw)
	}
	page := f.page.Dict()
	before, beforeResources := page.Get("Contents"), page.Get("Resources")
	page.Set("Contents", core.NewPdfStream([]byte(content.String())))
	page.Set("Resources", resources)
	defer func() {
		page.Set("Contents", before)
		if beforeResources == nil {
			page.Remove("Resources")
		} else {
			page.Set("Resources", beforeResources)
		}
	}()
	spans, err := f.page.TextSpans()
	out := make([]letters, len(list))
	for _, s := range spans {
		if s.MCID >= 0 && s.MCID < len(out) {
			out[s.MCID] = letters{s.Text, s.Width, s.SpaceWidth}
			f.unknown += unnamed(s.Text)
		}
	}
	return out, err
}

// unnamed counts what is no letter of any script: signs for which a font has no
// name but its own.
func unnamed(text string) (n int) {
	for _, r := range text {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' || unicode.Is(unicode.Co, r) {
			n++
		}
	}
	return n
}

// escaped is a name as a content stream writes it.
func escaped(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c > ' ' && c < 0x7F && !strings.ContainsRune("#/%()<>[]{}", rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "#%02x", c)
		}
	}
	return b.String()
}

// dict is an entry of a dictionary that is one itself, nil if it is not.
func (f *fonts) dict(of *core.PdfDictionary, key string) *core.PdfDictionary {
	if of == nil {
		return nil
	}
	found, err := f.file.ResolveObject(of.Get(key))
	if err != nil {
		return nil
	}
	d, _ := found.(*core.PdfDictionary)
	return d
}

// wide tells whether a font takes two bytes a letter.
func (f *fonts) wide(font string, resources *core.PdfDictionary) bool {
	d := f.dict(f.dict(resources, "Font"), font)
	return d != nil && isName(d.Get("Subtype"), "Type0")
}

func isName(o core.PdfObject, name string) bool {
	n, is := o.(*core.PdfName)
	return is && n.Value == name
}

// form is the drawing of this name; nil for a picture, which is counted.
func (f *fonts) form(name string, resources *core.PdfDictionary) *core.PdfStream {
	list := f.dict(resources, "XObject")
	if list == nil {
		return nil
	}
	ref, numbered := list.Get(name).(*core.PdfIndirectReference)
	if numbered && f.pictures[ref.Num()] {
		return nil
	}
	found, err := f.file.ResolveObject(list.Get(name))
	stream, is := found.(*core.PdfStream)
	switch {
	case err == nil && is && isName(stream.Dict.Get("Subtype"), "Form"):
		return stream
	case err == nil && !is:
	case numbered:
		f.pictures[ref.Num()] = true
	default:
		f.inline++
	}
	return nil
}

// matrix is the one by which a form is placed.
func (f *fonts) matrix(form *core.PdfStream) matrix {
	found, err := f.file.ResolveObject(form.Dict.Get("Matrix"))
	list, is := found.(*core.PdfArray)
	if err != nil || !is || list.Len() != 6 {
		return identity
	}
	var m matrix
	for i := range m {
		if n, is := list.At(i).(*core.PdfNumber); is {
			m[i] = n.FloatValue()
		}
	}
	return m
}
