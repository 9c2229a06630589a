package village

// Things and animals that are lost and found.

// lostToy: a child loses a toy; a friend helps to look for it.
func lostToy(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	t := s.thing('t', toys)
	p := s.place('p', "barn", "meadow", "orchard", "forest")
	q := s.place('q', "well", "school", "bridge", "square")
	s.at(s.home('h', a), a)
	s.at(q, b)
	s.has(a, t)

	s.say("{a} had {t}. {a} [loved it|liked it more than anything else|took it everywhere].|{a.name} got {t} for {a.his} birthday.|The best thing that {a} had was {t}.")
	s.goTo(p, "{when} {1} took {t.it} {2.to} [and played there all day|and played there].", a)
	s.sight(p, 35)
	s.lose(a, t, "{1} [ran after a butterfly|climbed a tree|lay down and slept], and {t} fell [into the grass|under a bush|behind a log].")
	s.goTo(q, "Then {1} went {2.to}, and {1.his} hands were empty!|On the way home {1} came {2.to} and had no {t.noun} in {1.his} hands!", a)
	s.feel(a, "sad", "{1} was [sad|very sad] because {1.he} had lost {t}.|{1} [cried|began to cry] because {1.he} was sad.")
	s.talk(b, a, `"[Why do you cry|What is wrong|Why are you so sad], {2}?" asked {1}.`)
	s.talk(a, b, `"I have lost my {t.noun}," said {1}.|"My {t.noun} is gone," said {1}.`)
	s.talk(b, a, `"[Come, we will find it|Let us look for it|Four eyes see more than two]," said {1}.`)
	s.goTo(p, "They [went back|ran back|walked back] {2.to}.", a, b)
	s.say("They looked [behind every tree|under every leaf|here and there] and [in the grass|up and down].")
	s.find(b, t, "There {1} [saw|found] something {t.adj}. It was the {t.noun}!|At last {1} found {2} [under a bush|in the tall grass|behind a log]!")
	s.give(b, t, a, "")
	s.feel(a, "happy", `"Thank you!" said {1}. {1} was happy again.`)
}
