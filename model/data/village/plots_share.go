package village

// Sharing, giving and trading.

// sharedFood: one has something to eat, the other nothing.
func sharedFood(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	f := s.thing('f', foods)
	p := s.place('p', "oak tree", "school", "meadow", "bridge", "river")
	s.at(s.home('h', a), a)
	s.at(p, b)
	s.has(a, f)

	s.goTo(p, "{when} {1} went {2.to} with {f}.|{when} {1} took {f} and walked {2.to}.", a)
	s.say("{b} [sat there alone|was there too] and had nothing to eat.|There {a.he} met {b}. {b} had nothing to eat.")
	s.feel(b, "hungry", "{1} was hungry because {1.he} had [left home without bread|got up late|given everything to the birds].")
	if s.chance(40) {
		s.say("{a.name} looked at {f} and thought for a while.|First {a.name} wanted to keep it all.")
	}
	s.talk(a, b, `"Come, sit by me," said {1}. "There is enough for two."|"Half is yours," said {1}.`)
	s.eat(f, "They shared {2} and ate {2.it} [up|in the sun|slowly].", a, b)
	s.feel(b, "happy", "{1} was happy, and {a.name} was happy too.|{1} was happy because {1.he} was not hungry any more.")
	if s.chance(60) {
		t := s.thing('t', toys)
		s.has(b, t)
		s.talk(b, a, `"[Now I have something for you|Wait]," said {1}. "[Look what I have|This is for you]!"`)
		s.give(b, t, a, "{1} took {2} out of {1.his} bag and gave it to {3.name}.")
	}
	s.befriend(a, b, "")
}

// gift: a child makes a gift for somebody's birthday.
func gift(s *story) {
	a := s.child('a')
	b := s.parent('b', a)
	c := s.other('c', a, "carpenter", "potter", "tailor", "smith", "weaver", "gardener")
	h := s.home('h', a)
	p := s.place('p', "workshop", "shop", "market")
	s.at(h, a, b)
	s.at(p, c)

	s.say("It was [nearly|almost] {b.name}'s birthday, and {a} had no gift.|{a} wanted to give {a.his} {b.mother} something, but {a.he} had no money.")
	s.goTo(p, "{when} {1} went {2.to}.", a)
	s.talk(a, c, `"Can you help me, {2}?" asked {1}. "I want to make something for {b.name}."`)
	s.talk(c, a, `"I will show you how," said {1}.|"[Sweep the floor for me|Bring me some water], and I will show you how," said {1}.`)
	g := s.thing('g', []kind{handmade[c.work]})
	s.make(a, g, "{1} worked [all day|the whole afternoon], and in the end {1.he} had made {2}.")
	s.help(c, a, "")
	s.goTo(h, "In the evening {1} [carried it|ran] {2.to}.", a)
	s.give(a, g, b, `"This is for you," said {1}. {1} gave {2} to {3.name}.|{1} gave {2} to {3.name}. "I made it myself," said {1}.`)
	s.feel(b, "happy", "{1} was very happy and [kissed {a.name}|laughed].|{1} was happy because it was the [best|finest] gift of all.")
}

// handmade is what one can learn to make from whom.
var handmade = map[string]kind{
	"carpenter": {noun: "stool", adjs: woods}, "potter": {noun: "bowl", adjs: colours},
	"tailor": {noun: "scarf", adjs: colours}, "smith": {noun: "lamp", adjs: []string{"little", "tin"}},
	"weaver": {noun: "blanket", adjs: colours}, "gardener": {noun: "basket", adjs: colours},
}

// trade: two people at the market change one thing for another.
func trade(s *story) {
	a := s.child('a')
	b := s.worker('b')
	t := s.thing('t', toys)
	u := s.thing('u', wares)
	p := s.place('p', "market")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)
	s.has(a, t)
	s.has(b, u)

	s.say("{a} had {t}, but {a.he} [did not play with it any more|was too big for it now].|{a} was too big for {t} now.")
	s.goTo(p, "{when} {1} took it {2.to}.", a)
	s.sight(p, 60)
	s.say("{b} [sold things there|had a table there], and on the table was {u}.")
	s.talk(a, b, `"[How much is|What do you want for] {u.the}?" asked {1}.`)
	s.talk(b, a, `"Two coins," said {1}.|"Three coins," said {1}.`)
	s.talk(a, b, `"I have no coins," said {1}, "but I have {t.a}."|"I have only my {t.noun}," said {1}.`)
	s.say("{b} [thought of {b.his} sister's little boy|looked at it for a long time|smiled].")
	s.trade(a, t, b, u, "")
	s.goTo(h, "{1} carried {u} {2.to}.", a)
	s.say("Now {a.name} had {u}, and {b.name} had {t}, and both were glad.|Both were glad.")
	a.feeling, b.feeling = "glad", "glad"
}

// coldFriend: somebody is cold and gets something warm.
func coldFriend(s *story) {
	s.season = winter
	s.opener = choose(s, openers[winter])
	a := s.child('a')
	b := s.friend('b', a)
	t := s.thing('t', clothes)
	p := s.place('p', "pond", "forest", "bridge", "hill", "square")
	s.at(s.home('h', a), a)
	s.at(p, b)
	s.has(a, t)

	s.say("{when} {a} put on {t} and went out.")
	s.goTo(p, "Snow fell. {1} walked {2.to}.|The wind blew. {1} went {2.to}.", a)
	s.feel(b, "cold", "There was {1}, and {1.he} was cold because {1.he} had no {t.noun}.|{1} stood there and was cold.")
	s.talk(a, b, `"You are as white as the snow!" said {1}. "Take my {t.noun}."|"Here, take my {t.noun}," said {1}. "I am warm from walking."`)
	s.give(a, t, b, "")
	s.wander(a, b)
	s.say("They [ran all the way back|played in the snow|made a fire] until both were warm.")
	s.talk(b, a, `"[You have a warm heart|Thank you], {2}," said {1}.`)
	if s.chance(50) {
		s.give(b, t, a, "The next day {1} gave {2} back to {3.name}.")
	} else {
		s.say(`"Keep it," said {a}. "I have another one."`)
		t.owner = b
	}
	s.befriend(a, b, "")
}

// lentThing: something is lent and comes back late.
func lentThing(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	t := s.thing('t', wares)
	p := s.place('p', "school", "square", "market", "bridge")
	s.at(p, a, b)
	s.has(a, t)

	s.talk(b, a, `{when} {1} met {2} {p.in}. "May I have your {t.noun} for a day?" asked {1}.`)
	s.talk(a, b, `"Yes," said {1}, "but bring it back tomorrow."|"Yes," said {1}, "if you take care of it."`)
	s.give(a, t, b, "")
	s.goTo(s.home('h', b), "{1} took {t} {2.to}.|{1} went {2.to} with {t}.", b)
	s.say("One day went by, and another, but {b.name} did not come.|A whole week went by.")
	s.feel(a, "angry", "{1} was angry because {b.name} had not come back.|{1} was angry.")
	s.goTo(p, "At last {1} came {2.to}.", b)
	s.talk(b, a, `"I am sorry," said {1}. "I was ill in bed."|"I am sorry," said {1}. "I forgot what day it was."|"I am sorry," said {1}. "I needed it for my little brother."`)
	s.give(b, t, a, "{1} gave {2} back to {3.name}.")
	s.feel(a, "glad", `"Now I am glad," said {1}, and {1.he} was not angry any more.`)
}
