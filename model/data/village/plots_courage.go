package village

// Fear, courage and rescue.

// kittenUpTree: an animal cannot get down.
func kittenUpTree(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	x := s.animal('x', "kitten", "cat")
	p := s.place('p', "oak tree", "square", "orchard")
	s.at(p, a)
	s.at(s.home('h', b), b)
	s.lies(x, p)

	s.say("{when} {a} heard a small sound {p.in}.|{when} {a} was {p.in} and heard a small sound.")
	s.say("High up sat {x} and [mewed|did not dare to move]. [A big dog had chased it|It had climbed up after a bird].")
	s.goTo(p, "{1} came running.|{1} came too.", b)
	s.talk(b, a, `"It is too high," said {1}. "[You will fall|I am afraid]."`)
	s.feel(a, "afraid", "{1} was afraid too, but {x.name} looked so sad.|{1} was afraid, but {1.he} began to climb.")
	s.say("{a.name} climbed [from branch to branch|slowly and did not look down]. One branch broke, but {a.he} held on.|{a.name} climbed up, higher than ever before.")
	s.find(a, x, "{1} put {2} under {1.his} coat.|{1} took {2} in one arm.")
	s.say("Then {a.name} came down again, step by step.")
	s.talk(b, a, `"You are so brave!" said {1}.|"I could not have done that," said {1}.`)
	s.talk(a, b, `"I was afraid all the time," said {1}.|"My knees are still shaking," said {1}.`)
	s.feel(a, "proud", "")
}

// nightNoise: a child must go through the dark and hears something.
func nightNoise(s *story) {
	a := s.child('a')
	b := s.parent('b', a)
	t := s.thing('t', []kind{{noun: "lamp", adjs: []string{"little", "old", "brass"}}})
	x := s.animal('x', "cat", "goat", "pig", "donkey", "hen")
	h := s.home('h', a)
	p := s.place('p', "barn", "mill", "workshop")
	s.at(h, a, b)
	s.has(b, t)
	s.lies(x, p)
	s.opener = choose(s, []string{"one dark evening", "one night", "late one evening"})

	s.talk(b, a, `{when} {1} said to {2}: "[I left my coat|We need some wood|The door is still open] {p.in}. Will you go?"`)
	s.give(b, t, a, "")
	s.goTo(p, "{1} went {2.to}. [There was no moon|The wind cried in the trees|It was as dark as a bag].", a)
	s.say("Something moved in the corner. Bump! And again: bump, bump!|Then there was a noise. Something was in there!")
	s.feel(a, "afraid", "{1} was afraid. {1.his} heart beat like a drum.|{1} was so afraid that the lamp shook.")
	s.talk(a, nil, `"Who is there?" asked {1}.|"I am not afraid of you!" said {1}.`)
	s.spot(a, x, "{1} held up the lamp. Two eyes looked at {1.him}. It was only {2}!|{1} took one step, and another, and held up the lamp. It was only {2}!")
	s.talk(a, nil, `"Oh, it is you, {x.name}!" said {1}, and {1.he} laughed.`)
	s.goTo(h, "Then {1} went {2.to}.|{1} walked {2.to} and sang a song.", a)
	s.feel(a, "proud", "{1} was proud because {1.he} had not run away.")
}

// fallIntoPond: somebody falls into the water and is pulled out.
func fallIntoPond(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	p := s.place('p', "pond", "river")
	t := s.thing('t', []kind{{noun: "rope", adjs: []string{"long", "strong"}}, {noun: "stick", adjs: []string{"long", "strong"}}})
	q := s.place('q', "bakery", "mill", "forge")
	s.at(p, a, b)
	s.lies(t, p)

	s.say("{when} {a} and {b} played {p.in}.|{when} {a} and {b} were {p.in} and threw stones into the water.")
	s.sight(p, 40)
	s.say("{b.name} [leaned out too far|stood on a wet stone|jumped after a frog] and fell in!")
	s.talk(b, a, `"Help!" cried {1}. "I cannot swim!"|"Help me, {2}!" cried {1}.`)
	s.feel(a, "afraid", "{1} was afraid for {b.name}, but {1.he} did not run away.")
	s.take(a, t, "{1} saw {2} and took it.|There lay {2}. {1} picked it up.")
	s.help(a, b, `"Take the end!" cried {1}. {1} pulled and pulled until {2} was on dry land.|{1} held it out, {2.name} took the end, and {1.he} pulled as hard as {1.he} could.`)
	s.feel(b, "cold", "{1} was wet and cold, but safe.|{1} was cold and shook all over.")
	s.drop(a, t, "") // nobody thinks of it any more
	s.goTo(q, "They ran {2.to}, where it was warm.", a, b)
	s.talk(b, a, `"You saved me," said {1}.|"I will learn to swim," said {1}.`)
	s.befriend(a, b, "")
}

