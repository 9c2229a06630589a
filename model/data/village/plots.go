package village

// A plot is one kind of thing that happens in the village.
type plot struct {
	name string
	tell func(*story)
}

var plots = []plot{
	{"lost toy", lostToy},
}
