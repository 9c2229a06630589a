package session

import (
	"bytes"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// A run that was stopped can go on, to the same bits as if nobody had stopped
// it, and brings its text along, which is then the one that is there.
func TestStoppedRunGoesOn(t *testing.T) {
	whole, _ := learned(t, folder(t))
	want := whole.weights()
	whole.leave()

	disk := folder(t)
	d := at(t, disk)
	d.give(own)
	stopped := false
	d.on(func(e protocol.Event) protocol.Command {
		if e, is := e.(*protocol.Eval); is && e.Step >= 5 && !stopped {
			stopped = true
			return &protocol.Stop{}
		}
		return nil
	})
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1, Name: "mine"}
	id := next[*protocol.Model](d).ModelID
	if s := d.state("done"); s.Reason != protocol.Stopped {
		t.Fatalf("it ends by %q", s.Reason)
	}
	for s := next[*protocol.Shelf](d); ; s = next[*protocol.Shelf](d) {
		if len(s.Cards) == 1 && s.Cards[0].State == "paused" && s.Cards[0].Name == "mine" {
			break
		}
	}
	d.leave()

	later := at(t, disk)
	later.give(bytes.ToUpper(own))
	next[*protocol.Tokenizer](later)
	later.commands <- &protocol.Open{ModelID: id}
	text := next[*protocol.Text](later)
	if text.Source != "kept" || text.Bytes != len(own) || text.Hash != sum(own) {
		t.Errorf("beside the run stands the text %+v", text)
	}
	if cut := next[*protocol.Tokenizer](later); cut.Kind != brief().Tokenizer {
		t.Errorf("it is cut by %+v", cut)
	}
	later.state("paused")
	later.commands <- &protocol.Resume{}
	if s := later.state("done"); s.Reason != protocol.Finished {
		t.Errorf("it ends by %q", s.Reason)
	}
	if got := later.weights(); !bytes.Equal(got, want) {
		t.Error("the run that went on ends with other weights")
	}
	later.leave()
}

// A text of one's own is found again by its sum at the next visit.
func TestTextIsFoundAgain(t *testing.T) {
	disk := folder(t)
	d := at(t, disk)
	d.commands <- &protocol.SetText{Source: "upload", Name: "mine.txt", Data: own}
	hash := next[*protocol.Text](d).Hash
	if hash != sum(own) {
		t.Fatalf("its sum is told as %q", hash)
	}
	d.leave()
	later := at(t, disk)
	later.commands <- &protocol.SetText{Source: "kept", Name: "mine.txt", Hash: hash}
	if text := next[*protocol.Text](later); text.Name != "mine.txt" || text.Bytes != len(own) || text.Hash != hash {
		t.Errorf("found again is %+v", text)
	}
	for _, wrong := range []string{strings.Repeat("0", 64), "../secret", ""} {
		later.commands <- &protocol.SetText{Source: "kept", Name: "gone.txt", Hash: wrong}
		later.problem(protocol.TextGone)
	}
	later.leave()
}
