package document

import (
	"bytes"
	"errors"
	"net/url"
	"path"
	"strings"
)

// container names the part that says where a book's list of chapters lies.
const container = "META-INF/container.xml"

// epub is a book: its chapters in the order of the spine (EPUB 3.3, section 5).
func (s *source) epub() (*Document, error) {
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	if err := a.unlocked(); err != nil {
		return nil, err
	}
	root := &rootFile{}
	if _, err := a.walk(container, root); err != nil {
		return nil, err
	}
	b := &book{dir: path.Dir(root.path), items: map[string]item{}}
	if _, err := a.walk(root.path, b); err != nil {
		return nil, err
	}
	if len(b.spine) == 0 {
		return nil, s.wrong(Damaged, root.path, errors.New("it names no chapter"))
	}
	return a.chapters(b)
}

// chapters joins what the spine names; pictures that stand in it as chapters
// count as pictures.
func (a *archive) chapters(b *book) (*Document, error) {
	p := &prose{max: a.max}
	d := &Document{}
	for _, id := range b.spine {
		it := b.items[id]
		switch {
		case !a.has(it.path):
			a.left[Chapters]++
			continue
		case it.nav:
			a.left[Contents]++
			continue
		case !strings.Contains(it.kind, "html"):
			a.left[Pictures]++
			continue
		}
		raw, err := a.part(it.path)
		if err != nil {
			return nil, err
		}
		if len(raw) == 0 {
			continue
		}
		text, encoding, err := a.decodeAs(raw, declared(raw))
		if err != nil {
			return nil, a.wrong(Damaged, it.path, errors.New("it is no page"))
		}
		d.Encoding = encoding
		p.paragraph()
		a.markup(text, p)
	}
	d.Text = p.text()
	return d, nil
}

// unlocked refuses a book of which more is encrypted than its fonts.
func (a *archive) unlocked() error {
	const name = "META-INF/encryption.xml"
	if !a.has(name) {
		return nil
	}
	raw, err := a.part(name)
	if err != nil {
		return err
	}
	fonts := bytes.Count(raw, []byte("http://www.idpf.org/2008/embedding")) + bytes.Count(raw, []byte("http://ns.adobe.com/pdf/enc#RC"))
	if bytes.Count(raw, []byte("CipherReference")) > 0 && bytes.Count(raw, []byte("EncryptionMethod ")) > fonts {
		return a.wrong(Locked, "", nil)
	}
	return nil
}

// rootFile finds the list of chapters.
type rootFile struct{ path string }

func (r *rootFile) enter(name string, attr func(string) string) bool {
	if name == "rootfile" && r.path == "" {
		r.path = attr("full-path")
	}
	return true
}
func (r *rootFile) leave(string) {}
func (r *rootFile) text(string)  {}

// item is a part that a book is made of.
type item struct {
	path, kind string
	nav        bool // it is the table of contents
}

// book is what a book's list says.
type book struct {
	dir   string
	items map[string]item // by id
	spine []string        // ids
}

func (b *book) enter(name string, attr func(string) string) bool {
	switch name {
	case "item":
		href, err := url.PathUnescape(attr("href"))
		if err != nil {
			href = attr("href")
		}
		nav := strings.Contains(" "+attr("properties")+" ", " nav ")
		b.items[attr("id")] = item{path.Join(b.dir, href), attr("media-type"), nav}
	case "itemref":
		b.spine = append(b.spine, attr("idref"))
	}
	return true
}
func (b *book) leave(string) {}
func (b *book) text(string)  {}
