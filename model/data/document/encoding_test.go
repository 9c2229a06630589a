package document

import (
	"slices"
	"strings"
	"testing"
)

const (
	german  = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich – „ganz“ früh.\n"
	russian = "Съешь же ещё этих мягких французских булок, да выпей чаю.\n"
	arabic  = "كان يا ما كان في قديم الزمان.\n"
	chinese = "很久以前,有一个孩子。 他很小。\n"
)

// Bytes of golang.org/x/text's encoders are taken for what they are.
func TestEncodings(t *testing.T) {
	for _, c := range []struct{ encoding, mark, text, told string }{
		{utf8Name, "", german, ""}, {utf8Name, "\xEF\xBB\xBF", russian, ""},
		{utf16LE, "\xFF\xFE", german, ""}, {utf16BE, "\xFE\xFF", russian, ""}, {utf16LE, "", arabic, ""}, {utf16BE, "", german, ""}, {utf16LE, "\xFF\xFE", chinese, ""},
		{utf16BE, "", chinese, ""}, {utf16LE, "", "Tiere: 🐈 🐕 am Fluß.\n", ""},
		{utf32LE, "\xFF\xFE\x00\x00", german, ""}, {utf32BE, "\x00\x00\xFE\xFF", russian, ""},
		{windows1252, "", german, ""}, {windows1252, "", german, "latin1"},
		{"windows-1251", "", russian, "windows-1251"}, {"windows-1256", "", arabic, "cp1256"}, {"koi8-r", "", russian, "KOI8-R"},
		{"ibm850", "", "Größe\n", "ibm850"}, {"macintosh", "", "Größe\n", "macintosh"}, {"gb18030", "", chinese, "gbk"},
		{"shift_jis", "", "むかしむかし、あるところに。\n", "shift_jis"},
	} {
		coding, _ := byName(c.encoding)
		raw, err := coding.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Read("a.txt", []byte(c.mark+raw), Options{Encoding: c.told})
		if err != nil || d.Text != c.text || d.Encoding != c.encoding || d.Left != nil {
			t.Errorf("%s, mark %q, told %q: %+v, %v", c.encoding, c.mark, c.told, d, err)
		}
	}
}

// Marks and declarations that the bytes contradict do not count.
func TestWrongMarks(t *testing.T) {
	ansi, _ := byName(windows1252)
	wide, _ := byName(utf16BE)
	old, _ := ansi.NewEncoder().String(german)
	big, _ := wide.NewEncoder().String(german)
	cyrillic, _ := byName("windows-1251")
	russianPage, _ := cyrillic.NewEncoder().String("<meta charset=windows-1251><p>" + russian)
	marked := []Left{{Marks, 1}}
	for _, c := range []struct {
		name, raw, want, encoding string
		left                      []Left
	}{
		{"UTF-8's mark before Windows-1252", "\xEF\xBB\xBF" + old, german, windows1252, marked},
		{"UTF-16's mark before UTF-8", "\xFF\xFE" + german, german, utf8Name, marked},
		{"the mark of the other order", "\xFF\xFE" + big, german, utf16BE, marked},
		{"a page that calls UTF-8 Latin-1", "<meta charset=iso-8859-1><p>" + german, german, utf8Name, marked},
		{"a page that calls Windows-1252 UTF-8", "<html><meta charset=utf-8><p>" + old, german, windows1252, marked},
		{"a page in Cyrillic that says so", "<html>" + russianPage, russian, "windows-1251", nil},
		{"UTF-8 with a wrong byte", german + "\xE4" + german, german + "\uFFFD" + german, utf8Name, []Left{{Letters, 1}}},
		{"UTF-8 that is cut in a letter", german + "\xC3", german + "\uFFFD", utf8Name, []Left{{Letters, 1}}},
	} {
		name := "a.txt"
		if strings.HasPrefix(c.raw, "<") {
			name = "a.html"
		}
		d, err := Read(name, []byte(c.raw), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.Text != c.want || d.Encoding != c.encoding || !slices.Equal(d.Left, c.left) {
			t.Errorf("%s: %q in %s, left %v", c.name, d.Text, d.Encoding, d.Left)
		}
	}
}

// An XML part that declares another encoding than it has is read all the same.
func TestWrongDeclaration(t *testing.T) {
	body := `<w:p><w:r><w:t>größer</w:t></w:r></w:p>`
	for _, c := range []struct{ declared, text string }{{"iso-8859-1", body}, {"utf-8", strings.ReplaceAll(strings.ReplaceAll(body, "ö", "\xF6"), "ß", "\xDF")}} {
		raw := zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", `<?xml version="1.0" encoding="`+c.declared+`"?><w:document xmlns:w="w">`+c.text+`</w:document>`)
		d, err := Read("a.docx", raw, Options{})
		if err != nil || d.Text != "größer\n" || !slices.Equal(d.Left, []Left{{Marks, 1}}) {
			t.Errorf("declared %s: %+v, %v", c.declared, d, err)
		}
	}
}
