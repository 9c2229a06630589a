package ui

import (
	"encoding/json"

	"hornbook/web/protocol"
)

// A Call asks the server that the page came from, if that keeps what people share
// (package share says what it answers).
type Call struct {
	Method, Path string
	Key          string // of a thing or a class, "" for none
	Body         string // JSON lines or JSON
	Send         string // what goes along instead, one of Made and Given; "" for the body
	Into         string // the answer is a file, called this, which Host.Accept takes
}

// What a Call can send that this module never sees.
const (
	Made  = "made"  // the file that was made last
	Given = "given" // the text that was read last, as its file is
)

// An Answer is what the server said. A Status of 0 means nothing came.
type Answer struct {
	Status int
	Body   string
}

// A Server keeps what people share. The zero value keeps nothing.
type Server struct {
	Share   bool           `json:"share"`
	Uploads bool           `json:"uploads"` // it takes something new
	Days    int            `json:"days"`    // that things stay
	Limits  map[string]int `json:"limits"`  // bytes by kind
}

// meet asks, once, whether the page's server keeps what people share. Nothing is told.
func (p *Page) meet() {
	if p.met {
		return
	}
	p.met = true
	p.Host.Call(Call{Method: "GET", Path: "/api/"}, func(a Answer) {
		p.met = a.Status != 0 // else it is asked again
		if a.Status != 200 || json.Unmarshal([]byte(a.Body), &p.Server) != nil || p.Server.Days < 1 {
			p.Server = Server{}
		}
	})
}

// refused is why the server did not do what was asked, in words.
func (p *Page) refused(a Answer) string {
	if a.Status == 0 {
		return p.W.Say("refused_silent")
	}
	return p.W.Refused(a.code())
}

// code is which of its problems the server tells, and its own sentence.
func (a Answer) code() (code, sentence string) {
	var told struct{ Error, Sentence string }
	if json.Unmarshal([]byte(a.Body), &told) != nil {
		return "broken", ""
	}
	return told.Error, told.Sentence
}

// gone tells whether the server says that it does not have what it was asked for; a 404
// alone may be anybody's.
func (a Answer) gone() bool {
	code, _ := a.code()
	return a.Status == 404 && (code == "not_found" || code == "no_class")
}

// tooLong tells whether something has more bytes than the server takes of its kind.
func (s Server) tooLong(kind string, bytes int) bool { return bytes > s.Limits[kind] }

// exports are the forms of a model in which it is shared, by kind.
var exports = map[string]string{"model": protocol.Shared, "adapter": "peft"}
