package village

// villagers is everybody in the village. Work, kin and pronouns never change
// from tale to tale, so that a reader comes to know them.
var villagers = []person{
	{name: "Martha", girl: true, work: "baker", place: "bakery", family: 1},
	{name: "Lily", girl: true, child: true, family: 1},
	{name: "Tom", child: true, family: 1},
	{name: "Henry", work: "miller", place: "mill", family: 2},
	{name: "Nell", girl: true, child: true, family: 2},
	{name: "Ben", child: true, family: 2},
	{name: "Walter", work: "farmer", place: "farm", family: 3},
	{name: "Rosa", girl: true, child: true, family: 3},
	{name: "Sam", child: true, family: 3},
	{name: "Edith", girl: true, work: "teacher", place: "school", family: 4},
	{name: "Clara", girl: true, child: true, family: 4},
	{name: "Leo", child: true, family: 4},
	{name: "Hans", work: "smith", place: "forge", family: 5},
	{name: "Ida", girl: true, child: true, family: 5},
	{name: "Max", child: true, family: 5},
	{name: "Nora", girl: true, work: "doctor", place: "square", family: 6},
	{name: "Eva", girl: true, child: true, family: 6},
	{name: "Finn", child: true, family: 6},
	{name: "Albert", work: "fisherman", place: "river", family: 7},
	{name: "Mia", girl: true, child: true, family: 7},
	{name: "Jack", child: true, family: 7},
	{name: "Olga", girl: true, work: "tailor", place: "shop", family: 8},
	{name: "Dora", girl: true, child: true, family: 8},
	{name: "Hugo", child: true, family: 8},
	{name: "Simon", work: "carpenter", place: "workshop", family: 9},
	{name: "Tess", girl: true, child: true, family: 9},
	{name: "Otto", child: true, family: 9},
	{name: "Helen", girl: true, work: "gardener", place: "garden", family: 10},
	{name: "Lucy", girl: true, child: true, family: 10},
	{name: "Adam", child: true, family: 10},
	{name: "Frank", work: "shepherd", place: "hill", family: 11},
	{name: "Anna", girl: true, child: true, family: 11},
	{name: "Peter", child: true, family: 11},
	{name: "Ruth", girl: true, work: "potter", place: "workshop", family: 12},
	{name: "Sara", girl: true, child: true, family: 12},
	{name: "Theo", child: true, family: 12},
	{name: "Vera", girl: true, work: "beekeeper", place: "meadow"},
	{name: "George", work: "postman", place: "square"},
	{name: "Agnes", girl: true, work: "weaver", place: "shop"},
	{name: "Arthur", work: "clockmaker", place: "shop"},
}

// step walks through villagers in an order that looks like none; it has no
// factor in common with their number.
const step = 17
