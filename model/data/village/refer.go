package village

import "strings"

// A mention says that the sentence spoke of a person, a thing or an animal.
type mention struct {
	of     any
	quoted bool // in somebody's speech: nothing that he, she or it can point to
}

// refer renders a reference:
//
//	{a}       person: name, or he and she where nobody else could be meant
//	{a.him} {a.his} {a.himself}
//	{a.he}    he or she wherever it is clear, else the name
//	{a.name}  always the name; {a.kin} "her brother Tom", seen from {b.kin a}
//	{a&b}     two people, or they; {a&b.them}, {a&b.their}
//	{t}       thing: "a red ball" the first time, then "the red ball"
//	{t.it}    it or them where it is clear, else "the ball"
//	{t.the} "the ball"; {t.bare} "red ball"; {t.noun} "ball"; {t.a} "a red ball"
//	{x}       animal: "a dog named Rex" the first time, then "Rex" or "the dog"
//	{p}       place: "the barn"; {p.in} "in the barn"; {p.to} "to the barn"
//	{when}    the time of the tale: "one cold morning"
func (s *story) refer(ref string) string {
	key, form, _ := strings.Cut(ref, ".")
	if key == "when" {
		return s.when()
	}
	if one, two, pair := strings.Cut(key, "&"); pair {
		return s.referPair(s.entity(one).(*person), s.entity(two).(*person), form)
	}
	switch e := s.entity(key).(type) {
	case *person:
		return s.referPerson(e, form)
	case *thing:
		return s.referThing(e, form)
	case *place:
		return referPlace(e, form)
	}
	panic("village: nothing has the key " + key)
}

// entity is what a key stands for: the cast of the plot, or an event's
// arguments 1, 2, 3.
func (s *story) entity(key string) any {
	if c := key[0]; '1' <= c && c <= '9' {
		return s.args[c-'1']
	}
	return s.cast[key[0]-'a']
}

func (s *story) referPerson(p *person, form string) string {
	text := s.personWord(p, form)
	s.mention(p)
	p.known = p.known || !s.quoted
	return text
}

func (s *story) personWord(p *person, form string) string {
	if key, ok := strings.CutPrefix(form, "kin "); ok {
		return s.kinWord(p, s.entity(key).(*person))
	}
	clear := s.clear(p)
	switch form {
	case "":
		if clear && (s.mentioned(s.now, p) || p.run < 2 && s.chance(70)) {
			p.run++
			return p.pronoun("she", "he")
		}
	case "he":
		if clear {
			p.run++
			return p.pronoun("she", "he")
		}
	case "him":
		if clear {
			return p.pronoun("her", "him")
		}
	case "his":
		if clear {
			return p.pronoun("her", "his")
		}
		return s.named(p) + "'s"
	case "himself":
		return p.pronoun("herself", "himself")
	case "name":
		return s.named(p)
	case "work":
		return "the " + p.work
	case "girl":
		return p.pronoun("girl", "boy")
	case "sister":
		return p.pronoun("sister", "brother")
	case "woman":
		return p.pronoun("woman", "man")
	case "daughter":
		return p.pronoun("daughter", "son")
	case "mother":
		return p.pronoun("mother", "father")
	case "trait":
		return p.trait
	default:
		panic("village: no such form of a person: " + form)
	}
	return s.named(p)
}

// named is the name, with the work of a grown-up at the first mention that is
// not in a speech.
func (s *story) named(p *person) string {
	p.run = 0
	if p.known || p.child || s.quoted {
		return p.name
	}
	return p.name + " the " + p.work
}

// kinWord is "her brother Tom", or "Lily's brother Tom".
func (s *story) kinWord(p, of *person) string {
	whose := s.personWord(of, "his")
	switch {
	case p.child:
		return whose + " " + p.pronoun("sister", "brother") + " " + p.name
	case !p.known:
		return whose + " " + p.pronoun("mother", "father") + " " + p.name + " the " + p.work
	}
	return whose + " " + p.pronoun("mother", "father")
}

// clear reports whether he or she can only mean p here: p was spoken of in
// this sentence or the one before, and nobody else of the kind was since.
func (s *story) clear(p *person) bool {
	if s.quoted {
		return false
	}
	if s.spokenOf(s.now, p) {
		return s.only(s.now, p)
	}
	return s.spokenOf(s.before, p) && s.only(s.before, p) && s.only(s.now, p)
}

func (s *story) spokenOf(list []mention, e any) bool {
	for _, m := range list {
		if m.of == e && !m.quoted {
			return true
		}
	}
	return false
}

func (s *story) mentioned(list []mention, e any) bool {
	for _, m := range list {
		if m.of == e {
			return true
		}
	}
	return false
}

// only reports whether list mentions nobody else with p's pronoun.
func (s *story) only(list []mention, p *person) bool {
	for _, m := range list {
		if q, ok := m.of.(*person); ok && q != p && q.girl == p.girl {
			return false
		}
	}
	return true
}

func (s *story) mention(e any) {
	s.now = append(s.now, mention{e, s.quoted})
}

// referPair names two people, or says they where only those two were spoken of.
func (s *story) referPair(p, q *person, form string) string {
	they := !s.quoted && (s.pairIn(s.now, p, q) || len(s.now) == 0 && s.pairIn(s.before, p, q))
	both := s.named(p) + " and " + s.named(q)
	s.mention(p)
	s.mention(q)
	p.known, q.known = true, true
	switch {
	case form == "" && they:
		return "they"
	case form == "them" && they:
		return "them"
	case form == "their" && they:
		return "their"
	case form == "their":
		return both + "'s"
	}
	return both
}

// pairIn reports whether list speaks of p and q and of no other person.
func (s *story) pairIn(list []mention, p, q *person) bool {
	for _, m := range list {
		if r, ok := m.of.(*person); ok && r != p && r != q {
			return false
		}
	}
	return s.spokenOf(list, p) && s.spokenOf(list, q)
}

func (s *story) referThing(t *thing, form string) string {
	text := s.thingWord(t, form)
	s.mention(t)
	t.known = true
	return text
}

func (s *story) thingWord(t *thing, form string) string {
	switch form {
	case "":
		return s.thingNamed(t)
	case "it":
		if s.clearThing(t) {
			return t.it()
		}
		return "the " + t.noun
	case "the":
		return "the " + t.noun
	case "bare":
		return t.phrase()
	case "noun":
		return t.noun
	case "adj":
		return t.adj
	case "name":
		return t.name
	case "a":
		return t.a()
	case "was":
		if t.many {
			return "were"
		}
		return "was"
	}
	panic("village: no such form of a thing: " + form)
}

func (s *story) thingNamed(t *thing) string {
	switch {
	case t.name != "" && !t.known:
		return t.a() + " named " + t.name
	case t.name != "" && s.chance(70):
		return t.name
	case !t.known:
		return t.a()
	case t.name == "" && s.chance(65):
		return "the " + t.phrase()
	}
	return "the " + t.noun
}

// clearThing reports whether it can only mean t here.
func (s *story) clearThing(t *thing) bool {
	list := s.now
	if !s.mentioned(list, t) {
		if list = s.before; !s.mentioned(list, t) {
			return false
		}
	}
	for _, l := range [2][]mention{list, s.now} {
		for _, m := range l {
			if u, ok := m.of.(*thing); ok && u != t {
				return false
			}
		}
	}
	return true
}

func referPlace(p *place, form string) string {
	switch form {
	case "":
		return p.the()
	case "in":
		return p.in()
	case "to":
		return p.to()
	case "noun":
		return p.noun
	}
	panic("village: no such form of a place: " + form)
}
