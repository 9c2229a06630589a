package ui

import (
	"encoding/json"
	"slices"
	"time"

	"hornbook/web/protocol"
)

// Sharing is what was shared from here, and what is to be.
type Sharing struct {
	page  *Page
	Made  []Shared // the newest first, as this browser remembers them
	Of    Thing    // what is to be shared
	Done  *Shared  // what became of that, nil before
	Wrong string   // why nothing did, "" for no reason

	making  int // id of the Export of it, 0 for none
	sending bool
}

// A Thing can be shared.
type Thing struct {
	Kind  string // "model", "adapter", "card", "task" or "pairs"
	Model string // its id on the shelf, of the first three
	Name  string // for whoever shares it; it stays here
	Body  string // of the last three; "" of tasks, which are the given text
}

// Shared is a thing that the server keeps.
type Shared struct {
	ID      string `json:"id"`
	Key     string `json:"key"` // by which it can be taken back
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Expires int64  `json:"expires"` // milliseconds since 1970
}

// mostShared is how many can be shared from one browser.
const mostShared = 50

// sharedKey names what was shared, with the keys, in the browser's memory: in no link and
// no file.
const sharedKey = "shared"

// recall takes over what this browser has shared, in any of its tabs.
func (s *Sharing) recall() {
	var made []Shared
	if json.Unmarshal([]byte(s.page.Host.Recall(sharedKey)), &made) == nil {
		s.Made = made
	}
}

// change changes what is remembered, whatever another tab has added meanwhile.
func (s *Sharing) change(how func([]Shared) []Shared) {
	s.recall()
	s.Made = how(s.Made)
	if text, err := json.Marshal(s.Made); err == nil {
		s.page.Host.Remember(sharedKey, string(text))
	}
}

// can tells whether something can be shared at all.
func (s *Sharing) can() bool { return s.page.Server.Share && s.page.Server.Uploads }

func (s *Sharing) busy() bool { return s.making != 0 || s.sending }

func (s *Sharing) is(t Thing) bool { return s.Of.Kind == t.Kind && s.Of.Model == t.Model }

// Choose opens what there is to know before a thing is shared, or closes it.
func (s *Sharing) Choose(t Thing) {
	if s.busy() {
		return
	}
	if s.is(t) {
		t = Thing{}
	}
	s.Of, s.Done, s.Wrong = t, nil, ""
}

// Share gives the thing that was chosen to the server.
func (s *Sharing) Share() {
	if s.busy() || s.Of.Kind == "" {
		return
	}
	s.Done, s.Wrong = nil, ""
	if s.recall(); len(s.Made) >= mostShared {
		s.fail(s.page.W.Say("share_many", "n", s.page.W.Count(mostShared)))
		return
	}
	if form := exports[s.Of.Kind]; form != "" {
		s.making = s.page.ask(&protocol.Export{ModelID: s.Of.Model, Format: form, DType: "f32"})
		s.page.asker[s.making] = "models"
		return
	}
	if s.page.Server.tooLong(s.Of.Kind, len(s.Of.Body)) {
		s.large(len(s.Of.Body))
		return
	}
	c := Call{Body: s.Of.Body}
	if s.Of.Kind == "task" {
		c.Send = Given
	}
	s.send(c)
}

// Keeps tells whether a file that was made is to be shared, and not downloaded.
func (p *Page) Keeps(f *protocol.File) bool { return f.ID != 0 && f.ID == p.Sharing.making }

func (s *Sharing) apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		s.recall()
	case *protocol.File:
		if s.making == 0 || e.ID != s.making {
			return
		}
		s.making = 0
		if s.page.Server.tooLong(s.Of.Kind, int(e.Size)) {
			s.large(int(e.Size))
			return
		}
		s.send(Call{Send: Made})
	case *protocol.Problem:
		if e.ID == s.making || gone(e) {
			s.making = 0 // the problem stands where it was asked
		}
	}
}

func (s *Sharing) large(bytes int) {
	w := s.page.W
	s.fail(w.Say("share_large", "size", w.Bytes(float64(bytes)), "most", w.Bytes(float64(s.page.Server.Limits[s.Of.Kind]))))
}

func (s *Sharing) fail(why string) {
	s.Wrong = why
	s.page.Host.Say(why)
}

func (s *Sharing) send(c Call) {
	s.sending = true
	of := s.Of
	c.Method, c.Path = "POST", "/api/share?kind="+of.Kind
	s.page.Host.Call(c, func(a Answer) {
		s.sending = false
		made := Shared{Name: of.Name}
		if a.Status != 201 || json.Unmarshal([]byte(a.Body), &made) != nil || made.ID == "" {
			s.fail(s.page.refused(a))
			return
		}
		s.change(func(list []Shared) []Shared { return slices.Insert(list, 0, made) })
		s.Done = &made
		s.page.Host.Say(s.page.W.Say("share_done"))
		s.page.Host.Focus("share-says")
	})
}

// says is how far sharing has come.
func (s *Sharing) says() string {
	switch {
	case s.making != 0:
		return s.page.W.Say("making")
	case s.sending:
		return s.page.W.Say("share_sending")
	case s.Done != nil:
		return s.page.W.Say("share_done")
	}
	return ""
}

// about says what goes where before it does.
func (s *Sharing) about(t Thing) string {
	w := s.page.W
	return w.Say("share_what_"+t.Kind) + " " + w.Say("share_about", "host", s.page.Host.Link(""), "n", w.Count(s.page.Server.Days))
}

// linkTo is where a shared thing is opened.
func linkTo(id string) string { return "#/models?shared=" + id }

// until is when a thing is deleted by itself.
func (s *Sharing) until(t *Shared) string {
	return s.page.W.Say("share_until", "kind", s.page.W.Say("shared_"+t.Kind), "date", s.page.W.When(time.UnixMilli(t.Expires)))
}

// Longer keeps a thing for as long as a new one.
func (s *Sharing) Longer(id string) {
	s.own(id, "POST", "/renew", 200, func(a Answer) {
		s.change(func(list []Shared) []Shared {
			for i := range list {
				if list[i].ID == id {
					json.Unmarshal([]byte(a.Body), &list[i])
					s.page.Host.Say(s.until(&list[i]))
				}
			}
			return list
		})
	})
}

// TakeBack deletes a thing.
func (s *Sharing) TakeBack(id string) {
	s.own(id, "DELETE", "", 204, func(Answer) {
		s.forget(id)
		s.page.Host.Say(s.page.W.Say("share_taken"))
		s.page.Host.Focus("models-title")
	})
}

// own does what needs the key of a thing. One that the server says it has no more is
// forgotten.
func (s *Sharing) own(id, method, path string, want int, then func(Answer)) {
	i := slices.IndexFunc(s.Made, func(t Shared) bool { return t.ID == id })
	if i < 0 {
		return
	}
	s.Wrong = ""
	s.page.Host.Call(Call{Method: method, Path: "/api/share/" + id + path, Key: s.Made[i].Key}, func(a Answer) {
		if a.Status == want {
			then(a)
			return
		}
		if a.gone() {
			s.forget(id)
		}
		s.fail(s.page.refused(a))
	})
}

func (s *Sharing) forget(id string) {
	s.change(func(list []Shared) []Shared {
		return slices.DeleteFunc(list, func(t Shared) bool { return t.ID == id })
	})
	if s.Done != nil && s.Done.ID == id {
		s.Done = nil
	}
}
