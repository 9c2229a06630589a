package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

const documents = "../../model/data/document/testdata/"

// trained is the text that train learned from, and what it told besides.
func trained(t *testing.T, args ...string) (*protocol.Text, string) {
	t.Helper()
	out, errs, status := call(append([]string{"train", "-preset", "tiny", "-steps", "1", "-json"}, args...)...)
	if status != 0 {
		t.Fatalf("train %q: status %d: %s", args, status, errs)
	}
	for line := range strings.Lines(out) {
		e, err := protocol.DecodeEvent([]byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if text, is := e.(*protocol.Text); is {
			return text, errs
		}
	}
	t.Fatalf("train %q tells of no text", args)
	return nil, ""
}

// Any document is a text to learn from, several are one, and standard input is
// as good as a file.
func TestTrainOnDocuments(t *testing.T) {
	docx, pdf := documents+"tale.docx", documents+"columns.pdf"
	text, errs := trained(t, "-data", docx, "-data", pdf)
	for _, want := range []string{"tale.docx: a Word document in UTF-8; left out: 1 picture, 1 footnote; 1 table became lines of text\n", "columns.pdf: a PDF\n"} {
		if !strings.Contains(errs, want) {
			t.Errorf("told %q, want %q", errs, want)
		}
	}
	if text.Name != "tale.docx, columns.pdf" || !strings.HasPrefix(text.Preview, "The Baker\n\nThe office of the baker\n") || !strings.Contains(text.Preview, "ends here.\n\nThe office of the baker\n\nEvery morning") {
		t.Errorf("%s: %s", text.Name, text.Preview)
	}
	old := strings.ReplaceAll(strings.Repeat("Zwölf Boxkämpfer jagen Viktor. ", 20), "ö", "\xF6")
	stdin = strings.NewReader(strings.ReplaceAll(old, "ä", "\xE4"))
	defer func() { stdin = os.Stdin }()
	text, errs = trained(t, "-data", "-", "-encoding", "latin1")
	if !strings.HasPrefix(text.Preview, "Zwölf Boxkämpfer") || !strings.HasPrefix(errs, "standard input: plain text in Windows-1252\n") {
		t.Errorf("%s: %s, told %q", text.Name, text.Preview, errs)
	}
}

// A document that cannot be read is told of in words, with what to do.
func TestDocumentsRefused(t *testing.T) {
	docx, err := os.ReadFile(documents + "tale.docx")
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(t.TempDir(), "half.docx")
	if err := os.WriteFile(half, docx[:len(docx)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status int
		says   string
		args   []string
	}{
		{1, "“locked.pdf” is locked", []string{"train", "-data", documents + "locked.pdf"}},
		{1, "“picture.pdf” shows pictures of pages", []string{"train", "-data", documents + "columns.pdf", "-data", documents + "picture.pdf"}},
		{1, "“half.docx” is broken. Perhaps only a part", []string{"train", "-data", half}},
		{1, "no encoding called “klingon”", []string{"train", "-data", documents + "tale.txt", "-encoding", "klingon"}},
		{1, "not written in the encoding utf-16be", []string{"train", "-data", documents + "columns.txt", "-encoding", "utf-16be"}},
		{1, "cannot read ", []string{"train", "-data", documents + "tale.txt", "-data", half + ".gone"}},
	} {
		out, errs, status := call(c.args...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%q: status %d, wrote %q and %q (want %q)", c.args, status, out, errs, c.says)
		}
	}
}

// The events of -json are nothing else.
func TestDocumentsAndJSON(t *testing.T) {
	out, errs, status := call("train", "-preset", "tiny", "-steps", "1", "-json", "-data", documents+"tale.epub")
	if status != 0 || !strings.Contains(errs, "tale.epub: a book (EPUB)") {
		t.Fatalf("status %d, told %q", status, errs)
	}
	for line := range strings.Lines(out) {
		if !json.Valid(bytes.TrimSpace([]byte(line))) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
