package wording

import (
	"strings"
	"testing"

	"hornbook/model/data/document"
	"hornbook/web/protocol"
)

// Whatever a reader tells of has words, and each problem says what to do.
func TestEveryDocumentHasWords(t *testing.T) {
	english := New("en")
	for _, code := range append(document.Codes, protocol.Unreadable) {
		for _, got := range document.Foreigners {
			text := english.Document(&protocol.Unread{Code: string(code), Name: "a.txt", Got: got, Want: "9", Where: "page 1"})
			if strings.Count(text, ". ") == 0 || !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "{}_") || text == english.Say("problem_internal") {
				t.Errorf("%s: %q", code, text)
			}
		}
	}
	for _, format := range []string{document.Text, document.Markdown, document.CSV, document.TSV, document.JSONL, document.HTML, document.DOCX, document.ODT, document.EPUB, document.PDF} {
		if english.phrases["format_"+format] == nil {
			t.Errorf("%s has no name", format)
		}
	}
	for _, kind := range document.Kinds {
		for _, n := range []int{1, 2000} {
			line := english.Understood(&protocol.Understood{Name: "a", Format: "docx", Left: []protocol.LeftOut{{Kind: kind, Count: n}}})
			if strings.ContainsAny(line, "{}|_") || strings.HasSuffix(line, " ") || line == "a: a Word document" {
				t.Errorf("%s: %q", kind, line)
			}
		}
	}
}

func TestUnderstood(t *testing.T) {
	english := New("en")
	for want, u := range map[string]protocol.Understood{
		"a.txt: plain text in UTF-8": {Name: "a.txt", Format: "text", Encoding: "utf-8"},
		"a.docx: a Word document in UTF-8; left out: 1 picture, 2 footnotes; 1 table became lines of text": {Name: "a.docx", Format: "docx", Encoding: "utf-8",
			Left: []protocol.LeftOut{{Kind: "pictures", Count: 1}, {Kind: "footnotes", Count: 2}, {Kind: "tables", Count: 1}}},
		"a.jsonl: JSON lines of conversations in Windows-1252":                      {Name: "a.jsonl", Format: "jsonl", Encoding: "windows-1252", Talks: "conversations"},
		"“a.txt” is empty, so there is nothing to learn from. Choose another file.": {Name: "a.txt", Problem: &protocol.Unread{Code: "empty", Name: "a.txt"}},
		"“a.docx” is broken (page 3). Perhaps only a part of it was copied. Get it again, or open it in the program that made it and save it anew.": {
			Problem: &protocol.Unread{Code: "damaged", Name: "a.docx", Where: "page 3"}},
	} {
		if got := english.Understood(&u); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
