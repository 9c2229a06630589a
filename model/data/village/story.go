package village

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
)

// A story is a tale while it is told: its cast, its day, its log, its words.
type story struct {
	rng  *rand.Rand
	cast [26]any // who and what the letters in the forms stand for
	log  []event

	season season
	opener string // what {when} says

	out         []byte
	form        []byte // the form being told, choices made
	args        []any  // {1}, {2}, …
	now, before []mention
	quoted      bool
	capital     bool
	homes       map[int]*place
	people      []*person
}

func (s *story) reset(rng *rand.Rand) {
	*s = story{rng: rng, out: s.out[:0], form: s.form[:0], log: s.log[:0], now: s.now[:0],
		before: s.before[:0], people: s.people[:0]}
	s.homes = map[int]*place{}
	s.season = season(1 << s.rng.IntN(4))
}

func (s *story) chance(percent int) bool { return s.rng.IntN(100) < percent }

// reason is what stands between the last "because" and the stop.
func reason(told []byte) string {
	i := bytes.LastIndex(told, []byte("because "))
	if i < 0 {
		return ""
	}
	text := string(told[i+len("because "):])
	end := strings.IndexAny(text, ".!?,\"")
	if end < 0 {
		return ""
	}
	return text[:end]
}

// choose picks one of list.
func choose[T any](s *story, list []T) T { return list[s.rng.IntN(len(list))] }

func (s *story) name(key byte, e any) { s.cast[key-'a'] = e }

// child casts a child for key: another one than the people cast before.
func (s *story) child(key byte) *person {
	return s.person(key, func(p *person) bool { return p.child })
}

// friend casts a child that is no kin of a, mostly of the other pronoun.
func (s *story) friend(key byte, a *person) *person {
	other := s.chance(70)
	return s.person(key, func(p *person) bool {
		return p.child && p.family != a.family && (!other || p.girl != a.girl)
	})
}

// kin casts the brother or sister of a child.
func (s *story) kin(key byte, a *person) *person {
	return s.person(key, func(p *person) bool { return p.child && p.family == a.family })
}

// parent casts a child's mother or father.
func (s *story) parent(key byte, a *person) *person {
	return s.person(key, func(p *person) bool { return !p.child && p.family == a.family })
}

// worker casts a grown-up with one of the kinds of work, or any.
func (s *story) worker(key byte, works ...string) *person {
	return s.person(key, func(p *person) bool { return p.works(works) })
}

// other is worker, but no kin of a.
func (s *story) other(key byte, a *person, works ...string) *person {
	return s.person(key, func(p *person) bool { return p.works(works) && (p.family == 0 || p.family != a.family) })
}

func (p *person) works(works []string) bool {
	return !p.child && (len(works) == 0 || slices.Contains(works, p.work))
}

// person casts somebody of the village that fits and is not yet in the tale.
func (s *story) person(key byte, fits func(*person) bool) *person {
	start := s.rng.IntN(len(villagers))
	for i := range villagers {
		v := &villagers[(start+i*step)%len(villagers)]
		if fits(v) && !s.taken(v.name) {
			p := new(*v)
			s.people = append(s.people, p)
			s.name(key, p)
			return p
		}
	}
	panic("village: nobody fits")
}

func (s *story) taken(name string) bool {
	for _, p := range s.people {
		if p.name == name {
			return true
		}
	}
	return false
}

// home is the house of somebody's family.
func (s *story) home(key byte, p *person) *place {
	h := s.homes[p.family]
	if h == nil || p.family == 0 {
		h = &place{noun: "house", prep: "in", home: true}
		s.homes[p.family] = h
	}
	s.name(key, h)
	return h
}

// place casts one of the named places.
func (s *story) place(key byte, nouns ...string) *place {
	noun := choose(s, nouns)
	for i := range places {
		if places[i].noun == noun {
			s.name(key, &places[i].place)
			return &places[i].place
		}
	}
	panic("village: no place is called " + noun)
}

// thing casts a new thing of one of the kinds.
func (s *story) thing(key byte, kinds []kind) *thing {
	k := choose(s, kinds)
	t := &thing{noun: k.noun, many: k.many, mass: k.mass}
	if len(k.adjs) > 0 {
		t.adj = choose(s, k.adjs)
	}
	s.name(key, t)
	return t
}

// animal casts an animal of one of the kinds, with its name.
func (s *story) animal(key byte, nouns ...string) *thing {
	noun := choose(s, nouns)
	for i := range animals {
		if animals[i].noun == noun {
			x := &thing{noun: noun, animal: true, adj: choose(s, animals[i].adjs), name: choose(s, animals[i].names)}
			s.name(key, x)
			return x
		}
	}
	panic("village: no animal is called " + noun)
}
