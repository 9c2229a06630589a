package session

import (
	"bytes"
	"testing"

	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// A text of megabytes is encoded with word of how far it is, is encoded once for
// all who ask, and ends where it is cancelled, even within one piece.
func TestEncodingIsToldAndCancelled(t *testing.T) {
	text := bytes.Repeat([]byte("thethen"), 3<<20/7)
	tok, err := tokenizer.TrainBPE([]byte("the theatre there, the then"), 262)
	if err != nil {
		t.Fatal(err)
	}
	var told []int
	asked, last := 0, 0
	ts := &texts{voice: &voice{emit: func(e protocol.Event) {
		if w, is := e.(*protocol.Working); is && w.Task == "tokenizer" && w.Total == len(text) {
			told = append(told, w.Done)
		}
	}}}
	ts.goOn = func() error {
		if asked++; last > 0 && asked == last {
			return errCancelled
		}
		return nil
	}
	last = 3
	if ids, problem := ts.encoded(tok, text, ""); problem == nil || problem.Code != protocol.Cancelled || ids != nil || asked != 3 {
		t.Fatalf("cancelled, it gave %d ids and %v after %d questions", len(ids), problem, asked)
	}
	spaced := bytes.ReplaceAll(text, []byte("then"), []byte(" hen"))
	text, last = spaced, 0
	first, problem := ts.encoded(tok, text, "")
	if problem != nil || len(told) < 2 || told[0] < longText {
		t.Errorf("it gave %v, and told %v", problem, told)
	}
	asked = 0
	if again, _ := ts.encoded(tok, text, ""); &again[0] != &first[0] || asked > 0 {
		t.Error("the same text is encoded anew")
	}
	if len(first) != len(tok.Encode(text)) {
		t.Error("it is encoded otherwise")
	}
}
