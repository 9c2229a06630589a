package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// zipped is a zip of parts, each a name and what it holds.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// inWord is a docx with this body.
func inWord(t testing.TB, body string) []byte {
	t.Helper()
	const space = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"` +
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"`
	return zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", `<?xml version="1.0"?><w:document`+space+"><w:body>"+body+"</w:body></w:document>")
}

func inOpen(t testing.TB, body string) []byte {
	t.Helper()
	const space = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
		` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"`
	return zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
		"<office:document-content"+space+"><office:body><office:text>"+body+"</office:text></office:body></office:document-content>")
}

// inBook is an epub of chapters a, b and so on, in the order of spine.
func inBook(t testing.TB, spine string, chapters ...string) []byte {
	t.Helper()
	items, refs := "", ""
	parts := []string{"mimetype", "application/epub+zip", container, `<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>`}
	for i, text := range chapters {
		id := string(rune('a' + i))
		items += `<item id="` + id + `" href="text/chapter%20` + id + `.xhtml" media-type="application/xhtml+xml"/>`
		parts = append(parts, "OPS/text/chapter "+id+".xhtml", text)
	}
	items += `<item id="toc" href="toc.xhtml" media-type="application/xhtml+xml" properties="nav"/>`
	for _, id := range strings.Fields(spine) {
		refs += `<itemref idref="` + id + `"/>`
	}
	return zipped(t, append(parts, "OPS/toc.xhtml", "<p>Contents</p>", "OPS/book.opf", "<package><manifest>"+items+"</manifest><spine>"+refs+"</spine></package>")...)
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		raw    []byte
		format string
		want   string
		left   []Left
	}{
		{"a.txt", []byte("One\r\ntwo\rthree\n"), Text, "One\ntwo\nthree\n", nil},
		{"a.txt", []byte("GGUF or WEBP?"), Text, "GGUF or WEBP?", nil},
		{"a.md", []byte("# A\n\n*b*\n"), Markdown, "# A\n\n*b*\n", nil},
		{"a.csv", []byte("a;b\r\n1;2\r\n"), CSV, "a;b\n1;2\n", nil},
		{"a.tsv", []byte("a\tb\n"), TSV, "a\tb\n", nil},
		{"a.txt", []byte("<!-- hi --><!DOCTYPE html><title>T</title><p>One <b>t</b>wo<p>Three<br>four<script>x()</script><ul><li>A<li>B</ul>&nbsp;&eacute;&#8364;<img>"), HTML,
			"One two\n\nThree\nfour\n\nA\nB\n\n\u00A0é€\n", []Left{{Pictures, 1}, {Scripts, 1}}},
		{"a.html", []byte("<table><tr><td>a<td>b</td></tr><tr><td></td><td>d</td></tr></table><pre>x  y\n z</pre>"), HTML, "ab\n\td\n\nx  y\n z\n", []Left{{Tables, 1}}},
		{"a.html", []byte("<p>a<svg><svg></svg><p>no</svg>b<style>p{}</style><template><p>c</template>"), HTML, "ab\n", []Left{{Pictures, 1}}},
		{"a.txt", inWord(t, `<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>`+
			`<w:p><w:r><w:t>One </w:t><w:tab/><w:t xml:space="preserve"> two</w:t><w:br/><w:t>three</w:t></w:r></w:p><w:p/><w:p/><w:p><w:r><w:t>four</w:t><w:noBreakHyphen/><w:t>five</w:t></w:r></w:p>`),
			DOCX, "Head\n\nOne \t two\nthree\n\nfour-five\n", nil},
		{"a.docx", inWord(t, `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`+
			`<w:p><w:del><w:r><w:t>no</w:t></w:r></w:del><w:ins><w:r><w:t>yes</w:t></w:r></w:ins><w:r><w:footnoteReference/><w:commentReference/></w:r>`+
			`<mc:AlternateContent><mc:Choice><a:blip/><w:t>!</w:t></mc:Choice><mc:Fallback><a:blip/><w:t>!</w:t></mc:Fallback></mc:AlternateContent><m:oMath><m:t>x</m:t></m:oMath></w:p>`),
			DOCX, "a b\tc\n\nyes!\n", []Left{{Pictures, 1}, {Footnotes, 1}, {Comments, 1}, {Formulas, 1}, {Deleted, 1}, {Tables, 1}}},
		{"a.doc", inOpen(t, `<text:tracked-changes><text:p>no</text:p></text:tracked-changes><text:h>Head</text:h><text:p>One<text:s text:c="3"/>two<text:tab/>x<text:line-break/>three`+
			`<text:note><text:note-body><text:p>foot</text:p></text:note-body></text:note><draw:image/></text:p>`+
			`<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>`),
			ODT, "Head\n\nOne   two\tx\nthree\n\na\tb\n", []Left{{Pictures, 1}, {Footnotes, 1}, {Tables, 1}}},
		{"a.zip", inBook(t, "toc b a gone", "<?xml version='1.0' encoding='utf-8'?><html><body><p>First</p></body></html>", "<p>Second</p>"), EPUB, "Second\n\nFirst\n",
			[]Left{{Contents, 1}, {Chapters, 1}}},
	} {
		d, err := Read(c.name, c.raw, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.Format != c.format || d.Text != c.want || !slices.Equal(d.Left, c.left) {
			t.Errorf("%s: %s %v\n%q, want %s %v\n%q", c.name, d.Format, d.Left, d.Text, c.format, c.left, c.want)
		}
	}
}

