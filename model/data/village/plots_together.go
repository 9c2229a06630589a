package village

// Friends: races, quarrels, promises, visits.

// race: two race, and one falls.
func race(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	p := s.place('p', "school", "bridge", "well", "market")
	q := s.place('q', "oak tree", "mill", "hill", "river")
	s.at(p, a, b)

	s.talk(b, a, `{when} {1} said to {2}: "I can run faster than you!"|{when} {1} asked {2}: "Who is faster, you or I?"`)
	s.talk(a, b, `"We will see," said {1}. "To the {q.noun}!"`)
	s.say("One, two, three, and they ran. First {b} was ahead, then {a}.|They ran like the wind. {a} was ahead.")
	s.say("Then {b} [fell over a stone|fell over a root] and cut {b.his} knee.")
	s.feel(b, "sad", "")
	s.say("{a.name} looked at the goal. It was so near! But {a.he} [turned around|ran back].")
	s.help(a, b, "{1} [cleaned the knee with cold water|tied a cloth around the knee] and gave {2} an arm.")
	s.goTo(q, "Step by step they went {2.to} and got there at the same time.|Arm in arm they walked {2.to}.", a, b)
	s.talk(b, a, `"You would have won," said {1}.|"You are the winner, {2}," said {1}.`)
	s.talk(a, b, `"We both won," said {1}.|"A friend is better than a race," said {1}.`)
	s.befriend(a, b, "")
}

// quarrel: two want the same thing.
func quarrel(s *story) {
	a := s.child('a')
	b := s.kin('b', a)
	c := s.parent('c', a)
	t := s.thing('t', toys)
	h := s.home('h', a)
	s.at(h, a, b, c)
	s.lies(t, h)

	s.say("{when} {a} and {a.his} {b.sister} {b.name} both wanted {t}.|{when} {a} and {b} saw {t} on the floor.")
	s.talk(a, b, `"It is mine!" said {1}.`)
	s.talk(b, a, `"No, it is mine!" said {1}.`)
	s.feel(a, "angry", "They pulled it this way and that way. {1} was angry.|{1} was angry and stamped {1.his} foot.")
	s.take(c, t, "{1.kin a} came in and took {2} away.")
	s.talk(c, a, `"If you fight, [nobody has it|it will break]," said {1}.|"Two can play better than one," said {1}.`)
	s.say("It was very quiet. [The clock ticked|Rain fell outside]. {a.name} looked at {b.name}, and {b.name} looked at {a.name}.")
	s.talk(a, b, `"I am sorry," said {1}. "You can have it first."|"Let us play together," said {1}.`)
	s.give(c, t, b, "So {1} gave {2} to {3.name}.")
	s.drop(b, t, "") // it is nobody's while both play
	s.say("{b.name} played for a while and then let {a.name} play.|They played together until it was dark.")
	s.feel(a, "happy", "{1} was not angry any more. {1} was happy.|{1} was happy because it was more fun with two.")
}

// promise: an animal must be fed, and a child nearly forgets.
func promise(s *story) {
	a := s.child('a')
	b := s.other('b', a)
	x := s.animal('x', "hen", "goat", "cat", "pony", "duck", "donkey", "dog")
	p := s.place('p', "farm", "barn", "garden", "mill")
	q := s.place('q', "pond", "square", "meadow")
	s.at(p, a, b)
	s.has(b, x)

	s.say("{b} had {x}.|{x} lived with {b}.")
	s.talk(b, a, `{when} {1} said to {2}: "I must go away until tomorrow. Will you feed {x.name} tonight?"`)
	s.talk(a, b, `"I promise," said {1}.`)
	s.drop(b, x, "")
	s.goTo(q, "{1} went {2.to} and [played all afternoon|met some friends].", a)
	s.say("The sun went down. {a.name} was [tired|hungry] and wanted to go home. Then {a.he} remembered!")
	s.talk(a, nil, `"{x.name}!" cried {1}. "I gave my word."|"I promised!" said {1}.`)
	s.goTo(p, "{1} ran {2.to} in the dark.", a)
	s.spot(a, x, "There stood {2}, very hungry.|{2} was waiting at the door.")
	s.say("{a.name} gave {x.name} [hay and water|bread and milk|a whole bowl of food] and stayed until everything was eaten.")
	s.say("The next day {b} came back and saw that {x.name} was well.")
	s.talk(b, a, `"You keep your word," said {1}.|"I knew that you would come," said {1}.`)
	s.feel(a, "proud", "{1} was proud because {1.he} had kept {1.his} promise.")
}

