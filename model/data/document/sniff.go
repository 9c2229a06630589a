package document

import (
	"bytes"
	"path"
	"strings"
)

// foreigners are the first bytes of files that hold no text for us. Some are
// words too, so they count only before a NUL.
var foreigners = []struct {
	at    int
	magic string
	kind  string
}{
	{0, "\x89PNG\r\n", Picture}, {0, "\xFF\xD8\xFF", Picture}, {0, "GIF8", Picture}, {8, "WEBP", Picture}, {0, "II*\x00", Picture}, {0, "MM\x00*", Picture},
	{0, "OggS", Sound}, {0, "ID3", Sound}, {0, "fLaC", Sound}, {8, "WAVE", Sound}, {4, "ftyp", Sound}, {0, "\x1AE\xDF\xA3", Sound},
	{0, "\x1F\x8B", Archive}, {0, "7z\xBC\xAF\x27\x1C", Archive}, {0, "Rar!\x1A", Archive}, {0, "BZh9", Archive}, {0, "\xFD7zXZ", Archive}, {257, "ustar", Archive},
	{0, "\x7FELF", Program}, {0, "MZ\x90\x00", Program}, {0, "\x00asm", Program}, {0, "\xCF\xFA\xED\xFE", Program},
	{0, `{\rtf`, RTF}, {0, "SQLite format 3\x00", OtherProgram}, {0, "GGUF", OtherProgram},
}

const (
	zipMagic   = "PK\x03\x04"
	emptyZip   = "PK\x05\x06"
	oldOffice  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	headLength = 1024 // bytes of a beginning
)

// sniff is the format of the file.
func (s *source) sniff() (string, error) {
	raw := s.raw
	nul := bytes.IndexByte(raw[:min(len(raw), headLength)], 0) >= 0
	for _, f := range foreigners {
		if (nul || f.kind == RTF) && len(raw) > f.at && bytes.HasPrefix(raw[f.at:], []byte(f.magic)) {
			return "", s.foreign(f.kind)
		}
	}
	switch {
	case bytes.HasPrefix(raw, []byte(oldOffice)):
		return "", s.oldOffice()
	case bytes.HasPrefix(raw, []byte(zipMagic)), bytes.HasPrefix(raw, []byte(emptyZip)):
		return s.inZip()
	case isPDF(raw):
		return PDF, nil
	}
	return s.ofText(), nil
}

// oldOffice is a file of the time before docx, or a docx with a password.
func (s *source) oldOffice() error {
	switch {
	case bytes.Contains(s.raw, wide("EncryptedPackage")):
		return s.wrong(Locked, "", nil)
	case bytes.Contains(s.raw, wide("WordDocument")):
		return s.foreign(OldWord)
	case bytes.Contains(s.raw, wide("Workbook")):
		return s.foreign(Sheet)
	case bytes.Contains(s.raw, wide("PowerPoint Document")):
		return s.foreign(Slides)
	}
	return s.foreign(OtherProgram)
}

// wide is ASCII as UTF-16LE.
func wide(ascii string) []byte {
	var b []byte
	for _, c := range []byte(ascii) {
		b = append(b, c, 0)
	}
	return b
}

// isPDF finds the mark that may stand behind other bytes, if the file has what
// else only a PDF has.
func isPDF(raw []byte) bool {
	at := bytes.Index(raw[:min(len(raw), headLength)], []byte("%PDF-"))
	return at == 0 || at > 0 && bytes.Contains(raw, []byte("startxref"))
}

// ofText is the format of what is text as it stands.
func (s *source) ofText() string {
	head := beginning(s.raw)
	ext := strings.ToLower(path.Ext(s.name))
	switch {
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"), strings.HasPrefix(head, "<?xml") && strings.Contains(head, "<html"):
		return HTML
	case ext == ".htm" || ext == ".html" || ext == ".xhtml":
		return HTML
	case ext == ".md" || ext == ".markdown":
		return Markdown
	case ext == ".csv":
		return CSV
	case ext == ".tsv" || ext == ".tab":
		return TSV
	case ext == ".jsonl" || ext == ".ndjson" || strings.HasPrefix(head, "{"):
		return JSONL
	}
	return Text
}

// beginning is the start of a text in small letters, without a byte order mark,
// comments of markup and what takes another byte a letter.
func beginning(raw []byte) string {
	head := bytes.TrimLeft(raw[:min(len(raw), headLength)], "\xEF\xBB\xBF\xFE\xFF \t\r\n\x00")
	text := strings.ToLower(string(bytes.ReplaceAll(head, []byte{0}, nil)))
	for strings.HasPrefix(text, "<!--") {
		_, rest, closed := strings.Cut(text, "-->")
		if !closed {
			break
		}
		text = strings.TrimLeft(rest, " \t\r\n")
	}
	return text
}
