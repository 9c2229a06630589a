package village

// What breaks, and what is made good again.

// brokenPot: a child breaks something and tells the truth.
func brokenPot(s *story) {
	a := s.child('a')
	b := s.parent('b', a)
	t := s.thing('t', fragile)
	h := s.home('h', a)
	p := s.place('p', "garden", "market", "farm", "mill")
	s.at(h, a)
	s.at(p, b)
	s.lies(t, h)
	t.owner = b

	s.say("{when} {a} was alone [at home|in the house]. On the table stood {t}. It was {b.his} best one.|{when} {a} was alone at home, and {t} stood on the table.")
	s.breakIt(a, t, "{1} [ran through the room|played with a ball|danced around the table], and {2} fell down and broke.")
	s.feel(a, "afraid", "{1} was afraid because {1.he} had broken {t}.|{1} looked at the pieces and was afraid.")
	if s.chance(50) {
		s.say(`"I could say that it was the cat," thought {a}. But that was not true.|First {a.name} wanted to hide the pieces.`)
	}
	s.goTo(h, "In the evening {1} came {2.to}.|At noon {1} came {2.to}.", b)
	s.talk(a, b, `"I broke the {t.noun}," said {1}. "I am sorry."|"It was me," said {1}. "I broke the {t.noun}."`)
	s.talk(b, a, `"You told the truth," said {1}. "That is worth more than any {t.noun}."|"Thank you for telling me," said {1}. "We can mend it."`)
	s.mend(b, t, "They put the pieces together again, one by one, and {1} mended {2.it} with glue.|{1} took some glue and mended {2.it}.")
	s.feel(a, "glad", "{1} was glad because {1.he} had told the truth.|{1} was glad.")
}

// brokenToy: a toy breaks, and somebody can mend it.
func brokenToy(s *story) {
	a := s.child('a')
	b := s.worker('b', "carpenter", "smith", "tailor", "clockmaker")
	t := s.thing('t', []kind{{noun: "boat", adjs: woods}, {noun: "doll", adjs: woods}, {noun: "drum", adjs: colours}, {noun: "horse", adjs: []string{"wooden", "little"}}, {noun: "cart", adjs: woods}})
	p := s.place('p', "workshop", "forge", "shop")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)
	s.has(a, t)

	s.say("{a} had {t}. {a} [loved it|played with it every day].")
	s.breakIt(a, t, "{when} {1} [fell over it|dropped it|sat on it], and it broke.")
	s.feel(a, "sad", "{1} was sad because {t} was broken.|{1} cried.")
	s.goTo(p, "{1} [carried it|took the pieces] {2.to}.", a)
	s.sight(p, 60)
	s.talk(a, b, `"Can you mend it, {2}?" asked {1}.`)
	s.talk(b, a, `"Let me see," said {1}. "[It needs a nail|It needs some glue|That is easy]."|"Everything can be mended," said {1}.`)
	s.mend(b, t, "{1} worked [for an hour|until noon] and mended {2}.|{1} took [a nail and a hammer|some glue], and soon {2} was whole again.")
	s.talk(a, b, `"What can I give you?" asked {1}.|"I have no money," said {1}.`)
	s.talk(b, a, `"[Sweep my floor|Bring me some wood|Sing me a song]," said {1}.`)
	s.help(a, b, "{1} [did it at once|did it gladly].")
	s.goTo(h, "Then {1} took {t} {2.to}.", a)
	s.feel(a, "happy", "")
}

// stoppedClock: the clock in the square stands still.
func stoppedClock(s *story) {
	a := s.child('a')
	b := s.worker('b', "clockmaker")
	p := s.place('p', "square")
	q := s.place('q', "shop")
	s.at(p, a)
	s.at(q, b)

	s.say("{when} the clock in the square stopped.|{when} the clock in the square stood still.")
	s.say("[The children came late to school|The baker burned the bread|Nobody knew when to eat], and the [doctor|teacher|miller] came too early.")
	s.goTo(q, "{1} ran {2.to}.", a)
	s.talk(a, b, `"The clock has stopped, {2}!" said {1}.`)
	s.goTo(p, "{1} and {a.name} went {2.to} with a bag of tools.", b, a)
	s.say("{b.name} climbed up and opened the clock. [There was a bird's nest in it|A mouse looked out of it|There was a leaf between the wheels]!")
	s.talk(b, a, `"[So that is why|No wonder]," said {1}, and {1.he} laughed.`)
	s.help(a, b, "{1} held the ladder, and {2} put everything right [with great care|without a sound].")
	s.say("Tick, tock, tick, tock! The clock struck [four|five|six], and all was well in the village.")
	s.feel(a, "proud", "{1} was proud because {1.he} had helped.")
}

// brokenBridge: a board of the bridge is broken and must be mended.
func brokenBridge(s *story) {
	a := s.child('a')
	b := s.worker('b', "carpenter", "farmer", "smith", "miller")
	p := s.place('p', "bridge")
	q := s.place('q', "farm", "mill", "forge", "market")
	w := s.thing('w', []kind{{noun: "board", adjs: []string{"long", "strong", "old"}}})
	s.at(s.home('h', a), a)
	s.at(q, b)
	s.has(b, w)

	s.goTo(p, "{when} {1} came {2.to}.", a)
	s.say("There was a hole in it! [The water ran fast below|The storm had broken a board]. Somebody could fall.")
	if s.chance(50) {
		s.say("{a} put a big stone in front of the hole, so that people could see it.")
	}
	s.goTo(q, "Then {1} ran {2.to}.", a)
	s.talk(a, b, `"[Come quickly|Please come], {2}!" said {1}. "The bridge has a hole!"`)
	s.goTo(p, "{1} took {w}, and they went {2.to}.|{1} and {a.name} carried {w} {2.to}.", b, a)
	s.end(w, "They put {1} over the hole and [hammered it down|nailed it down]. Now the bridge was strong again.")
	s.help(a, b, "")
	s.talk(b, a, `"You have sharp eyes, {2}," said {1}.|"You are the guard of the bridge now," said {1}.`)
	s.feel(a, "proud", "")
}