// illFriend: somebody is ill and gets a visit.
func illFriend(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	f := s.thing('f', []kind{{noun: "soup", adjs: []string{"hot", "good"}, mass: true}, {noun: "cake", adjs: []string{"honey", "plum"}}, {noun: "flowers", adjs: []string{"yellow", "red"}, many: true}, {noun: "apples", adjs: []string{"red", "sweet"}, many: true}})
	p := s.place('p', "school")
	h := s.home('h', b)
	s.at(p, a)
	s.at(h, b)
	s.has(a, f)

	s.say("{when} {b} did not come to school. {b.he} was ill.|{when} {b} was ill and had to stay in bed.")
	s.feel(a, "worried", "{1} was worried because the place beside {1.him} was empty.|{1} was worried.")
	s.say("After school {a} put {f} into a basket.")
	s.goTo(h, "{1} went to see {b.name}.|{1} took it to {b.name}'s house.", a)
	s.talk(a, b, `"How are you?" asked {1}.|"Look what I have brought you," said {1}.`)
	s.talk(b, a, `"My head is hot, and the day is so long," said {1}.|"Now I am better already," said {1}.`)
	s.give(a, f, b, "")
	s.say("{a.name} [told a story|read from a book|sang all the songs {a.he} knew], and {b.name} [laughed for the first time that day|fell asleep].")
	s.say("[Three|Four|Five] days later {b.name} was well again.|Soon {b.name} was well again and came back to school.")
	s.feel(b, "glad", "{1} was glad because {1.he} had such a good friend.")
}

// newChild: somebody is new at school and shy.
func newChild(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	t := s.thing('t', toys)
	p := s.place('p', "school")
	q := s.place('q', "meadow", "oak tree", "river", "hill")
	s.at(p, a, b)
	s.has(a, t)
	b.trait = "shy"

	s.say("{when} {b} came to the school for the first time. {b.he} was shy and [sat in the last row|said nothing all morning].")
	s.say("Nobody [talked to {b.him}|sat beside {b.him}].")
	s.feel(b, "sad", "{1} was sad because {1.he} knew nobody.|{1} was sad.")
	s.talk(a, b, `"My name is {1.name}," said {1}. "What is yours?"|"I am {1.name}," said {1}. "Who are you?"`)
	s.talk(b, a, `"{1.name}," said {1} very softly.`)
	s.goTo(q, "After school they went {2.to} with {t}.|{1} took {t}, and they went {2.to}.", a, b)
	if s.chance(50) {
		s.give(a, t, b, `"You first," said {1}, and {1.he} gave {2} to {3.name}.`)
	}
	s.drop(t.holder, t, "") // it is nobody's while both play
	s.say("They played until the evening bell. {b.name} laughed and talked and was not shy any more.|{b.name} knew a new game, and it was the best game of all.")
	s.befriend(a, b, "")
	s.feel(b, "happy", "")
}

