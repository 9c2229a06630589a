package village

// Things and animals that are lost, found and given back.

// lostTreasure: a grown-up loses something dear; a child finds it and brings it back.
func lostTreasure(s *story) {
	a := s.worker('a')
	b := s.child('b')
	t := s.thing('t', treasures)
	p := s.place('p', "market", "square", "bridge", "well")
	q := s.place('q', "mill", "farm", "orchard", "hill")
	s.at(p, a)
	s.at(q, b)
	s.has(a, t)

	s.say("{a} had {t}. [It was {a.his} mother's once|{a} had it for many years|It was old and dear to {a.him}].|{t} was the dearest thing that {a} had.")
	s.lose(a, t, "{when} {1} walked through the village, and {t} fell {3.in}, and {1.he} did not see it.|{when} {1} was {3.in}, and {t} fell out of {1.his} pocket.")
	s.goTo(q, "{1} went {2.to} and [worked all day|worked until noon].", a)
	s.feel(a, "sad", "Then {1} saw that {t} was gone. {1} was sad because {1.he} had lost {t.it}.|Then {1} put {1.his} hand into {1.his} pocket. {t} was gone! {1} was sad.")
	s.goTo(p, "{1} [was on the way home|was on the way to {1.his} mother|had a free hour] and [came|went] {2.to}.", b)
	s.find(b, t, "[In the dust|Between two stones|In the grass] {1} saw something {t.adj}. It was {2.a}, and {1.he} picked it up.|{1} saw {2.a} [in the dust|between two stones|in the grass] and picked it up.")
	s.talk(b, nil, `"Who has lost this?" asked {1}.|"I could keep it," {1} thought, "but it is not mine."|"Somebody will cry for this," said {1}.`)
	s.say("{b} [asked at every door|asked one and all], and [a woman with a basket|an old man by the well|a boy with a cart] said that it was {a.name}'s.")
	s.goTo(q, "So {1} ran {2.to}.|{1} went {2.to} at once.", b)
	s.give(b, t, a, "{1} gave {2} back to {3.name}.")
	s.feel(a, "glad", `"You are [an honest {b.girl}|a good {b.girl}]," said {1}. {1} was very glad.|"I thought it was gone for ever!" said {1}. {1} was very glad.`)
	if s.chance(60) {
		f := s.thing('f', foods)
		s.make(a, f, "{1} went in and came back with {2}.")
		s.give(a, f, b, "{1} gave {2} to {3.name}, and {3} ate {2.it} [on the way home|at once].")
		s.eat(f, "", b)
	}
}

// lostAnimal: an animal strays and is looked for.
func lostAnimal(s *story) {
	a := s.child('a')
	b := s.parent('b', a)
	x := s.animal('x', "lamb", "goat", "pony", "donkey", "puppy", "goose", "cow")
	h := s.home('h', a)
	p := s.place('p', "forest", "meadow", "hill", "orchard", "river")
	s.at(h, a, b)
	s.has(a, x)

	s.say("{a} had {x}.|{x} lived with {a} and {a.his} {b.mother}.|{a} had {x}, and they went everywhere together.")
	s.say("{x.name} [liked green grass best of all|was always hungry|could not stay in one place|was very curious].")
	s.drop(a, x, "{when} {1} forgot to shut the gate.|{when} the gate stood open.|{when} the wind blew the gate open.")
	s.stray(x, p, "{1} ran off {2.to}.|{1} walked out and away, all the way {2.to}.")
	s.feel(a, "worried", "{1} called and called, but nothing came. {1} was worried because {x.name} was gone.|In the evening {1} was worried because {x.name} was gone.")
	s.talk(b, a, `"[Take a lamp|Take your coat|Do not cry]," said {1.kin 2}, "and [we will go and look|we will look together]."`)
	s.goTo(p, "They went {2.to}.|They looked in the village and then went {2.to}.", a, b)
	s.sight(p, 50)
	s.say("[Then they heard something|At last they heard a sound]. [Was it the wind|Was it a bird]? No, it was {x.name}!")
	s.find(a, x, "{2} [stood behind a bush|lay under a tree] and [was very glad to see them|shook with cold|looked at them]. {1} put {1.his} arms around {x.name}.")
	s.goTo(h, "They went {2.to} together.|They all went {2.to}, and it was late.", a, b)
	s.feel(a, "happy", "{1} was happy, and {1.he} shut the gate [twice|with great care].|{1} was happy again. From then on {1.he} always shut the gate.")
}

// kiteInTree: a kite is caught in a tree.
func kiteInTree(s *story) {
	a := s.child('a')
	b := s.worker('b', "carpenter", "farmer", "gardener", "shepherd", "postman", "miller")
	t := s.thing('t', []kind{{noun: "kite", adjs: colours}})
	p := s.place('p', "hill", "meadow", "oak tree")
	s.at(s.home('h', a), a)
	s.at(p, b)
	s.has(a, t)

	s.goTo(p, "{when} {1} took {t} {2.to}.|{when} the wind was strong, and {1} took {t} {2.to}.", a)
	s.say("The kite flew [up and up|high and far|higher than the roofs]. {a} [laughed|ran and laughed|sang].")
	s.hide(a, t, "Then [the string broke|the wind turned], and the kite was caught at the top of a tree!")
	s.feel(a, "sad", "{1} jumped, but the tree was too high. {1} was sad because {1.he} could not reach {t.it}.|{1} pulled and pulled, but nothing helped. {1} was sad because {t} was up in the tree.")
	s.talk(b, a, `{1} came by. "What are you looking at, {2}?" asked {1.he}.|"What is up there?" asked {1}.`)
	s.talk(a, b, `"My kite!" said {1}.|"My kite is up there, and I am too small," said {1}.`)
	s.find(b, t, "{1} [fetched a ladder|took a long stick|climbed up the tree] and got {2} down.")
	s.help(b, a, "")
	s.give(b, t, a, "")
	s.talk(a, b, `"Thank you!" said {1}.|"Thank you, {2}!" said {1}. "You are as tall as a tree!"`)
	s.say("{a.name} [flew the kite until the sun went down|held the string with both hands from then on].")
}

// bucketInWell: a bucket falls into the well.
func bucketInWell(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	t := s.thing('t', []kind{{noun: "bucket", adjs: []string{"tin", "wooden", "blue"}}})
	r := s.thing('r', []kind{{noun: "rope", adjs: []string{"long", "strong"}}})
	p := s.place('p', "well")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)
	s.has(a, t)
	s.has(b, r)

	s.say(`{when} {a.his} mother said: "{a.name}, please fetch some water."|{when} {a} was told to fetch water.`)
	s.goTo(p, "{1} took {t} and went {2.to}.", a)
	s.sight(p, 60)
	s.lose(a, t, "But {1} [looked at a bird|thought of other things|was in a hurry], and {2} fell into the well. Splash!")
	s.feel(a, "afraid", `"Oh no!" said {1}. {1} was afraid because {1.he} could not go home without {t}.|{1} was afraid to go home because {t} was in the well.`)
	s.say("{b} came along with {r}.")
	s.talk(b, a, `"[I can help|We can do it together|Let us fish for it]," said {1}.`)
	s.find(b, t, "{1} made a ring at the end of {r} and let it down. Once, twice, three times! Then {1.he} pulled {2} up.|They let {r} down into the dark. After a long time {1} pulled up {2}.")
	s.help(b, a, "")
	s.give(b, t, a, "")
	s.befriend(a, b, "")
	s.goTo(h, "{1} went {2.to} with {t}, and it was full to the top.", a)
}
