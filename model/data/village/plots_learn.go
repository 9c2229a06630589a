package village

// Work and learning.

// learnMusic: a child learns to play.
func learnMusic(s *story) {
	a := s.child('a')
	b := s.worker('b', "shepherd", "miller", "teacher", "postman", "tailor")
	t := s.thing('t', []kind{{noun: "flute", adjs: []string{"wooden", "silver", "little"}}, {noun: "drum", adjs: colours}, {noun: "fiddle", adjs: []string{"old", "brown", "little"}}})
	p := s.place('p', "hill", "meadow", "oak tree", "bridge")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)
	s.has(b, t)

	s.goTo(p, "{when} {1} went {2.to} and heard music.|{when} {1} came {2.to}.", a)
	s.say("{b} sat there and played {t}. [It sounded like a bird|It sounded sad and sweet].")
	s.talk(a, b, `"Can you teach me, {2}?" asked {1}.|"I want to play like that," said {1}.`)
	s.give(b, t, a, `"Try it," said {1}, and {1.he} gave {2} to {3.name}.`)
	s.say("At first it [sounded like a cat|sounded like a goose|made no sound at all]. The birds flew away.|The first tune was so bad that the dogs ran away.")
	s.talk(b, a, `"Again," said {1}. "Nobody is born a master."|"Slowly," said {1}. "Again, and again."`)
	s.say("{a.name} came back every day. [Day by day it went better|After a week it went better, after a month it went well].")
	s.feel(a, "proud", "When there was a dance in the square, {1} played, and everyone danced. {1} was proud.|In the end {1} played in the square. {1} was proud because {1.he} had not given up.")
	if s.chance(60) {
		s.talk(b, a, `"Keep the {t.noun}," said {1}. "You have earned it."`)
		t.owner = a
	}
}

// baking: two bake, something goes wrong, it ends well.
func baking(s *story) {
	a := s.child('a')
	b := s.parent('b', a)
	f := s.thing('f', []kind{{noun: "cake", adjs: []string{"plum", "honey", "apple"}}, {noun: "pie", adjs: []string{"apple", "pear", "plum"}}, {noun: "bread", adjs: []string{"fresh", "warm"}, mass: true}})
	h := s.home('h', a)
	q := s.place('q', "farm", "mill")
	s.at(h, a, b)

	s.talk(b, a, `{when} {1} said: "Let us bake, {2}!"|"What shall we bake today?" asked {1} {when}.`)
	s.say("{a} took a big bowl. [Eggs, milk and honey went in|Butter and honey went in], but there was no flour!")
	s.goTo(q, "{1} ran {2.to} with a bag.|{1} ran all the way {2.to}.", a)
	s.say("The [old man|woman] there filled it, and {a.he} came out as white as a ghost.")
	s.goTo(h, "Then {1} ran back {2.to}.", a)
	s.make(b, f, "They mixed and stirred, and {1} put it into the oven. Soon there was {2} on the table, and the whole house smelled of {2.it}.|{1} lit the fire, and an hour later there was {2} on the table.")
	if s.chance(40) {
		s.say("One side was a little black. [Nobody cared|They cut it off and gave it to the hens].")
	}
	s.eat(f, `"[Careful, it is hot|First it must cool]!" said {b}. But they could not wait and ate it [to the last crumb|at once].|They ate {2} while it was warm.`, a, b)
	s.feel(a, "happy", "{1} was happy, with flour on {1.his} nose.")
}

