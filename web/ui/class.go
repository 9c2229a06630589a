package ui

import (
	"encoding/json"
	"strings"

	"hornbook/web/protocol"
)

// Class is the station of what many have found: each sends the result of a run, the one who
// opened the class sees all of them beside each other. Without a server results travel as
// files.
type Class struct {
	desk
	Board Board

	Code     string // of the class that results are sent to, as it was typed
	Nickname string // that goes along, "" for none
	sent     hers   // the result that was sent last
	sending  bool

	led  hers // the class that was opened here
	open bool // results are taken
	sure bool // "delete all" was pressed once

	waiting bool   // the board will be asked again
	Wrong   string // what went wrong last
}

// hers is something on the server whose key is on this device.
type hers struct {
	Code string `json:"code"`
	ID   string `json:"id"`
	Key  string `json:"key"`
}

// mostNickname is how many characters one has.
const mostNickname = 24

func newClass(p *Page) *Class {
	return &Class{desk: desk{p, Place{"class", "keep"}}, Board: Board{page: p, Sort: sortNewest}}
}

// Stand counts the results.
func (c *Class) Stand() Stand {
	if n := len(c.Board.Results); n > 0 {
		return Stand{Says: c.Page.W.Say("class_results", "n", n)}
	}
	return Stand{}
}

// Apply has nothing to follow: results are no events of the trainer.
func (c *Class) Apply(protocol.Event) {}

// Keep writes down, for this device only, what needs a key.
func (c *Class) Keep(x Experiment) {
	for name, of := range map[string]hers{"class": c.led, "sent": c.sent} {
		if text, err := json.Marshal(of); err == nil && of.Key != "" {
			x.put(here+name, string(text))
		}
	}
}

// Restore takes that over, and the code that an address invites with.
func (c *Class) Restore(x Experiment) {
	c.invited(x)
	for name, of := range map[string]*hers{"class": &c.led, "sent": &c.sent} {
		if text, is := x.take(here + name); is && of.Key == "" && json.Unmarshal([]byte(text), of) != nil {
			*of = hers{}
		}
	}
	c.open = c.led.Key != ""
}

func (c *Class) invited(x Experiment) {
	if code, is := x.take("class"); is {
		c.Code = firstRunes(code, 12)
	}
}

// served tells whether there is a server for classes.
func (c *Class) served() bool { return c.Page.Server.Share }

// at is the address of a class on the server.
func at(code string) string { return "/api/class/" + strings.ToUpper(strings.TrimSpace(code)) }

// ask asks the server, and says what went wrong if it does not answer as it should.
func (c *Class) call(call Call, want int, then func(body string)) {
	c.Wrong = ""
	c.Page.Host.Call(call, func(a Answer) {
		if a.Status != want {
			c.Wrong = c.Page.refused(a)
			c.Page.Host.Say(c.Wrong)
			c.lost(call, a)
			return
		}
		then(a.Body)
	})
}

// lost forgets a class, or a result, that the server has no more.
func (c *Class) lost(call Call, a Answer) {
	c.sending = false
	if a.Status != 404 {
		return
	}
	switch call.Key {
	case "":
	case c.led.Key:
		c.led = hers{}
	case c.sent.Key:
		c.sent = hers{}
	}
}

// For those who send.

// canSend tells whether there is something to send, and a class to send it to.
func (c *Class) canSend() bool {
	_, is := c.Page.result("")
	return is && !c.sending && strings.TrimSpace(c.Code) != ""
}

// Send sends the open model's result.
func (c *Class) Send() {
	r, is := c.Page.result(c.Nickname)
	if !is || !c.canSend() {
		return
	}
	c.sending = true
	code := strings.ToUpper(strings.TrimSpace(c.Code))
	c.call(Call{Method: "POST", Path: at(code) + "/result", Body: r.text()}, 201, func(body string) {
		c.sending = false
		c.sent = hers{Code: code}
		json.Unmarshal([]byte(body), &c.sent)
		c.Page.Host.Say(c.Page.W.Say("class_sent"))
	})
}

// Unsend takes the result back that was sent last.
func (c *Class) Unsend() {
	c.call(Call{Method: "DELETE", Path: at(c.sent.Code) + "/result/" + c.sent.ID, Key: c.sent.Key}, 204, func(string) {
		c.sent = hers{}
		c.Page.Host.Say(c.Page.W.Say("share_taken"))
	})
}

// HandIn hands the result to the browser as a file.
func (c *Class) HandIn() {
	if r, is := c.Page.result(c.Nickname); is {
		c.Page.Host.Save("hornbook"+resultEnd, "application/json", r.text()+"\n")
	}
}

// sendSays is what there is to send, or why there is nothing.
func (c *Class) sendSays() string {
	w := c.Page.W
	r, is := c.Page.result("")
	switch {
	case c.sending:
		return w.Say("share_sending")
	case !is:
		return w.Say("class_nothing")
	}
	return w.Say("class_what", "list", r.says(w))
}

// For the one who leads.

// Begin opens a class.
func (c *Class) Begin() {
	c.call(Call{Method: "POST", Path: "/api/class"}, 201, func(body string) {
		c.led = hers{}
		json.Unmarshal([]byte(body), &c.led)
		c.open, c.Board.Results, c.Board.next = true, nil, 0
		c.Page.Host.Say(c.Page.W.Say("class_code", "code", c.led.Code))
		c.follow()
	})
}

// invitation is the link by which others come to the class.
func (c *Class) invitation() string { return "#/class?class=" + c.led.Code }

// Take lets results come, or no more.
func (c *Class) Take(open bool) {
	path := map[bool]string{true: "/open", false: "/close"}[open]
	c.call(Call{Method: "POST", Path: at(c.led.Code) + path, Key: c.led.Key}, 200, func(string) { c.open = open })
}

// Remove deletes the class and all its results, once it is pressed twice.
func (c *Class) Remove() {
	if !c.sure {
		c.sure = true
		return
	}
	c.sure = false
	c.call(Call{Method: "DELETE", Path: at(c.led.Code), Key: c.led.Key}, 204, func(string) {
		c.led, c.Board.Results, c.Board.next = hers{}, nil, 0
		c.Page.Host.Say(c.Page.W.Say("class_removed"))
	})
}

func (c *Class) removeLabel() string {
	if c.sure {
		return c.Page.W.Say("class_remove_sure")
	}
	return c.Page.W.Say("class_remove")
}

// follow asks for the results that have come, again and again while the station is open.
func (c *Class) follow() {
	if c.waiting || c.led.Key == "" || c.Page.Open != c.place.ID {
		return
	}
	c.waiting = true
	again := func() {
		c.waiting = false
		c.follow()
	}
	c.Page.Host.Call(Call{Method: "GET", Path: c.Board.path(c.led.Code), Key: c.led.Key}, func(a Answer) {
		switch {
		case a.Status == 200:
			c.open = c.Board.take(a.Body)
		case a.Status == 404:
			c.led = hers{}
		}
		c.Page.Host.Later(again)
	})
}

// openSays tells the one who leads whether results can still come.
func (c *Class) openSays() string {
	if c.open {
		return c.Page.W.Say("class_is_open")
	}
	return c.Page.W.Say("class_is_closed")
}

// canHandIn tells whether there is a result.
func (c *Class) canHandIn() bool {
	_, is := c.Page.result("")
	return is
}
