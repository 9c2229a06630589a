package village

// Weather, seasons and what grows.

// caughtInRain: two are caught in a storm and find a dry place.
func caughtInRain(s *story) {
	s.mild()
	a := s.child('a')
	b := s.friend('b', a)
	p := s.place('p', "meadow", "hill", "river", "orchard")
	q := s.place('q', "barn", "mill", "oak tree", "bakery")
	s.at(s.home('h', a), a)
	s.at(p, b)

	s.goTo(p, "{when} {1} went {2.to} to [pick flowers|fly a kite|meet {b}].", a)
	if !b.known {
		s.say("{b} was there too, and they [played|ran about|lay in the grass].")
	}
	s.say("[Then the sky grew dark|A black cloud came over the hill|The wind began to blow]. [Rain fell in big drops|It rained and rained].")
	s.feel(b, "afraid", "There was thunder, and {1} was afraid.|{1} was afraid of the thunder.")
	s.talk(a, b, `"[Give me your hand|Come with me|Run], {2}!" said {1}.`)
	s.goTo(q, "They ran {2.to}.|Hand in hand they ran {2.to}.", a, b)
	s.say("{q.in} it was [dry|dry and warm]. They [told each other stories|sang a song|counted the drops] until the rain stopped.")
	if s.chance(60) {
		s.wander(a, b)
		s.say("When they came out, there was a rainbow over the village.|Then the sun came out, and the whole village shone.")
	}
	s.feel(b, "happy", "{1} was happy because {a.name} had [held {b.his} hand|not left {b.him} alone].|{1} was not afraid any more. {1} was happy.")
	s.befriend(a, b, "")
}

// snowman: children build a snowman that needs a hat.
func snowman(s *story) {
	s.season = winter
	s.opener = choose(s, openers[winter])
	a := s.child('a')
	b := s.kin('b', a)
	t := s.thing('t', []kind{{noun: "hat", adjs: colours}, {noun: "scarf", adjs: colours}, {noun: "cap", adjs: colours}})
	p := s.place('p', "square", "meadow", "garden", "hill")
	h := s.home('h', a)
	s.at(h, a, b)
	s.has(a, t)

	s.say("{when} everything was white. It had snowed all night.|{when} there was snow on every roof.")
	s.goTo(p, "{1} and {1.his} {b.sister} {b.name} went {2.to}.", a, b)
	s.say("They made a big ball and a small ball and put one on top of the other. It was a snowman!|They built a snowman. He had [two stones|two nuts] for eyes and [a carrot|a stick] for a nose.")
	s.talk(b, a, `"He looks cold," said {1}.|"Something is missing," said {1}.`)
	s.drop(a, t, "{1} took off {2} and put it on the snowman.|So {1} gave him {2}.")
	s.say("Now he looked [like the miller|like a king|very fine], and they laughed.|Everyone who came by said good day to him.")
	if s.chance(60) {
		s.say("After [three|four|five] days the sun was warm, and the snowman grew smaller and smaller.")
		s.find(a, t, "In the end there was only {2} in the wet grass. {1} put it on again.")
		s.goTo(h, "Then they went {2.to}.", a, b)
		s.talk(a, b, `"Next winter we will build a bigger one," said {1}.`)
	} else {
		s.goTo(h, "When it got dark, they went {2.to}.", a, b)
		s.feel(a, "happy", "They had cold hands and warm hearts. {1} was happy.")
	}
}

