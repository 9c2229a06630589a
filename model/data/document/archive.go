package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// What an archive may have at most.
const (
	maxEntries = 10_000
	maxRatio   = 200     // a part is so many times larger unpacked; XML hardly reaches 50
	freeSize   = 1 << 20 // below which a part's ratio does not count
)

// archive is a zip that is read with limits.
type archive struct {
	*source
	files  map[string]*zip.File
	unpack int // bytes that may still be unpacked
}

// open reads the list of a zip's parts.
func (s *source) open() (*archive, error) {
	z, err := zip.NewReader(bytes.NewReader(s.raw), int64(len(s.raw)))
	switch {
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, s.wrong(Damaged, "", err)
	case len(z.File) > maxEntries:
		return nil, s.limit(Grows, "", len(z.File), maxEntries)
	}
	a := &archive{source: s, files: map[string]*zip.File{}, unpack: 2 * s.max}
	for _, f := range z.File {
		if _, twice := a.files[f.Name]; !twice {
			a.files[f.Name] = f
		}
	}
	return a, nil
}

func (a *archive) has(name string) bool { return a.files[name] != nil }

// part unpacks a part. What its header says of its size is checked first, and
// what comes then again.
func (a *archive) part(name string) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, a.wrong(Damaged, name, errors.New("it is missing"))
	}
	size, packed := f.UncompressedSize64, max(1, min(f.CompressedSize64, uint64(len(a.raw))))
	if size > uint64(a.unpack) || size > freeSize && size/packed > maxRatio {
		return nil, a.limit(Grows, name, int(min(size, 1<<50)), a.unpack)
	}
	if f.Flags&1 != 0 {
		return nil, a.wrong(Locked, name, nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, a.wrong(Damaged, name, err)
	}
	defer r.Close()
	var out bytes.Buffer
	out.Grow(int(size))
	n, err := io.Copy(&out, io.LimitReader(r, int64(size)+1))
	a.unpack -= int(n)
	switch {
	case err != nil:
		return nil, a.wrong(Damaged, name, err)
	case n > int64(size):
		return nil, a.limit(Grows, name, int(n), int(size))
	}
	return out.Bytes(), nil
}

// inZip is the format of a zip, by the parts that it has.
func (s *source) inZip() (string, error) {
	a, err := s.open()
	if err != nil {
		return "", err
	}
	kind := ""
	if a.has("mimetype") {
		raw, err := a.part("mimetype")
		if err != nil {
			return "", err
		}
		kind = strings.TrimSpace(string(raw))
	}
	switch {
	case strings.HasPrefix(kind, "application/vnd.oasis.opendocument.text"):
		return ODT, nil
	case kind == "application/epub+zip", a.has(container):
		return EPUB, nil
	case strings.Contains(kind, "spreadsheet"), a.has("xl/workbook.xml"):
		return "", s.foreign(Sheet)
	case strings.Contains(kind, "presentation"), a.has("ppt/presentation.xml"):
		return "", s.foreign(Slides)
	case a.has("word/document.xml"), a.has("[Content_Types].xml"):
		return DOCX, nil
	}
	return "", s.foreign(Archive)
}
