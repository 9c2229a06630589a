package ui

import (
	"encoding/json"
	"strings"
	"unicode"

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
	sent     held   // the result that was sent last

	led  held // the class that was opened here
	open bool // results are taken
	sure bool // "delete all" was pressed once

	busy    bool   // an answer is waited for
	waiting bool   // the board will be asked again
	Wrong   string // what went wrong last
}

// held is something on the server whose key this browser remembers: in no link and no file.
type held struct {
	Code string `json:"code"`
	ID   string `json:"id"`
	Key  string `json:"key"`
}

// What it is remembered by.
const (
	ledKey  = "class"
	sentKey = "sent"
)

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

// Apply takes over, once the trainer is ready, what the browser remembers: results are no
// events of the trainer.
func (c *Class) Apply(e protocol.Event) {
	if _, is := e.(*protocol.Ready); !is {
		return
	}
	for name, of := range map[string]*held{ledKey: &c.led, sentKey: &c.sent} {
		if json.Unmarshal([]byte(c.Page.Host.Recall(name)), of) != nil {
			*of = held{}
		}
	}
	c.follow()
}

// remember takes over what is held, and has the browser remember it.
func (c *Class) remember(name string, of *held, now held) {
	*of = now
	text, _ := json.Marshal(now)
	c.Page.Host.Remember(name, string(text))
}

// Keep writes nothing down: what is here is of this browser alone.
func (c *Class) Keep(Experiment) {}

// Restore takes over the code that an address invites with.
func (c *Class) Restore(x Experiment) { c.invited(x) }

func (c *Class) invited(x Experiment) {
	if code, is := x.take("class"); is {
		c.Code = firstRunes(code, 12)
	}
}

// served tells whether there is a server for classes.
func (c *Class) served() bool { return c.Page.Server.Share }

// plainCode is a code as people type it, without what they put between.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			return unicode.ToUpper(r)
		}
		return -1
	}, typed)
}

// at is the address of a class on the server.
func at(code string) string { return "/api/class/" + plainCode(code) }

// call asks the server, one thing at a time, and says what went wrong if it does not answer
// as it should. What needs the key of something is forgotten with that if the server has it
// no more.
func (c *Class) call(call Call, want int, then func(body string)) {
	if c.busy {
		return
	}
	c.busy, c.Wrong = true, ""
	c.Page.Host.Call(call, func(a Answer) {
		c.busy = false
		if a.Status == want {
			then(a.Body)
			return
		}
		c.Wrong = c.Page.refused(a)
		c.Page.Host.Say(c.Wrong)
		c.lost(call.Key, a)
	})
}

func (c *Class) lost(key string, a Answer) {
	switch {
	case key == "" || !a.gone():
	case key == c.led.Key:
		c.remember(ledKey, &c.led, held{})
	case key == c.sent.Key:
		c.remember(sentKey, &c.sent, held{})
	}
}

// For those who send.

// canSend tells whether there is something to send, and a class to send it to.
func (c *Class) canSend() bool {
	_, is := c.Page.result("")
	return is && !c.busy && plainCode(c.Code) != ""
}

// Send sends the open model's result.
func (c *Class) Send() {
	r, is := c.Page.result(c.Nickname)
	if !is || !c.canSend() {
		return
	}
	now := held{Code: plainCode(c.Code)}
	c.call(Call{Method: "POST", Path: at(c.Code) + "/result", Body: r.text()}, 201, func(body string) {
		if json.Unmarshal([]byte(body), &now) != nil || now.Key == "" {
			c.Wrong = c.Page.refused(Answer{Status: 201})
			return
		}
		c.remember(sentKey, &c.sent, now)
		c.Page.Host.Say(c.Page.W.Say("class_sent"))
	})
}

