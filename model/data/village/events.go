package village

// A verb is what can happen. Every event is checked against the world, changes
// it, is kept in the log and is told, in this order, so that no story can say
// what could not be. A plot that tries is a mistake in this package: it panics.
type verb uint8

const (
	isAt      verb = iota // who is at where, as the tale begins
	has                   // who has what, as the tale begins
	lies                  // what is at where, as the tale begins
	goes                  // who goes to where
	strays                // what, an animal, goes to where by itself
	takes                 // who takes or picks what up
	finds                 // who finds what, and takes it
	spots                 // who finds what, and leaves it there
	drops                 // who puts what down
	loses                 // who drops what and does not know it
	hides                 // who leaves what where nobody looks
	gives                 // who gives what to whom
	breaks                // who breaks what
	mends                 // who mends what
	makes                 // who makes what
	grows                 // what comes to be at where
	eats                  // who eats what
	ends                  // what is no more: used up, blown away
	talks                 // who speaks to whom
	feels                 // who feels word
	befriends             // who and whom become friends
	helps                 // who helps whom
)

// An event of the log. Fields that the verb does not speak of are nil.
type event struct {
	verb  verb
	who   *person
	whom  *person
	what  *thing
	where *place
	word  string // the feeling
	why   string // "he had lost the red ball"
	told  string // of finds: the words of the tale
}

func must(holds bool, rule string) {
	if !holds {
		panic("village: a plot broke a rule: " + rule)
	}
}

func (s *story) note(e event) { s.log = append(s.log, e) }

// at, has and lies set the world up; they tell nothing.
func (s *story) at(p *place, people ...*person) {
	for _, who := range people {
		must(who.at == nil, "a person starts in one place")
		who.at = p
		s.note(event{verb: isAt, who: who, where: p})
	}
}

func (s *story) has(who *person, t *thing) {
	must(t.where() == nil, "a thing starts in one place")
	t.holder, t.owner = who, who
	s.note(event{verb: has, who: who, what: t})
}

func (s *story) lies(t *thing, p *place) {
	must(t.where() == nil, "a thing starts in one place")
	t.at = p
	s.note(event{verb: lies, what: t, where: p})
}

// goTo moves people, and all that they carry, from one place to another.
// In its forms {1} is the first who goes, {2} the place.
func (s *story) goTo(p *place, forms string, people ...*person) {
	for _, who := range people {
		must(who.at != nil, "who goes was somewhere")
		must(who.at != p, "who goes was elsewhere")
		who.at = p
		s.note(event{verb: goes, who: who, where: p})
	}
	s.tell(or(forms, goesForms), []any{people[0], p})
}

// wander lets people go about, so that nobody could say where they are.
func (s *story) wander(people ...*person) {
	for _, who := range people {
		who.at = nil
	}
}

// stray moves a free animal. {1} is the animal, {2} the place.
func (s *story) stray(x *thing, p *place, forms string) {
	must(x.animal && x.holder == nil, "only a free animal strays")
	x.at = p
	s.note(event{verb: strays, what: x, where: p})
	if forms != "" {
		s.tell(forms, []any{x, p})
	}
}

// take, find: {1} is the person, {2} the thing. find is for things not seen
// since they were lost or hidden.
func (s *story) take(who *person, t *thing, forms string) {
	s.pickUp(takes, who, t)
	s.tell(or(forms, takesForms), []any{who, t})
}

func (s *story) find(who *person, t *thing, forms string) {
	s.pickUp(finds, who, t)
	from := len(s.out)
	s.tell(or(forms, findsForms), []any{who, t})
	s.log[len(s.log)-1].told = string(s.out[from:])
}

// spot is to find a thing and leave it where it is.
func (s *story) spot(who *person, t *thing, forms string) {
	must(t.holder == nil && t.at == who.at, "what is found is here")
	s.note(event{verb: spots, who: who, what: t, where: who.at})
	s.tell(or(forms, spotsForms), []any{who, t})
}

func (s *story) pickUp(v verb, who *person, t *thing) {
	must(t.state != gone, "what is gone stays gone")
	must(t.holder == nil, "what is taken was free")
	must(t.at == who.at && t.at != nil, "what is taken is here")
	where := t.at
	t.holder, t.at = who, nil
	s.note(event{verb: v, who: who, what: t, where: where})
}

