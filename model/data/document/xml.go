package document

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds how deep elements of XML may lie in each other.
const maxDepth = 512

// element is what hears of a part's elements and text, by their names without
// namespace. enter returns false to leave the element out, with all within it.
type element interface {
	enter(name string, attr func(name string) string) bool
	leave(name string)
	text(text string)
}

// walk reads an XML part of an archive. A declaration of a wrong encoding does
// not count, and of entities only XML's own five are known.
func (a *archive) walk(name string, e element) (encoding string, err error) {
	raw, err := a.part(name)
	if err != nil {
		return "", err
	}
	text, encoding, err := a.decodeAs(raw, declared(raw))
	if err != nil {
		return "", a.wrong(Damaged, name, errors.New("it is no XML"))
	}
	w := &walk{Decoder: xml.NewDecoder(strings.NewReader(text)), element: e}
	w.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for err == nil {
		err = w.next()
	}
	switch {
	case !errors.Is(err, io.EOF):
		line, _ := w.InputPos()
		return "", a.wrong(Damaged, fmt.Sprintf("%s, line %d", name, line), err)
	case !w.any:
		return "", a.wrong(Damaged, name, errors.New("it is no XML"))
	}
	return encoding, nil
}

// walk is a walk through XML.
type walk struct {
	*xml.Decoder
	element
	depth, skip int // skip is the depth of the element that is left out, or 0
	any         bool
}

func (w *walk) next() error {
	token, err := w.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case xml.StartElement:
		w.any = true
		if w.depth++; w.depth > maxDepth {
			return fmt.Errorf("elements lie more than %d deep in each other", maxDepth)
		}
		if w.skip == 0 && !w.enter(t.Name.Local, attributes(t.Attr)) {
			w.skip = w.depth
		}
	case xml.EndElement:
		switch {
		case w.skip == 0:
			w.leave(t.Name.Local)
		case w.skip == w.depth:
			w.skip = 0
		}
		w.depth--
	case xml.CharData:
		if w.skip == 0 {
			w.text(string(t))
		}
	}
	return nil
}

// attributes finds an attribute by its name without namespace, "" if there is
// none.
func attributes(list []xml.Attr) func(string) string {
	return func(name string) string {
		for _, a := range list {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
}
