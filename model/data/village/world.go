package village

// A person of the tale. The first fields come from the tables in people.go and
// never change; the rest is the state of the world and of the telling.
type person struct {
	name   string
	girl   bool   // a girl or a woman: she; else he
	child  bool   // children are known by name, grown-ups by name and work
	work   string // "baker"; empty for children
	place  string // where a grown-up works, by the name of the place
	family int    // people of one number are kin; 0 has no kin in the tales

	trait   string // "shy"; empty until told
	feeling string // the last feeling told
	at      *place

	known bool // named before in this tale
	run   int  // sentences in a row that called the person he or she
}

// A thing or an animal.
type thing struct {
	noun   string // "ball"
	adj    string // "red"; may be empty
	name   string // animals: "Rex"
	many   bool   // "berries", "nuts": some, them
	mass   bool   // "bread", "honey": some, it
	animal bool

	holder *person // who carries or leads it
	at     *place  // where it lies, when nobody holds it
	owner  *person
	state  state

	known bool
}

type state uint8

const (
	whole state = iota
	broken
	gone // eaten, sold away, grown into something else
)

// A place in or near the village.
type place struct {
	noun string // "barn"
	prep string // "in": in the barn
	home bool   // a family's house: "at home", "home"
}

// where is the place that a thing is at, in somebody's hands or not.
func (t *thing) where() *place {
	if t.holder != nil {
		return t.holder.at
	}
	return t.at
}

func (p *place) in() string {
	if p.home {
		return "at home"
	}
	return p.prep + " the " + p.noun
}

func (p *place) to() string {
	if p.home {
		return "home"
	}
	return "to the " + p.noun
}

func (p *place) the() string {
	if p.home {
		return "the house"
	}
	return "the " + p.noun
}

// phrase is the thing without article: "red ball".
func (t *thing) phrase() string {
	if t.adj == "" {
		return t.noun
	}
	return t.adj + " " + t.noun
}

// a is the thing with its indefinite article: "a red ball", "some bread".
func (t *thing) a() string {
	if t.many || t.mass {
		return "some " + t.phrase()
	}
	return article(t.phrase()) + " " + t.phrase()
}

func article(word string) string {
	switch word[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an"
	}
	return "a"
}

func (t *thing) it() string {
	if t.many {
		return "them"
	}
	return "it"
}

func (p *person) pronoun(she, he string) string {
	if p.girl {
		return she
	}
	return he
}