// drop, lose and hide leave a thing where its holder is; {1} is the person,
// {2} the thing, {3} the place.
func (s *story) drop(who *person, t *thing, forms string) { s.leave(drops, who, t, forms) }
func (s *story) lose(who *person, t *thing, forms string) { s.leave(loses, who, t, forms) }
func (s *story) hide(who *person, t *thing, forms string) { s.leave(hides, who, t, forms) }

func (s *story) leave(v verb, who *person, t *thing, forms string) {
	must(t.holder == who, "who leaves a thing has it")
	t.holder, t.at = nil, who.at
	s.note(event{verb: v, who: who, what: t, where: who.at})
	s.tell(forms, []any{who, t, who.at})
}

// give: {1} gives {2} to {3}. {4}, for a trade, is what comes back.
func (s *story) give(who *person, t *thing, whom *person, forms string) {
	s.hand(who, t, whom)
	s.tell(or(forms, givesForms), []any{who, t, whom})
}

func (s *story) trade(who *person, t *thing, whom *person, back *thing, forms string) {
	s.hand(who, t, whom)
	s.hand(whom, back, who)
	s.tell(or(forms, tradesForms), []any{who, t, whom, back})
}

func (s *story) hand(who *person, t *thing, whom *person) {
	must(who != whom && t.holder == who, "who gives a thing has it")
	must(who.at == whom.at, "who gets a thing is here")
	t.holder = whom
	s.note(event{verb: gives, who: who, what: t, whom: whom, where: who.at})
}

// breakIt, mend: {1} is the person, {2} the thing.
func (s *story) breakIt(who *person, t *thing, forms string) {
	must(t.state == whole && t.where() == who.at, "what breaks is whole and here")
	t.state = broken
	s.note(event{verb: breaks, who: who, what: t, where: who.at})
	s.tell(forms, []any{who, t})
}

func (s *story) mend(who *person, t *thing, forms string) {
	must(t.state == broken && t.where() == who.at, "what is mended is broken and here")
	t.state = whole
	s.note(event{verb: mends, who: who, what: t, where: who.at})
	s.tell(or(forms, mendsForms), []any{who, t})
}

// make brings a new thing into somebody's hands, grow to a place.
func (s *story) make(who *person, t *thing, forms string) {
	must(t.where() == nil, "what is made is new")
	t.holder, t.owner = who, who
	s.note(event{verb: makes, who: who, what: t, where: who.at})
	s.tell(or(forms, makesForms), []any{who, t})
}

func (s *story) grow(t *thing, p *place, forms string) {
	must(t.where() == nil, "what grows is new")
	t.at = p
	s.note(event{verb: grows, what: t, where: p})
	s.tell(forms, []any{t, p})
}

// eat: all who are named eat the thing, and it is gone. {1} is the first, {2}
// the thing.
func (s *story) eat(t *thing, forms string, people ...*person) {
	for _, who := range people {
		must(t.state == whole && t.where() == who.at, "what is eaten is here")
		s.note(event{verb: eats, who: who, what: t, where: who.at})
	}
	t.state, t.holder, t.at = gone, nil, nil
	s.tell(forms, []any{people[0], t})
}

// end takes a thing out of the world.
func (s *story) end(t *thing, forms string) {
	must(t.state != gone, "what is gone stays gone")
	t.state, t.holder, t.at = gone, nil, nil
	s.note(event{verb: ends, what: t})
	s.tell(forms, []any{t})
}

// talk: {1} speaks to {2}, who is nil for a word to oneself.
func (s *story) talk(who, whom *person, forms string) {
	must(whom == nil || who.at == whom.at, "who talks together is together")
	s.note(event{verb: talks, who: who, whom: whom, where: who.at})
	s.tell(forms, []any{who, whom})
}

// feel: {1} feels word. A form with because says why.
func (s *story) feel(who *person, word, forms string) {
	who.feeling = word
	from := len(s.out)
	s.tell(or(forms, feelsForms[word]), []any{who})
	s.note(event{verb: feels, who: who, word: word, why: reason(s.out[from:])})
}

func (s *story) befriend(who, whom *person, forms string) {
	must(who.at == whom.at, "who become friends are together")
	s.note(event{verb: befriends, who: who, whom: whom})
	s.tell(or(forms, friendsForms), []any{who, whom})
}

func (s *story) help(who, whom *person, forms string) {
	must(who.at == whom.at, "who helps is here")
	s.note(event{verb: helps, who: who, whom: whom})
	s.tell(forms, []any{who, whom})
}

func or(forms, usual string) string {
	if forms == "" {
		return usual
	}
	return forms
}