// Unsend takes the result back that was sent last.
func (c *Class) Unsend() {
	c.call(Call{Method: "DELETE", Path: at(c.sent.Code) + "/result/" + c.sent.ID, Key: c.sent.Key}, 204, func(string) {
		c.remember(sentKey, &c.sent, held{})
		c.Page.Host.Say(c.Page.W.Say("share_taken"))
		c.Page.Host.Focus("class-title")
	})
}

// HandIn hands the result to the browser as a file.
func (c *Class) HandIn() {
	if r, is := c.Page.result(c.Nickname); is {
		c.Page.Host.Save("hornbook"+resultEnd, "application/json", r.text()+"\n")
	}
}

// canHandIn tells whether there is a result.
func (c *Class) canHandIn() bool {
	_, is := c.Page.result("")
	return is
}

// sendSays is what there is to send, or why there is nothing.
func (c *Class) sendSays() string {
	w := c.Page.W
	r, is := c.Page.result("")
	switch {
	case c.busy:
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
		var now held
		if json.Unmarshal([]byte(body), &now) != nil || now.Key == "" {
			c.Wrong = c.Page.refused(Answer{Status: 201})
			return
		}
		c.remember(ledKey, &c.led, now)
		c.open = true
		c.Board.clear()
		c.Page.Host.Say(c.Page.W.Say("class_code", "code", now.Code))
		c.Page.Host.Focus("class-code-is")
		c.follow()
	})
}

// invitation is the link by which others come to the class.
func (c *Class) invitation() string { return "#/class?class=" + c.led.Code }

// Take lets results come, or no more.
func (c *Class) Take(open bool) {
	path := map[bool]string{true: "/open", false: "/close"}[open]
	c.call(Call{Method: "POST", Path: at(c.led.Code) + path, Key: c.led.Key}, 200, func(string) {
		c.open = open
		c.Page.Host.Focus("class-code-is")
	})
}

// TakeAway deletes one result of the class, or takes one away that came as a file.
func (c *Class) TakeAway(f Found) {
	if f.At == 0 {
		c.Board.drop(f.ID)
		return
	}
	c.call(Call{Method: "DELETE", Path: at(c.led.Code) + "/result/" + f.ID, Key: c.led.Key}, 204, func(string) {
		c.Board.drop(f.ID)
		c.Page.Host.Focus("board-title")
	})
}

// Remove deletes the class and all its results, once it is pressed twice.
func (c *Class) Remove() {
	if !c.sure {
		c.sure = true
		return
	}
	c.sure = false
	c.call(Call{Method: "DELETE", Path: at(c.led.Code), Key: c.led.Key}, 204, func(string) {
		c.remember(ledKey, &c.led, held{})
		c.Board.clear()
		c.Page.Host.Say(c.Page.W.Say("class_removed"))
		c.Page.Host.Focus("class-title")
	})
}

func (c *Class) removeLabel() string {
	if c.sure {
		return c.Page.W.Say("class_remove_sure")
	}
	return c.Page.W.Say("class_remove")
}

// openSays tells the one who leads whether results can still come.
func (c *Class) openSays() string {
	if c.open {
		return c.Page.W.Say("class_is_open")
	}
	return c.Page.W.Say("class_is_closed")
}

// follow asks for the results that have come, again and again while the station is open.
func (c *Class) follow() {
	key := c.led.Key
	if c.waiting || key == "" || c.Page.Open != c.place.ID {
		return
	}
	c.waiting = true
	c.Page.Host.Call(Call{Method: "GET", Path: c.Board.path(c.led.Code), Key: key}, func(a Answer) {
		if c.led.Key == key { // else it is of a class that is gone
			c.followed(a)
		}
		if a.Status == 401 || a.Status == 403 { // asking again helps nobody
			c.waiting = false
			return
		}
		c.Page.Host.Later(func() {
			c.waiting = false
			c.follow()
		})
	})
}

func (c *Class) followed(a Answer) {
	if a.Status == 200 {
		c.open = c.Board.take(a.Body)
		return
	}
	c.Wrong = c.Page.refused(a)
	c.lost(c.led.Key, a)
}
