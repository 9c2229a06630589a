package ui

import (
	"encoding/json"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// says answers the newest call to the server.
func (h *paper) says(status int, body string) { h.thens[len(h.thens)-1](Answer{status, body}) }

// call is the newest call to the server.
func (h *paper) call() Call { return h.calls[len(h.calls)-1] }

const keeps = `{"share":true,"uploads":true,"days":30,"limits":{"model":1000,"adapter":500,"card":4096,"task":100,"pairs":100}}`

// meeting is a page at My models, whose server keeps what is shared.
func meeting(t *testing.T) (*Page, *paper) {
	t.Helper()
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	p.Go("models")
	if c := h.call(); c.Method != "GET" || c.Path != "/api/" || c.Key+c.Body+c.Send != "" {
		t.Fatalf("the server is met with %+v", c)
	}
	h.says(200, keeps)
	return p, h
}

// Where no server answers as one that keeps things, there is no button; the server is asked
// once, and only at a station where something can be shared.
func TestNoServerNoButton(t *testing.T) {
	for _, a := range []Answer{{}, {404, "no"}, {200, "<html>"}, {200, `{"share":false}`}, {200, `{"share":true,"uploads":false,"days":30}`}} {
		p, h := welcomed()
		p.Apply(&protocol.Shelf{Cards: cards()})
		p.Go("try")
		if len(h.calls) > 0 {
			t.Fatal("the server is asked unasked")
		}
		p.Go("models")
		h.says(a.Status, a.Body)
		p.Go("class")
		if want := map[bool]int{true: 2, false: 1}[a.Status == 0]; len(h.calls) != want { // again where none answered
			t.Errorf("after %+v the server is asked %d times", a, len(h.calls))
		}
		if shelf(p).canShare(cards()[0]) {
			t.Errorf("after %+v there is a button", a)
		}
	}
}

// A model is made, sent, and kept in mind with its key, on this device only; it is kept
// longer and taken back by that.
func TestSharing(t *testing.T) {
	p, h := meeting(t)
	thing := shelf(p).things(cards()[0])[0]
	s := p.Sharing
	s.Choose(thing)
	has(t, draw(t, p), "Share")
	shelf(p).Unfold(cards()[0], sharePart)
	has(t, draw(t, p), "are sent, not your text", "school.example", "30 days")
	s.Share()
	made := last[*protocol.Export](t, h)
	if made.ModelID != "a" || made.Format != protocol.Shared {
		t.Fatalf("asked for is %+v", made)
	}
	file := &protocol.File{Reply: to(made.ID), Name: "letters.zip", Size: 900}
	if !p.Keeps(file) || p.Keeps(&protocol.File{Reply: to(made.ID + 1)}) {
		t.Error("the file would be downloaded, or another not")
	}
	p.Apply(file)
	if c := h.call(); c.Method != "POST" || c.Path != "/api/share?kind=model" || c.Send != Made {
		t.Fatalf("sent is %+v", c)
	}
	s.Share() // pressed again meanwhile
	h.says(201, `{"id":"abc","key":"secret","expires":1800000000000,"size":900,"kind":"model"}`)
	if len(s.Made) != 1 || s.Made[0].Key != "secret" || s.Made[0].Name != "Letters" {
		t.Fatalf("kept in mind is %+v", s.Made)
	}
	has(t, draw(t, p), "qr", "Take it back")
	if strings.Contains(p.Address()+p.Memory(), "secret") {
		t.Error("the key is in a link, or in what travels with settings")
	}
	again := NewPage(h, "en")
	again.Apply(ready())
	if len(again.Sharing.Made) != 1 || again.Sharing.Made[0] != s.Made[0] {
		t.Errorf("at the next visit there is %+v", again.Sharing.Made)
	}
	s.Longer("abc")
	if c := h.call(); c.Path != "/api/share/abc/renew" || c.Key != "secret" {
		t.Errorf("it is renewed by %+v", c)
	}
	h.says(200, `{"expires":1900000000000}`)
	if s.Made[0].Expires != 1900000000000 || s.Made[0].ID != "abc" {
		t.Errorf("renewed it is %+v", s.Made[0])
	}
	s.TakeBack("abc")
	if c := h.call(); c.Method != "DELETE" || c.Path != "/api/share/abc" || c.Key != "secret" {
		t.Errorf("it is taken back by %+v", c)
	}
	h.says(500, `{"error":"broken","sentence":"The server failed."}`)
	if len(s.Made) != 1 || s.Wrong == "" {
		t.Error("what was not taken back is forgotten, or nothing is said")
	}
	s.TakeBack("abc")
	h.says(204, "")
	if len(s.Made) != 0 || s.Wrong != "" {
		t.Errorf("taken back there is %+v, %q", s.Made, s.Wrong)
	}
}

// What the server would not take is said before it is sent, and what it says itself in the
// page's language, if it is known.
func TestSharingRefused(t *testing.T) {
	p, h := meeting(t)
	s := p.Sharing
	s.Choose(shelf(p).things(cards()[0])[0])
	s.Share()
	before := len(h.calls)
	p.Apply(&protocol.File{Reply: to(h.asked()), Size: 1001})
	if len(h.calls) != before || !strings.Contains(s.Wrong, "at most 1.0 kB") {
		t.Errorf("of a large model it says %q", s.Wrong)
	}
	for _, c := range []struct {
		answer Answer
		says   string
	}{
		{Answer{}, "does not answer"},
		{Answer{429, `{"error":"too_many","sentence":"No."}`}, "Too much came"},
		{Answer{422, `{"error":"unfit","sentence":"This model was not kept: it has no weights."}`}, "This model was not kept"},
		{Answer{502, "<html>"}, "could not do this"},
		{Answer{201, "{}"}, "could not do this"},
	} {
		s.Share()
		p.Apply(&protocol.File{Reply: to(h.asked()), Size: 10})
		h.says(c.answer.Status, c.answer.Body)
		if !strings.Contains(s.Wrong, c.says) || s.busy() || len(s.Made) > 0 {
			t.Errorf("after %+v it says %q", c.answer, s.Wrong)
		}
	}
	s.Share()
	p.Apply(&protocol.Problem{Reply: to(h.asked()), Code: protocol.ExportImpossible, Got: "shared", Detail: "no"})
	if s.busy() || p.Problems["models"] == nil {
		t.Errorf("a model that cannot be made a file of: %+v", p.Problems)
	}
}

// A card goes without what was asked and said.
func TestSharedCard(t *testing.T) {
	p, h := meeting(t)
	o := rewarded()
	o.Questions = []recipe.Question{{Prompt: "private?"}}
	o.After.Replies = []recipe.Replied{{Text: "private!"}}
	c := cards()[1]
	c.Outcome = o
	things := shelf(p).things(c)
	card := things[len(things)-1]
	if card.Kind != "card" || strings.Contains(card.Body, "private") || !strings.Contains(card.Body, `"model":""`) {
		t.Fatalf("the card is %+v", card)
	}
	p.Sharing.Choose(card)
	p.Sharing.Share()
	if c := h.call(); c.Path != "/api/share?kind=card" || c.Body != card.Body {
		t.Errorf("sent is %+v", c)
	}
}

// What somebody shares is named before it is opened; what is not there is said.
func TestCame(t *testing.T) {
	p, h := welcomed()
	p.Addressed("#/models?shared=aaaabbbbccccddddeeeeffff22", false)
	if c := h.call(); c.Path != "/api/share/aaaabbbbccccddddeeeeffff22/about" {
		t.Fatalf("asked is %+v", c)
	}
	if p.asked.Set != nil {
		t.Error("it asks twice")
	}
	p.Came.Open() // before it is known what it is
	before := len(h.calls)
	h.says(200, `{"id":"a","kind":"model","size":7000000,"sha256":"","expires":1}`)
	has(t, draw(t, p), "Somebody shares this with you", "7.0 MB")
	p.Came.Open()
	if c := h.call(); len(h.calls) != before+1 || c.Into != "shared.zip" || c.Path != "/api/share/aaaabbbbccccddddeeeeffff22" {
		t.Fatalf("had is %+v", c)
	}
	h.says(200, "")
	if got := last[*protocol.Import](t, h); len(got.Names) != 1 || got.Names[0] != "shared.zip" || h.accepted != 1 || p.Came.canOpen() || h.focused != "models-title" {
		t.Errorf("brought in is %+v, accepted %d files", got, h.accepted)
	}
	p.Came.Leave()
	p.Addressed("#/models?shared=aaaabbbbccccddddeeeeffff22", false)
	h.says(200, `{"kind":"pairs","size":7}`)
	p.Came.Open()
	p.Came.Leave() // nobody wants it any more
	h.says(200, "")
	if h.accepted != 1 || p.Open != "models" {
		t.Error("what was closed is taken all the same")
	}
	p.Addressed("#/models?shared=aaaabbbbccccddddeeeeffff22", false)
	h.says(410, `{"error":"hidden","sentence":"x"}`)
	has(t, draw(t, p), "has reported this")
	p.Came.Leave()
	before = len(h.calls)
	p.Addressed("#/models?shared=../../evil", false)
	if p.Came != nil || len(h.calls) != before {
		t.Error("what is no id is asked for")
	}
	card, _ := json.Marshal(rewarded())
	p.Addressed("#/models?shared=aaaabbbbccccddddeeeeffff22", false)
	h.says(200, `{"kind":"card","size":700}`)
	p.Came.Open()
	h.says(200, string(card))
	if p.Came.Outcome == nil {
		t.Fatal("the card is not shown")
	}
	draw(t, p)
	p.Came.Report()
	if strings.HasSuffix(h.call().Path, "/report") {
		t.Error("one press reports")
	}
	p.Came.Report()
	if c := h.call(); !strings.HasSuffix(c.Path, "/report") || c.Method != "POST" {
		t.Errorf("it is reported by %+v", c)
	}
	h.says(200, `{"hidden":true}`)
	if p.Came != nil {
		t.Error("what was reported is still shown")
	}
}

// A link that no code can hold is not shown, only copied.
func TestLongLink(t *testing.T) {
	p, h := welcomed()
	short, long := &Link{Page: p, To: "#/try"}, &Link{Page: p, To: "#/try?prompt=" + strings.Repeat("x", mostCoded)}
	if short.link() == "" || short.size() == 0 || long.link() != "" || long.size() != 0 {
		t.Errorf("shown are %q of %d and %q of %d", short.link(), short.size(), long.link(), long.size())
	}
	p.Copied(long.To)
	if h.copied != long.To || long.label() != english.Say("link_copied") || short.label() == long.label() {
		t.Errorf("copied is %.30q", h.copied)
	}
}