// fishing: a child goes fishing.
func fishing(s *story) {
	s.mild()
	a := s.child('a')
	b := s.worker('b', "fisherman")
	f := s.thing('f', []kind{{noun: "fish", adjs: []string{"big", "little", "silver"}}})
	p := s.place('p', "river")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)

	s.goTo(p, "{when} {1} went {2.to} to fish with {b}.|{when} {1} met {b} and went {2.to}.", a)
	s.sight(p, 60)
	s.talk(b, a, `"You must be still and wait," said {1}.`)
	s.say("They waited. [A leaf swam by|A duck swam by|The sun climbed]. They waited and waited.")
	s.make(a, f, `Then the line moved. "Pull!" cried {b}. {1} pulled, and out came {2}!|Then something pulled at the line, and {1} pulled back. It was {2}!`)
	if s.chance(50) {
		s.say("The fish looked at {a.name} with round eyes.")
		s.feel(a, "sorry", "{1} was sorry for it.")
		s.end(f, `"Swim home," said {a}, and {a.he} put {1} back into the water.`)
		s.talk(b, a, `"You have a good heart," said {1}. "There is bread and cheese in my bag."`)
	} else {
		s.goTo(h, "{1} carried it {2.to} and ran so fast that {1.his} hat fell off.|{1} took it {2.to}.", a)
		s.end(f, "")
		s.say("In the evening the whole family had fish and potatoes.|The cat came too and got the tail.")
		s.feel(a, "proud", "")
	}
}

// honey: the bees and the beekeeper.
func honey(s *story) {
	s.season = summer
	s.opener = choose(s, openers[summer])
	a := s.child('a')
	b := s.worker('b', "beekeeper")
	f := s.thing('f', []kind{{noun: "honey", adjs: []string{"sweet", "yellow"}, mass: true}})
	p := s.place('p', "meadow")
	h := s.home('h', a)
	s.at(h, a)
	s.at(p, b)

	s.goTo(p, "{when} {1} walked {2.to}.", a)
	s.sight(p, 60)
	s.say("A bee sat down on {a.his} hand. {a.name} wanted to [hit it|run away].")
	s.talk(b, a, `"Stand still," said {1}. "It will not hurt you if you do not hurt it."`)
	s.feel(a, "afraid", "{1} was afraid, but {1.he} stood still. The bee walked up one finger and flew away.")
	s.talk(a, b, `"Where does it fly, {2}?" asked {1}.`)
	s.talk(b, a, `"From flower to flower, a thousand times," said {1}, "for one spoon of honey."`)
	s.help(a, b, "{1} helped to carry the boxes, slowly and without a sound.|All afternoon {1} helped {2.name}.")
	s.make(b, f, "Then {1} opened a box and filled a jug with {2}.")
	s.give(b, f, a, "")
	s.goTo(h, "{1} carried it {2.to} like a king's crown.|{1} went {2.to} with {f.the}.", a)
	s.feel(a, "glad", "{1} was never afraid of bees again. {1} was glad.|{1} was glad because {1.he} had stood still.")
}

// lateForSchool: a child is late because of a good deed.
func lateForSchool(s *story) {
	a := s.child('a')
	b := s.worker('b', "teacher")
	x := s.animal('x', "lamb", "hen", "duck", "puppy", "goose")
	p := s.place('p', "bridge", "pond", "market", "farm")
	q := s.place('q', "school")
	s.opener = choose(s, []string{"one morning", "early one morning", "one fine morning", "one cold morning"})
	s.at(s.home('h', a), a)
	s.at(q, b)
	s.lies(x, p)

	s.goTo(p, "{when} {1} was on the way to school and came {2.to}.", a)
	s.say("There was {x}. [One foot was caught in the fence|It was caught in a thorn bush] and it could not get out.")
	s.talk(a, nil, `"I will be late," said {1}, "but I cannot leave you here."|"Poor {x.name}!" said {1}. "Wait, I will help you."`)
	s.say("It took a long time. [The thorns were sharp|The fence was strong], but at last {x.name} was free.")
	s.goTo(q, "Then {1} ran {2.to}. The bell had rung long ago.", a)
	s.talk(b, a, `"You are late, {2}," said {1}. "Why?"|"Where were you, {2}?" asked {1}.`)
	s.talk(a, b, `"{x.name} was caught, and nobody else was there," said {1}. {1} showed {1.his} hands.`)
	s.talk(b, a, `"Then you have learned something today already," said {1}.|"Sit down," said {1}. "That was well done."`)
	s.feel(a, "glad", "")
}
