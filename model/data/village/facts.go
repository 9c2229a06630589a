package village

import (
	"bytes"
	"fmt"
	"strings"
)

// A Fact is something true at the end of a tale, as a question and its answer.
type Fact struct {
	Kind     string // "holder", "where", "why", "gave", "found" (or caught, got down, …), "friend"
	Question string // "Who had the red ball at the end?"
	Answer   string // "Anna"
	Sentence string // "It was Anna.", the answer in whole
}

// facts are what the log and the world at the end of the tale say.
func (s *story) facts() []Fact {
	var facts []Fact
	add := func(kind, question, before, answer string) {
		if answer != "" {
			facts = append(facts, Fact{kind, question, answer, before + " " + answer + "."})
		}
	}
	const who = "It was"
	things := map[*thing]bool{}
	for _, e := range s.log {
		switch e.verb {
		case feels:
			add("why", "Why was "+e.who.name+" "+e.word+"?", e.who.name+" was "+e.word, because(e.why, e.word))
		case gives:
			add("gave", "Who gave "+s.called(e.what)+" to "+e.whom.name+"?", who, e.who.name)
		case finds:
			if ask := asking(e.told); ask != "" {
				add("found", fmt.Sprintf(ask, s.called(e.what)), who, e.who.name)
			}
		case befriends:
			add("friend", "Who became a friend of "+e.whom.name+"?", who, e.who.name)
			add("friend", "Who became a friend of "+e.who.name+"?", who, e.whom.name)
		}
		if e.what != nil && !e.what.animal && !things[e.what] { // an animal is with all who are there
			things[e.what] = true
			add("holder", "Who had "+s.called(e.what)+" at the end?", who, e.what.holderName())
		}
	}
	for _, p := range s.people {
		named := bytes.Contains(s.out, []byte(p.name)) // not only "his mother"
		if named && p.at != nil && (!p.at.home || p.at == s.homes[p.family]) && s.endsAt(p.at) {
			add("where", "Where was "+p.name+" at the end?", p.name+" was", p.at.in())
		}
	}
	return facts
}

// endsAt tells whether at is the place that the tale names last, so that a
// reader can tell who is there.
func (s *story) endsAt(at *place) bool {
	last, told := -1, string(s.out)
	name := func(p *place) string {
		if p.home {
			return " home"
		}
		return "the " + p.noun
	}
	for i := range places {
		last = max(last, strings.LastIndex(told, name(&places[i].place)))
	}
	last = max(last, strings.LastIndex(told, " home"))
	return last >= 0 && strings.HasPrefix(told[last:], name(at))
}

// because is why somebody felt so; "" where the tale gives no reason, or only
// the feeling itself: "he cried because he was sad".
func because(why, feeling string) string {
	if why == "" || strings.HasSuffix(why, "was "+feeling) {
		return ""
	}
	return "because " + why
}

// finding is how a tale says that one had a thing back, and how to ask for it.
var finding = []struct{ said, ask string }{
	{"They found", ""},
	{" caught ", "Who caught %s?"},
	{" pulled ", "Who pulled %s up?"},
	{" down.", "Who got %s down?"},
	{" found ", "Who found %s?"},
	{" saw ", "Who found %s?"},
}

// asking is how to ask who found a thing, by the words that told it; "" if they
// do not say it of one alone.
func asking(told string) string {
	for _, f := range finding {
		if strings.Contains(told, f.said) {
			return f.ask
		}
	}
	return ""
}

// called is what a thing is asked about by: its name, or as much of its phrase as
// the tale says.
func (s *story) called(t *thing) string {
	switch {
	case t.name != "":
		return t.name
	case bytes.Contains(s.out, []byte(t.phrase())):
		return "the " + t.phrase()
	}
	return "the " + t.noun
}

func (t *thing) holderName() string {
	if t.holder == nil {
		return ""
	}
	return t.holder.name
}
