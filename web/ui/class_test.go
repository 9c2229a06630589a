package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

func class(p *Page) *Class { return of[*Class](p) }

// found is a page with a model that was trained and measured.
func found(t *testing.T) (*Page, *paper) {
	t.Helper()
	p, h := welcomed()
	r, _ := recipe.ByName("tiny")
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{ModelID: "m", Name: "mine", Recipe: r, Parameters: 1000, Text: "secret.txt"})
	p.Apply(&protocol.State{State: "training"})
	for step := range 200 {
		p.Apply(&protocol.Step{Step: step + 1, Steps: 200, Loss: 4 - float64(step)/100})
	}
	p.Apply(evaluated(200, 2.5, 0, true))
	p.Apply(&protocol.Sample{Step: 200, Text: "One day\nTom \u202ehad\u0000 a ball.", Growth: protocol.Growth{Known: 0.5}})
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	p.Go("class")
	h.says(200, keeps)
	return p, h
}

// A result tells what was measured, and nothing of the text or of the person.
func TestResult(t *testing.T) {
	p, _ := found(t)
	r, is := p.result("  Ada\n ")
	if !is || r.Nickname != "Ada" || r.Preset != "tiny" || r.Objective != recipe.LM || r.Measures.Value(recipe.ValLoss) != 2.5 || r.Settings["steps"] == "" {
		t.Errorf("the result is %+v", r)
	}
	if len(r.Samples) != 1 || r.Samples[0] != "One day Tom had a ball." {
		t.Errorf("it wrote %q", r.Samples)
	}
	if n := len(r.Curve); n < 2 || n > mostPoints || r.Curve[0][0] != 1 || r.Curve[n-1][0] < 190 {
		t.Errorf("the curve is %v", r.Curve)
	}
	if text := r.text(); strings.Contains(text, "secret") || len(text) > 16<<10 || r.Check() != nil {
		t.Errorf("sent is %s", text)
	}
	p, _ = welcomed()
	if _, is := p.result(""); is {
		t.Error("the page's own model is somebody's result")
	}
}

// A result is sent once for each press, its key kept, and taken back.
func TestSendResult(t *testing.T) {
	p, h := found(t)
	c := class(p)
	c.Send()
	if h.call().Method == "POST" {
		t.Fatal("it sends without a code")
	}
	c.Code = " k7m2qx "
	c.Nickname = "Ada"
	c.Send()
	c.Send()
	if got := h.call(); len(h.calls) != 2 || got.Path != "/api/class/K7M2QX/result" || !strings.Contains(got.Body, `"nickname":"Ada"`) {
		t.Fatalf("sent is %+v", got)
	}
	h.says(201, `{"id":"r1","key":"secret"}`)
	has(t, draw(t, p), "stands on the board of class")
	if strings.Contains(p.Address(), "secret") {
		t.Error("the key is in the link")
	}
	c.Unsend()
	if got := h.call(); got.Method != "DELETE" || got.Path != "/api/class/K7M2QX/result/r1" || got.Key != "secret" {
		t.Errorf("taken back is %+v", got)
	}
	h.says(404, `{"error":"not_found","sentence":"x"}`)
	if c.sent.Key != "" || c.Wrong == "" {
		t.Error("what is gone already is not forgotten, or nothing is said")
	}
	c.Send()
	h.says(409, `{"error":"closed","sentence":"x"}`)
	has(t, draw(t, p), "The class is closed")
}

