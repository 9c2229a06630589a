package ui

import (
	"encoding/json"
	"strings"

	"hornbook/web/protocol"
)

// Came is what somebody shares by a link that was opened.
type Came struct {
	page    *Page
	ID      string // "" for nothing
	Kind    string // "" until the server has said
	Size    int
	Wrong   string            // why it cannot be had
	Outcome *protocol.Outcome // of a card that is shown
	Opened  bool
	loading bool
	sure    bool // "report" was pressed once
}

// came takes over what an address shares, and asks what it is.
func (p *Page) came(x Experiment) {
	id, is := x.take("shared")
	if !is || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return
	}
	c := &Came{page: p, ID: id}
	p.Came = c
	c.call(Call{Method: "GET", Path: c.path() + "/about"}, func(a Answer) {
		var about struct {
			Kind string
			Size int
		}
		if a.Status != 200 || json.Unmarshal([]byte(a.Body), &about) != nil {
			c.fail(a)
			return
		}
		c.Kind, c.Size = about.Kind, about.Size
	})
}

// call asks the server; an answer that comes when something else has come, or nobody wants
// this any more, does nothing.
func (c *Came) call(call Call, then func(Answer)) {
	c.page.Host.Call(call, func(a Answer) {
		if c.page.Came == c {
			then(a)
		}
	})
}

func (c *Came) path() string { return "/api/share/" + c.ID }

func (c *Came) fail(a Answer) {
	c.Wrong, c.loading = c.page.refused(a), false
	c.page.Host.Say(c.Wrong)
}

// says is what it is, or why it cannot be had.
func (c *Came) says() string {
	w := c.page.W
	switch {
	case c.Wrong != "":
		return c.Wrong
	case c.Kind == "":
		return w.Say("came_asking")
	}
	return w.Say("came_says", "kind", w.Say("shared_"+c.Kind), "size", w.Bytes(float64(c.Size)))
}

// canOpen tells whether it can be opened now.
func (c *Came) canOpen() bool {
	return c.Kind != "" && c.Wrong == "" && !c.loading && !c.Opened && of[*Models](c.page).canOpen()
}

// Open has it: a model or an adapter as one that is brought in, tasks and pairs as a text.
func (c *Came) Open() {
	if !c.canOpen() {
		return
	}
	c.loading = true
	get := Call{Method: "GET", Path: c.path()}
	switch c.Kind {
	case "model", "adapter":
		get.Into = "shared.zip"
	case "task", "pairs":
		get.Into = "shared.jsonl"
	}
	c.call(get, func(a Answer) {
		c.loading = false
		switch {
		case a.Status != 200:
			c.fail(a)
		case of[*Models](c.page).canOpen(): // a run may have begun meanwhile
			c.opened(a.Body)
		}
	})
}

func (c *Came) opened(body string) {
	c.Opened = true
	switch c.Kind {
	case "card":
		c.Outcome = new(protocol.Outcome)
		if json.Unmarshal([]byte(body), c.Outcome) != nil || c.Outcome.After.None() {
			c.Outcome = nil
			c.fail(Answer{Status: 200})
		}
	case "model", "adapter":
		c.page.Host.Accept()
		of[*Models](c.page).Import([]string{"shared.zip"})
		c.toStation()
	case "task":
		c.page.Host.Accept()
		c.page.visit("rewards")
		of[*Rewards](c.page).ChooseTask("")
		c.toStation()
	case "pairs":
		c.page.Host.Accept()
		c.page.visit("preferences")
		c.toStation()
	}
}

// toStation puts the focus where it goes on, since what was pressed is there no more.
func (c *Came) toStation() { c.page.Host.Focus(c.page.Open + "-title") }

// Leave lets it be.
func (c *Came) Leave() {
	c.page.Came = nil
	c.toStation()
}

// Report says that it should not be here, once it is pressed twice: nobody sees it any more.
func (c *Came) Report() {
	if !c.sure {
		c.sure = true
		return
	}
	c.call(Call{Method: "POST", Path: c.path() + "/report", Body: `{"reason":"reported in the page"}`}, func(a Answer) {
		if a.Status != 200 {
			c.fail(a)
			return
		}
		c.Leave()
		c.page.Host.Say(c.page.W.Say("came_reported"))
	})
}

func (c *Came) reportLabel() string {
	if c.sure {
		return c.page.W.Say("came_report_sure")
	}
	return c.page.W.Say("came_report")
}
