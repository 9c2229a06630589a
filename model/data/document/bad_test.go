package document

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"
)

// lying is a docx whose main part says that it becomes size bytes.
func lying(t *testing.T, content []byte, size uint64) []byte {
	t.Helper()
	var packed, out bytes.Buffer
	f, _ := flate.NewWriter(&packed, flate.BestCompression)
	f.Write(content)
	f.Close()
	z := zip.NewWriter(&out)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: size})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(packed.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRefused(t *testing.T) {
	rng := rand.NewChaCha8([32]byte{1})
	junk := make([]byte, 4096)
	rng.Read(junk)
	bomb := bytes.Repeat([]byte("<w:p>"), 1<<19)
	docx := file(t, "tale.docx")
	deep := strings.Repeat("<w:p>", maxDepth+1) + strings.Repeat("</w:p>", maxDepth+1)
	for _, c := range []struct {
		what string
		name string
		raw  []byte
		o    Options
		code Code
		got  string
	}{
		{"nothing", "a.txt", nil, Options{}, Empty, ""},
		{"white space", "a.txt", []byte(" \n\n"), Options{}, NoText, ""},
		{"a long file", "a.txt", []byte("12345"), Options{Max: 4}, TooLarge, "5"},
		{"a long text", "a.txt", bytes.Repeat([]byte("\xE4"), 10), Options{Max: 12, Encoding: windows1252}, TextTooLarge, "20"},
		{"junk", "a.txt", junk, Options{}, Binary, ""},
		{"NULs", "a.txt", bytes.Repeat([]byte{0, 1}, 5000), Options{}, Binary, ""},
		{"Cyrillic of Windows", "a.txt", []byte("\xCF\xF0\xE8\xE2\xE5\xF2, \xCC\xE8\xF0 2026"), Options{}, EncodingUnsure, ""},
		{"a picture", "a.txt", []byte("\x89PNG\r\n\x1A\n\x00..."), Options{}, Foreign, Picture},
		{"a program", "a", []byte("\x7FELF\x00..."), Options{}, Foreign, Program},
		{"RTF", "a.doc", []byte(`{\rtf1 hello}`), Options{}, Foreign, RTF},
		{"a zip", "a.zip", zipped(t, "a.txt", "hello"), Options{}, Foreign, Archive},
		{"a sheet", "a.xlsx", zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<a/>"), Options{}, Foreign, Sheet},
		{"an old document", "a.doc", append([]byte(oldOffice), wide("WordDocument")...), Options{}, Foreign, OldWord},
		{"a docx with a password", "a.docx", append([]byte(oldOffice), wide("EncryptedPackage")...), Options{}, Locked, ""},
		{"an odt with a password", "a.odt", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml", "<m:encryption-data/>", "content.xml", "junk"), Options{}, Locked, ""},
		{"a book with a lock", "a.epub", zipped(t, "mimetype", "application/epub+zip", "META-INF/encryption.xml", `<EncryptionMethod Algorithm="aes"/><CipherReference/>`), Options{}, Locked, ""},
		{"an encrypted PDF", "a.pdf", file(t, "locked.pdf"), Options{}, Locked, ""},
		{"a PDF of pictures", "a.pdf", file(t, "picture.pdf"), Options{}, Scanned, ""},
		{"half a PDF", "a.pdf", file(t, "picture.pdf")[:200], Options{}, Damaged, ""},
		{"half a docx", "a.docx", docx[:len(docx)/2], Options{}, Damaged, ""},
		{"a docx without a document", "a.docx", zipped(t, "[Content_Types].xml", "<Types/>"), Options{}, Damaged, ""},
		{"broken XML", "a.docx", inWord(t, "<w:p><w:t>a</w:p>"), Options{}, Damaged, ""},
		{"XML that ends early", "a.odt", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<a><b>"), Options{}, Damaged, ""},
		{"no XML", "a.odt", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "hello"), Options{}, Damaged, ""},
		{"an entity", "a.docx", zipped(t, "[Content_Types].xml", "", "word/document.xml", `<!DOCTYPE a [<!ENTITY e "eeee">]><w:t>&e;</w:t>`), Options{}, Damaged, ""},
		{"deep XML", "a.docx", inWord(t, deep), Options{}, Damaged, ""},
		{"a book without chapters", "a.epub", inBook(t, ""), Options{}, Damaged, ""},
		{"a bomb", "a.docx", lying(t, bomb, uint64(len(bomb))), Options{}, Grows, ""},
		{"a bomb that says it is small", "a.docx", lying(t, bomb, 1000), Options{}, Damaged, ""},
		{"a bomb that says it is enormous", "a.docx", lying(t, bomb, 1<<60), Options{}, Grows, ""},
		{"an unknown encoding", "a.txt", []byte("a"), Options{Encoding: "klingon"}, EncodingUnknown, "klingon"},
		{"another encoding", "a.txt", []byte("\xE4\xF6\xFC\xDF"), Options{Encoding: utf8Name}, EncodingUnfit, utf8Name},
		{"letters of one byte", "a.txt", []byte("hello"), Options{Encoding: utf16LE}, EncodingUnfit, utf16LE},
	} {
		d, err := Read(c.name, c.raw, c.o)
		var e *Error
		if !errors.As(err, &e) || d != nil || e.Code != c.code || e.Name != c.name || c.got != "" && e.Got != c.got {
			t.Errorf("%s: %v, want %s %s", c.what, err, c.code, c.got)
		}
	}
}

// A broken part is named, with the line.
func TestWhere(t *testing.T) {
	_, err := Read("a.docx", inWord(t, "<w:p>\n\n</w:q>"), Options{})
	if e := new(Error); !errors.As(err, &e) || e.Where != "word/document.xml, line 3" || e.Err == nil {
		t.Errorf("broken at %v", err)
	}
}

// Documents that are cut or changed anywhere are read or refused, and never
// take the reader down.
func TestDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	times := 60
	if testing.Short() {
		times = 10
	}
	for _, name := range []string{"tale.docx", "tale.odt", "tale.epub", "justified.pdf", "scaled.pdf"} {
		raw := file(t, name)
		for range times {
			bad := bytes.Clone(raw)
			if rng.IntN(2) == 0 {
				bad = bad[:1+rng.IntN(len(raw))]
			}
			for range 1 + rng.IntN(8) {
				bad[rng.IntN(len(bad))] = byte(rng.Uint32())
			}
			check(t, name, bad, Options{Max: 1 << 20})
		}
	}
}

// check reads what may be no document at all.
func check(t *testing.T, name string, raw []byte, o Options) {
	t.Helper()
	d, err := Read(name, raw, o)
	e := new(Error)
	switch {
	case err == nil && (strings.TrimSpace(d.Text) == "" || len(d.Text) > o.Max || strings.ContainsRune(d.Text, '\r')):
		t.Errorf("%s: a text of %d bytes", name, len(d.Text))
	case err != nil && !errors.As(err, &e):
		t.Errorf("%s: %v is no *Error", name, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"tale.docx", "tale.odt", "tale.epub", "tale.html", "scaled.pdf", "justified.pdf", "locked.pdf"} {
		f.Add(name, file(f, name), "")
	}
	f.Add("a.jsonl", []byte(`{"text":"a"}`), "")
	f.Add("a.txt", []byte("\xFF\xFEa\x00"), "utf-16be")
	f.Add("a.txt", binary.BigEndian.AppendUint32(nil, 0xFEFF), "")
	f.Add("word", []byte("<w:p><w:t>a</w:t></w:p>"), "")
	f.Add("open", []byte("<text:p>a<text:s/></text:p>"), "")
	f.Add("book", []byte("<p>a<svg/><pre>b"), "")
	f.Fuzz(func(t *testing.T, name string, raw []byte, encoding string) {
		switch name { // what stands within a zip, whose sums nothing that is made at random has
		case "word":
			raw = inWord(t, string(raw))
		case "open":
			raw = inOpen(t, string(raw))
		case "book":
			raw = inBook(t, "a", string(raw))
		}
		check(t, name, raw, Options{Max: 1 << 20, Encoding: encoding})
	})
}
