package reading

import (
	"errors"
	"slices"
	"testing"

	"hornbook/web/protocol"
)

func TestFile(t *testing.T) {
	u, d := File("a.html", []byte("<html><p>größer<img>"), "")
	if d == nil || d.Text != "größer\n" || u.Format != "html" || u.Encoding != "utf-8" || u.Problem != nil || u.Bytes != 9 || !slices.Equal(u.Left, []protocol.LeftOut{{Kind: "pictures", Count: 1}}) {
		t.Errorf("understood %+v, %+v", u, d)
	}
	u, d = File("a.docx", []byte("PK\x03\x04"), "")
	if d != nil || u.Problem == nil || u.Problem.Code != "damaged" || u.Problem.Name != "a.docx" || u.Problem.Detail == "" || u.Left == nil {
		t.Errorf("understood %+v, %+v", u, d)
	}
	if u := TooLarge("a", 1<<40); u.Problem.Code != "too_large" || u.Problem.Got != "1099511627776" {
		t.Errorf("understood %+v", u.Problem)
	}
	if u := Refused("a", errors.New("gone")); u.Problem.Code != protocol.Unreadable || u.Problem.Detail != "gone" {
		t.Errorf("understood %+v", u.Problem)
	}
}

// The encodings that a person may choose are those that are known.
func TestEncodings(t *testing.T) {
	if !slices.Equal(Encodings(), protocol.Encodings) {
		t.Errorf("%v can be chosen, known are %v", protocol.Encodings, Encodings())
	}
}
