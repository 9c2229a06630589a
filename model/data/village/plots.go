package village

// A plot is one kind of thing that happens in the village.
type plot struct {
	name string
	tell func(*story)
}

var plots = []plot{
	{"lost toy", lostToy}, {"lost treasure", lostTreasure}, {"lost animal", lostAnimal},
	{"kite in a tree", kiteInTree}, {"bucket in the well", bucketInWell},
	{"shared food", sharedFood}, {"gift", gift}, {"trade", trade}, {"cold friend", coldFriend}, {"lent thing", lentThing},
	{"broken pot", brokenPot}, {"broken toy", brokenToy}, {"stopped clock", stoppedClock}, {"broken bridge", brokenBridge},
	{"caught in the rain", caughtInRain}, {"snowman", snowman}, {"seed", seed}, {"harvest", harvest}, {"berries", berries},
	{"kitten up a tree", kittenUpTree}, {"noise at night", nightNoise}, {"fallen into the water", fallIntoPond},
	{"false alarm", falseAlarm}, {"fallen bird", birdFell},
	{"music", learnMusic}, {"baking", baking}, {"fishing", fishing}, {"honey", honey}, {"late for school", lateForSchool},
	{"race", race}, {"quarrel", quarrel}, {"promise", promise}, {"ill friend", illFriend}, {"new child", newChild},
	{"letter", letter}, {"surprise", surprise}, {"heavy basket", heavyBasket},
}