// letter: the wind takes a letter.
func letter(s *story) {
	a := s.child('a')
	b := s.worker('b', "postman")
	c := s.other('c', a)
	t := s.thing('t', []kind{{noun: "letter", adjs: []string{"white", "blue", "long"}}})
	p := s.place('p', "square", "bridge", "market", "hill")
	h := s.home('h', c)
	s.at(p, a, b)
	s.at(h, c)
	s.has(b, t)

	s.say("{when} {b} [had a bag full of letters|carried the letters from house to house].")
	s.lose(b, t, "Then the wind took {2} out of {1.his} hand!|{1} fell over a stone, and the wind took {2}!")
	s.talk(b, a, `"Stop it!" cried {1}.|"Help me, {2}!" cried {1}. "It must not get wet!"`)
	s.say("{a} ran after it. It flew [over a wall|over a cart|under a table] and [over the hens|around the well].")
	s.find(a, t, "At last {1} jumped and caught {2} in the air!|It came down in a puddle, nearly. {1} caught {2} just in time.")
	s.talk(b, a, `"You are faster than the wind," said {1}. "It is for {c}. Will you take it there?"`)
	s.goTo(h, "{1} ran to {c.his} house.", a)
	s.give(a, t, c, "")
	s.say("It was from {c.his} sister, and {c.he} had waited for it all [summer|winter|year].|{c.name} read it twice and laughed and cried.")
	s.feel(c, "happy", "")
	s.talk(c, a, `"Thank you for bringing it, {2}," said {1}.`)
}

// surprise: everybody seems to have forgotten a birthday.
func surprise(s *story) {
	a := s.child('a')
	b := s.friend('b', a)
	f := s.thing('f', []kind{{noun: "cake", adjs: []string{"honey", "plum", "apple"}}})
	p := s.place('p', "square", "school", "mill")
	q := s.place('q', "barn", "garden", "meadow")
	s.at(p, a, b)

	s.say("{when} it was {a.name}'s birthday, but nobody said a word.|{when} {a} woke up and thought: today is my birthday! But nobody said a word.")
	s.talk(a, b, `"Do you know what day it is, {2}?" asked {1}.`)
	s.talk(b, a, `"No," said {1}. "I have no time now."|"A day like any other," said {1}, and {1.he} ran away.`)
	s.goTo(q, "", b)
	s.feel(a, "sad", "{1} was sad because everyone had forgotten {1.him}.|{1} sat down on a stone and was sad.")
	s.goTo(q, "In the evening {1} came {2.to}, and there was light.|{1} heard a noise and went {2.to}.", a)
	s.make(b, f, `"Surprise!" cried a dozen voices. There were all {a.his} friends, and {1} held {2} in {1.his} hands.`)
	s.talk(b, a, `"How could we forget you?" said {1}.|"It was so hard to say nothing!" said {1}.`)
	s.eat(f, "They ate {2} and sang and danced.|They sang a song, and then they ate {2}.", a, b)
	s.feel(a, "happy", "{1} was happy, and it was the best birthday ever.")
}

// heavyBasket: somebody gets help with what is heavy.
func heavyBasket(s *story) {
	a := s.child('a')
	b := s.other('b', a)
	t := s.thing('t', []kind{{noun: "basket", adjs: []string{"big", "heavy"}}, {noun: "bag", adjs: []string{"big", "heavy"}}})
	p := s.place('p', "market", "bridge", "mill")
	q := s.home('q', b)
	s.at(p, a, b)
	s.has(b, t)

	s.say("{when} {b} carried {t} through the village.|{when} {a} saw {b} {p.in} with {t}.")
	s.feel(b, "tired", "{1} was tired because the way was long.|{1} was tired and had to stop at every corner.")
	s.talk(a, b, `"Let me carry it, {2}," said {1}.|"I am strong," said {1}. "Let me help you."`)
	s.give(b, t, a, "")
	s.say("[It was full of potatoes|It was full of flour|There was a whole cheese in it], and {a.name} [went red in the face|had to put it down twice].")
	s.goTo(q, "They walked side by side and talked about [the weather|old times|the hens], and soon they were at {b.name}'s house.", a, b)
	s.give(a, t, b, "")
	if s.chance(60) {
		f := s.thing('f', foods)
		s.has(b, f)
		s.give(b, f, a, "{1} opened it and gave {2} to {3.name}.")
	}
	s.talk(b, a, `"Come again," said {1}. "I will tell you the rest of the story."|"You have good hands," said {1}.`)
	s.feel(a, "glad", "")
}
