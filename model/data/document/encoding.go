package document

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

const (
	utf8Name    = "utf-8"
	utf16LE     = "utf-16le"
	utf16BE     = "utf-16be"
	utf32LE     = "utf-32le"
	utf32BE     = "utf-32be"
	windows1252 = "windows-1252"
)

// coding is an encoding and its name.
type coding struct {
	name string
	encoding.Encoding
}

// codings are those that are known; UTF-8 needs no decoder.
var codings = []coding{
	{utf8Name, encoding.Nop},
	{utf16LE, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{utf16BE, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{utf32LE, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{utf32BE, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{windows1252, charmap.Windows1252},
	{"windows-1250", charmap.Windows1250},
	{"windows-1251", charmap.Windows1251},
	{"windows-1253", charmap.Windows1253},
	{"windows-1254", charmap.Windows1254},
	{"windows-1255", charmap.Windows1255},
	{"windows-1256", charmap.Windows1256},
	{"iso-8859-2", charmap.ISO8859_2},
	{"iso-8859-15", charmap.ISO8859_15},
	{"koi8-r", charmap.KOI8R},
	{"macintosh", charmap.Macintosh},
	{"ibm850", charmap.CodePage850},
	{"shift_jis", japanese.ShiftJIS},
	{"gb18030", simplifiedchinese.GB18030},
}

// aliases are other names that files give encodings, in small letters.
var aliases = map[string]string{
	"utf8": utf8Name, "us-ascii": utf8Name, "ascii": utf8Name, "unicode": utf16LE, "utf-16": utf16LE, "ucs-2": utf16LE,
	"iso-8859-1": windows1252, "latin1": windows1252, "latin-1": windows1252, "cp1252": windows1252, "ansi": windows1252,
	"cp1250": "windows-1250", "cp1251": "windows-1251", "cp1256": "windows-1256", "iso-8859-9": "windows-1254", "latin-9": "iso-8859-15",
	"iso-8859-8": "windows-1255", "sjis": "shift_jis", "x-sjis": "shift_jis", "windows-31j": "shift_jis", "gbk": "gb18030", "gb2312": "gb18030",
	"cp850": "ibm850", "x-mac-roman": "macintosh", "koi8": "koi8-r",
}

// Encodings are the names that Options takes, the likeliest first.
var Encodings = names()

func names() (list []string) {
	for _, c := range codings {
		list = append(list, c.name)
	}
	return list
}

// byName finds an encoding by a name that a file or a person gives it.
func byName(name string) (coding, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if other, is := aliases[name]; is {
		name = other
	}
	for _, c := range codings {
		if c.name == name {
			return c, true
		}
	}
	return coding{}, false
}

func known(name string) bool {
	_, is := byName(name)
	return is
}

// marks are the byte order marks, the longer before those that they begin with.
var marks = []struct{ mark, name string }{
	{"\xFF\xFE\x00\x00", utf32LE}, {"\x00\x00\xFE\xFF", utf32BE}, {"\xEF\xBB\xBF", utf8Name}, {"\xFF\xFE", utf16LE}, {"\xFE\xFF", utf16BE},
}

// decode is the file's text in UTF-8, and by which encoding.
func (s *source) decode() (text, encoding string, err error) {
	if s.encoding == "" {
		return s.decodeAs(s.raw, "")
	}
	c, _ := byName(s.encoding)
	raw := s.raw
	for _, m := range marks {
		if m.name == c.name {
			raw = bytes.TrimPrefix(raw, []byte(m.mark))
		}
	}
	text, bad := c.text(raw)
	narrow := c.wide() > 1 && ascii(raw) && bytes.IndexByte(raw, 0) < 0
	if n := utf8.RuneCountInString(text); narrow || bad*10 > n || control(text)*10 > n {
		return "", "", &Error{Code: EncodingUnfit, Name: s.name, Got: c.name}
	}
	s.left[Letters] += bad
	return lines(text), c.name, nil
}

// decodeAs is raw in UTF-8, of whose encoding a declaration within says
// declared, or "". Bytes are believed before marks and marks before
// declarations: each of them can be wrong.
func (s *source) decodeAs(raw []byte, declared string) (text, encoding string, err error) {
	name, bare := s.marked(raw)
	if name == "" {
		name = guess(bare)
	}
	if said, is := byName(declared); is && name == windows1252 && said.wide() == 1 && said.name != utf8Name {
		name = said.name
	} else if is && said.name != name && said.wide() == 1 && !ascii(bare) {
		s.left[Marks]++
	}
	c, _ := byName(name)
	text, bad := c.text(bare)
	if n := utf8.RuneCountInString(text); bad*10 > n || control(text)*10 > n {
		return "", "", s.wrong(Binary, "", nil)
	}
	if name == windows1252 && foreignScript(bare) {
		return "", "", s.wrong(EncodingUnsure, "", nil)
	}
	s.left[Letters] += bad
	return lines(text), name, nil
}

// marked is the encoding that a byte order mark names, if the bytes behind it
// agree, and those bytes.
func (s *source) marked(raw []byte) (name string, bare []byte) {
	for _, m := range marks {
		bare, has := bytes.CutPrefix(raw, []byte(m.mark))
		if !has {
			continue
		}
		if fits(bare, m.name) {
			return m.name, bare
		}
		if m.name == utf32LE {
			continue // of UTF-16 with a NUL
		}
		s.left[Marks]++
		return "", bare
	}
	return "", raw
}

// fits tells whether a mark's encoding is that of the bytes behind it.
func fits(bare []byte, name string) bool {
	c, _ := byName(name)
	switch c.wide() {
	case 1:
		return utf8.Valid(bare) || mostlyUTF8(bare)
	case 2:
		if swapped := map[string]string{utf16LE: utf16BE, utf16BE: utf16LE}[name]; readable(bare, name) < readable(bare, swapped) {
			return false
		}
		return bytes.IndexByte(bare, 0) >= 0 || !utf8.Valid(bare) || len(bare) == 0
	}
	text, bad := c.text(bare)
	return bad == 0 && control(text) == 0
}

// wide is the number of bytes that the least letter takes.
func (c coding) wide() int {
	switch c.name {
	case utf16LE, utf16BE:
		return 2
	case utf32LE, utf32BE:
		return 4
	}
	return 1
}

// text is raw in UTF-8, and how many letters are no valid bytes.
func (c coding) text(raw []byte) (text string, bad int) {
	if c.name == utf8Name {
		return replaced(raw)
	}
	out, err := c.NewDecoder().Bytes(raw)
	if err != nil {
		return string(out), len(raw)
	}
	return string(out), strings.Count(string(out), "\uFFFD")
}
