package village

// A kind of thing, and the words that may stand before it.
type kind struct {
	noun string
	adjs []string
	many bool // some nuts, them
	mass bool // some bread, it
}

var (
	colours = []string{"red", "blue", "green", "yellow", "white"}
	woods   = []string{"wooden", "old", "little", "red", "blue"}
)

var toys = []kind{
	{noun: "ball", adjs: colours},
	{noun: "kite", adjs: colours},
	{noun: "doll", adjs: []string{"wooden", "little", "old"}},
	{noun: "boat", adjs: woods},
	{noun: "drum", adjs: colours},
	{noun: "flute", adjs: []string{"wooden", "silver", "little"}},
	{noun: "whistle", adjs: []string{"tin", "wooden", "silver"}},
	{noun: "top", adjs: colours},
}

var treasures = []kind{
	{noun: "ring", adjs: []string{"silver", "gold"}},
	{noun: "key", adjs: []string{"big", "old", "iron"}},
	{noun: "button", adjs: []string{"gold", "silver", "blue"}},
	{noun: "bell", adjs: []string{"little", "silver", "brass"}},
	{noun: "coin", adjs: []string{"gold", "silver"}},
	{noun: "glove", adjs: colours},
	{noun: "purse", adjs: []string{"brown", "red", "green"}},
	{noun: "spoon", adjs: []string{"silver", "wooden"}},
}

var fragile = []kind{
	{noun: "cup", adjs: colours},
	{noun: "jug", adjs: colours},
	{noun: "bowl", adjs: []string{"blue", "brown", "white"}},
	{noun: "plate", adjs: []string{"blue", "yellow", "white"}},
	{noun: "pot", adjs: []string{"brown", "green", "big"}},
}

var clothes = []kind{
	{noun: "hat", adjs: colours},
	{noun: "scarf", adjs: colours},
	{noun: "coat", adjs: []string{"warm", "brown", "blue"}},
	{noun: "shawl", adjs: colours},
	{noun: "cap", adjs: colours},
}

var wares = []kind{
	{noun: "basket", adjs: []string{"big", "little", "brown"}},
	{noun: "lamp", adjs: []string{"brass", "little", "old"}},
	{noun: "book", adjs: []string{"old", "thick", "green"}},
	{noun: "blanket", adjs: colours},
	{noun: "rope", adjs: []string{"long", "strong"}},
	{noun: "bucket", adjs: []string{"tin", "wooden", "blue"}},
	{noun: "stool", adjs: []string{"little", "wooden"}},
}

var foods = []kind{
	{noun: "bread", adjs: []string{"fresh", "warm"}, mass: true},
	{noun: "cake", adjs: []string{"plum", "honey", "apple"}},
	{noun: "pie", adjs: []string{"apple", "pear", "plum"}},
	{noun: "cheese", adjs: []string{"good", "white"}, mass: true},
	{noun: "nuts", many: true},
	{noun: "apple", adjs: []string{"red", "green", "big"}},
	{noun: "pear", adjs: []string{"ripe", "yellow"}},
	{noun: "berries", adjs: []string{"red", "sweet"}, many: true},
}

// species of animals; a name belongs to one of them only.
type species struct {
	noun  string
	adjs  []string
	names []string
	sound string
}

var animals = []species{
	{"dog", []string{"brown", "black", "big"}, []string{"Rex", "Bruno"}, "barked"},
	{"puppy", []string{"brown", "black", "little"}, []string{"Biscuit", "Button"}, "barked"},
	{"cat", []string{"grey", "black", "white"}, []string{"Mimi", "Smoke"}, "mewed"},
	{"kitten", []string{"grey", "black", "white"}, []string{"Pepper", "Dot"}, "mewed"},
	{"goat", []string{"white", "brown", "old"}, []string{"Nanny", "Bella"}, "bleated"},
	{"lamb", []string{"white", "little", "black"}, []string{"Snow", "Cotton"}, "bleated"},
	{"cow", []string{"brown", "white"}, []string{"Daisy", "Berta"}, "mooed"},
	{"pony", []string{"brown", "grey"}, []string{"Star", "Hazel"}, "neighed"},
	{"donkey", []string{"grey", "old"}, []string{"Jonas", "Moses"}, "brayed"},
	{"hen", []string{"brown", "white", "red"}, []string{"Pip", "Henny"}, "clucked"},
	{"duck", []string{"white", "brown"}, []string{"Paddle", "Puddle"}, "quacked"},
	{"goose", []string{"white", "grey"}, []string{"Gerda", "Lotte"}, "hissed"},
	{"pig", []string{"pink", "fat"}, []string{"Trudy", "Radish"}, "grunted"},
}