// seed: a child plants a seed and waits.
func seed(s *story) {
	s.season = spring
	s.opener = choose(s, openers[spring])
	a := s.child('a')
	b := s.worker('b', "gardener", "farmer")
	t := s.thing('t', []kind{{noun: "seed", adjs: []string{"little", "brown", "round"}}})
	u := s.thing('u', []kind{{noun: "flower", adjs: colours}, {noun: "pumpkin", adjs: []string{"big", "yellow"}}, {noun: "bean", adjs: []string{"big", "green"}}})
	p := s.place('p', "garden")
	s.at(p, a, b)
	s.has(b, t)

	s.give(b, t, a, "{when} {1} gave {2} to {3}.|{when} {3} stood at the fence. {1} gave {3.him} {2}.")
	s.talk(b, a, `"Put it into the ground," said {1}, "give it water, and wait."`)
	s.end(t, "{a} made a hole with one finger and put {1} into it.")
	s.say("Every morning {a} brought water. [One day went by, and a week|Nothing happened for a long time].")
	if s.chance(50) {
		s.talk(a, b, `"It does not grow!" said {1}.`)
		s.talk(b, a, `"It grows where you cannot see it," said {1}.|"You must wait," said {1}. "Waiting is work too."`)
	}
	s.say("Then there was something green, as small as a mouse's ear.|Then one morning there were two green leaves.")
	s.grow(u, p, "It grew and grew, and in summer it was {1}!|In summer there stood {1}!")
	s.take(a, u, "{1} [picked|took] {2} with great care.")
	s.feel(a, "proud", "{1} was proud because {1.he} had waited so long.")
	if s.chance(50) {
		s.give(a, u, b, `"It is for you," said {1}, and {1.he} gave {2} to {3.name}.`)
	}
}

// harvest: a child helps to pick fruit.
func harvest(s *story) {
	s.season = autumn
	s.opener = choose(s, openers[autumn])
	a := s.child('a')
	b := s.worker('b', "farmer", "gardener", "miller", "baker")
	f := s.thing('f', []kind{{noun: "apples", adjs: []string{"red", "sweet", "green"}, many: true}, {noun: "pears", adjs: []string{"ripe", "yellow"}, many: true}, {noun: "plums", adjs: []string{"blue", "ripe"}, many: true}})
	p := s.place('p', "orchard")
	s.at(s.home('h', a), a)
	s.at(p, b)

	s.goTo(p, "{when} {1} went {2.to}.|{when} {1} came {2.to}.", a)
	s.sight(p, 60)
	s.talk(b, a, `{1} stood on a ladder. "[There is so much to pick|The wind will shake it all down|My back hurts]," said {1.he}.`)
	s.talk(a, b, `"I can help," said {1}. "I climb like a cat."|"Let me climb up," said {1}.`)
	s.help(a, b, "{1} climbed from branch to branch, and {2.name} held the basket.|They picked and picked. {1} took the high branches and {2.name} the low ones.")
	s.say("By evening [six|seven|ten] baskets stood in the grass.|When the sun went down, every tree was empty.")
	s.make(b, f, "{1} filled a bag with {2}.")
	s.give(b, f, a, `"These are for you," said {1}, and {1.he} gave {2} to {3.name}.`)
	s.goTo(s.cast['h'-'a'].(*place), "{1} carried them {2.to}.", a)
	s.feel(a, "tired", "{1} was tired, but it was a good kind of tired.|{1} was so tired that {1.he} fell asleep at the table.")
}

// berries: children pick berries and meet somebody who is hungry.
func berries(s *story) {
	s.season = summer
	s.opener = choose(s, openers[summer])
	a := s.child('a')
	b := s.kin('b', a)
	x := s.animal('x', "goat", "pony", "donkey", "pig")
	f := s.thing('f', []kind{{noun: "berries", adjs: []string{"red", "sweet", "blue"}, many: true}})
	p := s.place('p', "forest", "hill")
	h := s.home('h', a)
	s.at(h, a, b)
	s.lies(x, p)

	s.goTo(p, "{when} {1} and {1.his} {b.sister} {b.name} took a basket and went {2.to}.", a, b)
	s.make(a, f, "The bushes were full. Soon {1} had {2} in the basket.|They picked until noon, and {1} had {2} in the basket.")
	s.drop(a, f, "{1} put the basket down, and they [lay in the shade|slept a little|looked at the clouds].")
	s.say("But {x} came out of the trees. {x.name} put a long nose into the basket.|But somebody was there. It was {x}!")
	s.end(f, "When they turned around, {1} were gone!")
	s.talk(b, a, `"You bad thing!" said {1}.|"Look at that red mouth!" said {1}, and {1.he} laughed.`)
	s.take(a, x, "{1} took {2} by the ear.|{1} took a rope and led {2} along.")
	s.goTo(h, "They went {2.to} [without berries|with an empty basket].", a, b)
	s.feel(a, "happy", "But they had a story to tell. {1} was happy.|{1} was happy all the same because it had been a fine day.")
}
