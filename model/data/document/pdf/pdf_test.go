package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"
)

// drawn is a PDF of one page with this content, in Helvetica as F1.
func drawn(content string) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
		"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Matrix[1 0 0 1 0 100]/Length 56>>stream\nBT /F1 10 Tf 10 0 Td (in a form)Tj ET /X Do /X Do /X Do \nendstream"}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	table := "0000000000 65535 f \n"
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table, len(objects)+1, at)
	return b.Bytes()
}

// The places of texts follow from every part of the text state (ISO 32000-1,
// section 9.3): what lies apart is a word, and what lies lower a line.
func TestDrawing(t *testing.T) {
	for _, c := range []struct{ what, content, want string }{
		{"words apart", "BT /F1 12 Tf 72 200 Td [(Hello)-300(wor)20(ld)] TJ ET", "Hello world\n"},
		{"a matrix of size 12", "BT /F1 1 Tf 12 0 0 12 72 200 Tm [(Hello)-300(wor)20(ld)] TJ 0 -1.2 TD (next)Tj ( one) Tj T* (third) Tj ET", "Hello world\nnext one\nthird\n"},
		{"a moved page", "q 2 0 0 2 10 10 cm BT /F1 6 Tf 10 50 Td (Hello)Tj 30 0 Td (world) Tj ET Q BT /F1 12 Tf 10 50 Td (low) Tj ET", "Hello world\n\nlow\n"},
		{"letters apart", "BT /F1 10 Tf 4 Tc 10 50 Td (ab)Tj 0 Tc 15.12 0 Td (cd) Tj ET", "a bcd\n"},
		{"a little apart", "BT /F1 10 Tf 1 Tc 10 50 Td (ab)Tj (cd) Tj ET", "abcd\n"},
		{"spaces wider", "BT /F1 10 Tf 50 Tw 10 50 Td (a b)Tj (c) Tj ET", "a bc\n"},
		{"narrow letters", "BT /F1 10 Tf 50 Tz 10 50 Td (Hello)Tj 11.2 0 Td (you) Tj ET", "Helloyou\n"},
		{"the line operators", `BT /F1 10 Tf 12 TL 10 50 Td (a)Tj (b)' 0 0 (c)" ET`, "a\nb\nc\n"},
		{"raised", "BT /F1 10 Tf 10 50 Td (E = mc)Tj 3 Ts (2) Tj ET", "E = mc2\n"},
		{"turned text", "BT /F1 10 Tf 0 1 -1 0 72 100 Tm (Turned)Tj ( text) Tj ET", "Turned text\n"},
		{"bold by drawing twice", "BT /F1 10 Tf 10 50 Td (bold)Tj ET BT /F1 10 Tf 10.3 50 Td (bold)Tj ET", "bold\n"},
		{"a hyphen", "BT /F1 10 Tf 12 TL 10 50 Td (Boxk\\344mp-)Tj (fer jagen) ' (Vor- ) ' (und Nach-)' (teil)' ET", "Boxkämpfer\njagen\nVor-\nund Nachteil\n"},
		{"invisible beside visible", "BT /F1 10 Tf 3 Tr 10 50 Td (no)Tj 0 Tr (yes) Tj ET", "yes\n"},
		{"invisible alone", "BT /F1 10 Tf 3 Tr 10 50 Td (read)Tj ET", "read\n"},
		{"forms that draw themselves", "BT /F1 10 Tf 10 150 Td (top)Tj ET /X Do", ""},
		{"an unfinished content", "BT /F1 10 Tf 10 50 Td (a)Tj [(b", "a\n"},
		{"too many Q", "Q Q BT /F1 10 Tf 10 50 Td (a)Tj ET Q", "a\n"},
		{"no letters", "0 0 m 9 9 l S", ""},
	} {
		got, err := Read(drawn(c.content), 1<<20)
		if c.what == "forms that draw themselves" { // 3 to the power of 16 of them
			if !errors.Is(err, errBudget) && (err != nil || got.Text == "") {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		if err != nil || got.Text != c.want || got.Pages != 1 {
			t.Errorf("%s: %+v, %v, want %q", c.what, got, err, c.want)
		}
	}
}

func TestLogical(t *testing.T) {
	for _, c := range []struct{ seen, want string }{
		{"plain", "plain"},
		{"םולש", "שלום"},
		{"2026 תנש", "שנת 2026"},
		{"(םולש)", "(שלום)"},
		{"the word םולש here", "the word שלום here"},
		{".Vugu ארוק אוה", "הוא קורא Vugu."},
	} {
		if got := logical(c.seen); got != c.want {
			t.Errorf("%q is read %q, want %q", c.seen, got, c.want)
		}
	}
	if got := plain("oﬃce ﬂag ﻼ\x01"); got != "office flag لا" {
		t.Errorf("ligatures are %q", got)
	}
}

func TestRefused(t *testing.T) {
	locked, err := os.ReadFile("../testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(locked, 1<<20); !errors.Is(err, ErrLocked) {
		t.Errorf("a locked file gives %v", err)
	}
	for _, raw := range []string{"", "%PDF-1.4", "%PDF-1.4\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"} {
		if c, err := Read([]byte(raw), 1<<20); err == nil {
			t.Errorf("%q is read as %+v", raw, c)
		}
	}
}