// The one who leads sees what comes while the station is open, and what was taken back goes.
func TestLeadAClass(t *testing.T) {
	p, h := found(t)
	c := class(p)
	c.Begin()
	h.says(201, `{"code":"K7M2QX","key":"secret","expires":1}`)
	has(t, draw(t, p), "K7M2QX", "data-text=\"https://school.example/#/class?class=K7M2QX\"")
	if got := c.invitation(); got != "#/class?class=K7M2QX" {
		t.Errorf("it invites by %q", got)
	}
	if got := h.call(); got.Path != "/api/class/K7M2QX/results?after=0" || got.Key != "secret" {
		t.Fatalf("asked is %+v", got)
	}
	result := func(n int, loss float64) string {
		return fmt.Sprintf(`{"n":%d,"id":"r%d","at":%d,"result":{"nickname":"p%d","objective":"lm","measures":{"val_loss":%g},"curve":[[0,4],[50,%g]],"samples":["=SUM(A1)"]}}`, n, n, n, n, loss, loss)
	}
	h.says(200, `{"open":true,"next":2,"ids":["r1","r2"],"results":[`+result(1, 2)+","+result(2, 1)+`]}`)
	if len(c.Board.Results) != 2 {
		t.Fatalf("on the board is %+v", c.Board.Results)
	}
	for sort, first := range map[string]string{sortNewest: "p2", sortBest: "p2", sortName: "p1"} {
		c.Board.Sort = sort
		if got := c.Board.sorted()[0]; got.Result.Nickname != first {
			t.Errorf("by %s the first is %s", sort, got.Result.Nickname)
		}
	}
	c.Board.Lay("r1", true)
	if picture := c.Picture(); len(picture.Series) != 2 || picture.Series[1].Name != "p1" || picture.Series[1].Colour != compareColours[0] {
		t.Errorf("the curves are %+v", c.Picture())
	}
	has(t, draw(t, p), "p1", "p2", "2 results")
	c.Board.SaveTable()
	if !strings.Contains(h.saved, "'=SUM(A1)") || strings.Count(h.saved, "\n") != 3 {
		t.Errorf("the table is %q", h.saved)
	}
	h.later()
	if got := h.call(); got.Path != "/api/class/K7M2QX/results?after=2" {
		t.Errorf("then asked is %+v", got)
	}
	p.Go("try") // where nobody looks
	calls := len(h.calls)
	h.says(200, `{"open":false,"next":2,"ids":["r2"],"results":[]}`)
	h.later()
	if len(c.Board.Results) != 1 || c.open || len(h.calls) != calls {
		t.Errorf("left are %+v, open %v; asked were %d more", c.Board.Results, c.open, len(h.calls)-calls)
	}
	p.Go("class")
	if len(h.calls) != calls+1 {
		t.Error("it is not asked again")
	}
	c.TakeAway(c.Board.Results[0])
	if got := h.call(); got.Method != "DELETE" || got.Path != "/api/class/K7M2QX/result/r2" || got.Key != "secret" {
		t.Errorf("taken away is %+v", got)
	}
	h.says(204, "")
	if len(c.Board.Results) != 0 {
		t.Error("what was taken away is still there")
	}
	again := NewPage(h, "en")
	again.Go("class")
	again.Apply(ready())
	if class(again).led != c.led || h.call().Path != "/api/class/K7M2QX/results?after=0" {
		t.Errorf("at the next visit it leads %+v and asks %+v", class(again).led, h.call())
	}
	h.says(404, "<html>a proxy's</html>")
	if class(again).led.Key == "" {
		t.Error("a 404 that is nobody's makes it forget the class")
	}
	calls = len(h.calls)
	c.Remove()
	if len(h.calls) != calls {
		t.Error("one press deletes the class")
	}
	c.Remove()
	h.says(204, "")
	if c.led.Key != "" || len(c.Board.Results) > 0 {
		t.Error("the class is still there")
	}
}

// Results that come as files stand on the board too; what is none is named, and harms nothing.
func TestHandedIn(t *testing.T) {
	p, h := found(t)
	c := class(p)
	c.HandIn()
	if !strings.HasSuffix(h.savedAs, resultEnd) || !AreResults([]string{h.savedAs}) || AreResults([]string{h.savedAs, "a.txt"}) || AreResults(nil) {
		t.Errorf("it is handed in as %q", h.savedAs)
	}
	p.HandedIn([]string{"a.result", "b.result", "c.result", "d.result"}, []string{h.saved, "", "{}", `{"objective":"lm","measures":{"x":1},"samples":["` + strings.Repeat("x", 2000) + `"]}`})
	if len(c.Board.Results) != 1 || len(c.Board.Odd) != 3 {
		t.Errorf("on the board is %+v, odd are %v", c.Board.Results, c.Board.Odd)
	}
	has(t, draw(t, p), "b.result", "1 result")
	names, contents := slices.Repeat([]string{"same.result"}, mostOnBoard), slices.Repeat([]string{h.saved}, mostOnBoard)
	p.HandedIn(append(names, "late.result"), append(contents, h.saved))
	if len(c.Board.Results) != mostOnBoard || len(c.Board.Late) != 2 || len(c.Board.Odd) != 0 {
		t.Errorf("%d on the board, late are %v, odd %v", len(c.Board.Results), c.Board.Late, c.Board.Odd)
	}
	has(t, draw(t, p), "room for 400 results", "late.result")
	c.Board.Results = c.Board.Results[:1]
	if got := c.Board.value(c.Board.Results[0]); !strings.Contains(got, "2.50") {
		t.Errorf("it is about %q", got)
	}
}
