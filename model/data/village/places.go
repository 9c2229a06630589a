package village

type season uint8

const (
	spring season = 1 << iota
	summer
	autumn
	winter

	warm   = spring | summer | autumn
	always = warm | winter
)

// A sight is what one sees, hears or smells at a place in some seasons.
type sight struct {
	in   season
	form string
}

type placeKind struct {
	place
	sights []sight
}

var places = []placeKind{
	{place{noun: "bakery", prep: "at"}, []sight{
		{always, "The bakery smelled of warm bread."},
		{always, "The oven was hot, and the bread was brown."}}},
	{place{noun: "mill", prep: "at"}, []sight{
		{always, "The big wheel went round and round."},
		{always, "There was flour on the floor and on every shelf."}}},
	{place{noun: "farm", prep: "at"}, []sight{
		{always, "The hens ran about in the yard."},
		{always, "A cock sat on the fence and crowed."}}},
	{place{noun: "barn", prep: "in"}, []sight{
		{always, "The barn was warm and dark and smelled of hay."},
		{always, "A mouse ran over the hay."}}},
	{place{noun: "school", prep: "at"}, []sight{
		{always, "The school bell rang."}}},
	{place{noun: "forge", prep: "at"}, []sight{
		{always, "The fire was red, and the hammer rang."},
		{always, "Clang, clang, went the hammer."}}},
	{place{noun: "river", prep: "by"}, []sight{
		{warm, "The water was clear and cold."},
		{warm, "A fish jumped."},
		{winter, "There was ice along the river."}}},
	{place{noun: "pond", prep: "by"}, []sight{
		{warm, "Two ducks swam round and round."},
		{spring | summer, "The frogs sang in the grass."},
		{winter, "The pond was white with ice."}}},
	{place{noun: "well", prep: "by"}, []sight{
		{always, "The well was deep and dark."}}},
	{place{noun: "market", prep: "at"}, []sight{
		{always, "The market was full of people."},
		{always, "There were apples, pots and hens to buy."}}},
	{place{noun: "hill", prep: "on"}, []sight{
		{always, "From the hill you could see every roof."},
		{always, "The wind was strong up there."}}},
	{place{noun: "forest", prep: "in"}, []sight{
		{always, "The trees were tall and still."},
		{warm, "A bird sang high up in a tree."},
		{winter, "The snow lay deep under the trees."}}},
	{place{noun: "meadow", prep: "in"}, []sight{
		{spring | summer, "The bees hummed over the flowers."},
		{summer, "The grass was high."}}},
	{place{noun: "garden", prep: "in"}, []sight{
		{summer, "The beans stood in a row."},
		{autumn, "The leaves fell one by one."}}},
	{place{noun: "orchard", prep: "in"}, []sight{
		{spring, "The trees were white with flowers."},
		{autumn, "The branches were heavy with fruit."}}},
	{place{noun: "bridge", prep: "on"}, []sight{
		{always, "The water ran fast under the bridge."}}},
	{place{noun: "oak tree", prep: "under"}, []sight{
		{always, "The old oak was as wide as a house."}}},
	{place{noun: "square", prep: "in"}, []sight{
		{always, "The clock struck ten."}}},
	{place{noun: "shop", prep: "in"}, []sight{
		{always, "The shop was small and full to the roof."}}},
	{place{noun: "workshop", prep: "in"}, []sight{
		{always, "The workshop smelled of wood."}}},
}

// sight sometimes tells what there is to see at a place.
func (s *story) sight(p *place, percent int) {
	if !s.chance(percent) {
		return
	}
	for i := range places {
		if &places[i].place != p {
			continue
		}
		look := choose(s, places[i].sights)
		if look.in&s.season != 0 {
			s.say(look.form)
		}
	}
}

var openers = map[season][]string{
	spring: {"one spring morning", "one fine spring day", "on the first warm day of spring", "one rainy day in spring"},
	summer: {"one summer morning", "one hot summer day", "on a long summer day", "one warm day in summer"},
	autumn: {"one autumn morning", "one windy autumn day", "on a grey day in autumn", "one wet autumn day"},
	winter: {"one winter morning", "one cold winter day", "on a snowy day", "one dark winter day"},
	always: {"one morning", "one day", "one fine day", "early one morning", "one afternoon"},
}

// mild makes it a season without snow.
func (s *story) mild() {
	if s.season == winter {
		s.season = summer
	}
}

// when is the time of the tale, the same as often as it is asked.
func (s *story) when() string {
	if s.opener == "" {
		of := always
		if s.chance(50) {
			of = s.season
		}
		s.opener = choose(s, openers[of])
	}
	return s.opener
}