func TestTalks(t *testing.T) {
	for _, c := range []struct{ text, format, talks, want string }{
		{`{"messages":[]}` + "\n", JSONL, Conversations, `{"messages":[]}` + "\n"},
		{"\n" + `{"prompt":"a","chosen":"b","rejected":"c"}`, JSONL, Pairs, "\n" + `{"prompt":"a","chosen":"b","rejected":"c"}`},
		{`{"prompt":"a","answer":"b"}`, JSONL, Tasks, `{"prompt":"a","answer":"b"}`},
		{`{"text":"a\r\nb"}` + "\n\n" + `{"text":"c","n":1}` + "\n" + `{"n":2}`, JSONL, Texts, "a\nb\n\nc\n"},
		{`{"other":1}`, JSONL, "", `{"other":1}`},
		{"{ int x; }", Text, "", "{ int x; }"},
	} {
		d, err := Read("a.jsonl", []byte(c.text), Options{})
		if err != nil || d.Format != c.format || d.Talks != c.talks || d.Text != c.want {
			t.Errorf("%s: %+v, %v", c.text, d, err)
		}
	}
	_, err := Read("a.jsonl", []byte(`{"text":"a"}`+"\n{"), Options{})
	if e := new(Error); !errors.As(err, &e) || e.Code != Damaged || e.Where != "line 2" {
		t.Errorf("a broken line gives %v", err)
	}
}

func TestJoin(t *testing.T) {
	text := func(s, talks string) *Document { return &Document{Text: s, Talks: talks} }
	for _, c := range []struct {
		list []*Document
		want string
	}{
		{[]*Document{text("a", "")}, "a"},
		{[]*Document{text("a\n\n", ""), text("\nb\n", "")}, "a\n\nb\n"},
		{[]*Document{text("{}\n", Pairs), text("{}", Pairs)}, "{}\n{}\n"},
		{[]*Document{text("{}\n", Pairs), text("b", "")}, "{}\n\nb\n"},
	} {
		if got := Join(c.list); got != c.want {
			t.Errorf("joined: %q, want %q", got, c.want)
		}
	}
}

// words are those of a text, without what points to notes and directions.
func words(text string) []string {
	return strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool { return !unicode.IsLetter(r) && (!unicode.IsMark(r) || r == '\uFE0E') })
}

// What LibreOffice, pandoc and Chromium write is read as LibreOffice and
// pdftotext read it (testdata/make.sh).
func TestOracles(t *testing.T) {
	note := strings.Fields("This is the footnote of the tale")
	for name, c := range map[string]struct {
		oracle string
		left   []Left
		more   []string // that the oracle leaves out
	}{
		"tale.docx":      {"tale.txt", []Left{{Pictures, 1}, {Footnotes, 1}, {Tables, 1}}, nil},
		"tale.odt":       {"tale.txt", []Left{{Pictures, 1}, {Footnotes, 1}, {Tables, 1}}, nil},
		"tale.epub":      {"tale.txt", []Left{{Pictures, 1}, {Tables, 1}}, note},
		"tale.html":      {"tale.txt", []Left{{Pictures, 1}, {Tables, 1}}, note},
		"columns.pdf":    {"columns.txt", nil, nil},
		"scripts.pdf":    {"scripts.txt", nil, nil},
		"scaled.pdf":     {"scaled.txt", nil, nil},
		"justified.pdf":  {"justified.txt", nil, nil},
		"restricted.pdf": {"justified.txt", nil, nil},
	} {
		d, err := Read(name, file(t, name), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, want := words(d.Text), words(string(file(t, c.oracle)))
		if c.more != nil {
			slices.Sort(got)
			want = append(want, c.more...)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: read as %q, want %q", name, got, want)
		}
		if !slices.Equal(d.Left, c.left) {
			t.Errorf("%s: left out %v, want %v", name, d.Left, c.left)
		}
	}
}