// falseAlarm: who cries for nothing is not believed.
func falseAlarm(s *story) {
	a := s.child('a')
	b := s.worker('b', "shepherd", "farmer", "baker", "miller")
	p := s.place('p', "hill", "meadow")
	h := s.home('h', a)
	q := s.place('q', "square", "market")
	x := s.animal('x', "lamb", "goat", "cow")
	s.at(p, a)
	s.lies(x, p)
	s.at(q, b)

	s.say("{a} watched over {x} {p.in}. {a} [was bored|had nothing to do].")
	s.talk(a, nil, `{when} {1} cried: "Help! A wolf!"|{when} {1} cried as loud as {1.he} could: "A wolf! A wolf!"`)
	s.goTo(p, "{1} and many others ran {2.to}. But there was no wolf.", b)
	s.feel(b, "angry", `{a.name} laughed. "It was only a joke." {1} was angry.|{a.name} laughed, but {1} was angry.`)
	s.goTo(q, "They all went back.", b)
	s.stray(x, s.place('r', "forest"), "The next day something grey came out of the trees, and {1} ran off {2.to}.")
	s.talk(a, nil, `"Help!" cried {1}. "This time it is true!" But nobody came.`)
	s.feel(a, "sorry", "{1} was sorry because nobody believed {1.him} any more.")
	s.goTo(q, "{1} ran {2.to}.", a)
	s.talk(a, b, `"I will never lie again," said {1}. "Please help me, {2}."`)
	s.goTo(s.cast['r'-'a'].(*place), "{1} looked at {a.name} for a long time. Then they went {2.to} together.", b, a)
	s.find(a, x, "They found {2} under a bush. The grey thing was only an old dog.|They found {2}, and nothing bad had happened.")
	s.goTo(h, "{1} took {x.name} {2.to}.", a)
	s.say("And {a.name} never told a lie again.|From that day on {a.name} told the truth.")
}

// birdFell: a young bird falls out of its nest.
func birdFell(s *story) {
	s.season = spring
	s.opener = choose(s, openers[spring])
	a := s.child('a')
	b := s.kin('b', a)
	t := s.thing('t', []kind{{noun: "bird", adjs: []string{"little", "grey", "young"}}})
	p := s.place('p', "orchard", "garden", "oak tree", "forest")
	s.at(p, a, b)
	s.lies(t, p)

	s.spot(a, t, "{when} {1} and {1.his} {b.sister} {b.name} were {p.in}. In the grass sat {2}.|{when} {1} saw {2} in the grass.")
	s.say("It had fallen out of its nest. It [could not fly yet|opened its mouth and cried].")
	s.talk(b, a, `"[A cat will eat it|It is hungry|Its mother is looking for it]," said {1}.|"We must help it," said {1}.`)
	s.take(a, t, "{1} took {2} into both hands, and it was as light as a leaf.")
	s.help(b, a, "{1} stood against the tree, and {2.name} climbed on {1.his} back.|{1} held the ladder for {2.name}.")
	s.drop(a, t, "{1} put {2} back into the nest, beside its brothers.|{1} put {2} back where it belonged.")
	s.say("Soon the mother came with a worm and fed them all.|They sat very still until the mother bird came back.")
	s.wander(a, b)
	s.say("In summer {a} and {b} saw a young bird fly over the roofs. Was it theirs?|A few weeks later the nest was empty. All of them had learned to fly.")
	s.feel(a, "happy", "")
}
