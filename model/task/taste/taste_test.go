package taste

import (
	"math/rand/v2"
	"strings"
	"testing"

	"hornbook/model/data/village"
)

func known(t testing.TB) (list []Taste) {
	t.Helper()
	for _, name := range Names {
		taste, is := ByName(name)
		if !is || taste.Name != name {
			t.Fatalf("%s is not known", name)
		}
		list = append(list, taste)
	}
	if _, is := ByName("sour"); is {
		t.Error("sour is known")
	}
	return list
}

// fair checks what every taste promises of any bytes.
func fair(t *testing.T, taste Taste, prompt, a, b string) {
	t.Helper()
	ab, ba := taste.Prefers(prompt, a, b), taste.Prefers(prompt, b, a)
	if ab != -ba || ab < -1 || ab > 1 || taste.Prefers(prompt, a, a) != 0 || taste.Prefers(prompt, a, b) != ab {
		t.Errorf("%s prefers %d of %q and %q, and %d the other way round", taste.Name, ab, a, b, ba)
	}
	if words(a) > 0 && taste.Prefers(prompt, a, " \n") != 1 {
		t.Errorf("%s does not prefer %q to silence", taste.Name, a)
	}
}

// drawn is random text of what the tastes look at.
func drawn(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(30) {
		b.WriteString([]string{"happy", "sad", "day", "way", "he", "y", "I", "Tom", " ", " ", " ", ". ", "!", "\n", `"`, "“", "”", "'", "é", "\xFF", "\x00", "😀"}[rng.IntN(22)])
	}
	return b.String()
}

func TestTastesAreFair(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, taste := range known(t) {
		for range 3000 {
			fair(t, taste, drawn(rng), drawn(rng), drawn(rng))
		}
	}
}

func FuzzPrefers(f *testing.F) {
	f.Add("One day", ` Tom said: "Help!" He was sad.`, " It was fun, and they were friends")
	f.Add("", "\xFF.\"\n", "the mill\non the hill")
	list := known(f)
	f.Fuzz(func(t *testing.T, prompt, a, b string) {
		for _, taste := range list {
			fair(t, taste, prompt, a, b)
		}
	})
}

func TestPrefers(t *testing.T) {
	ten := strings.Repeat("word ", 10)
	for _, c := range []struct {
		taste, better, worse string
		tie                  bool
	}{
		{"shorter", "Yes.", "Yes, it is.", false},
		{"shorter", ten, ten + "one two", false},
		{"shorter", ten, ten + "one", true},
		{"shorter", "one two", "two one", true},
		{"happy", "He was sad. Tom helped. He was happy.", "He was happy. Tom helped. He was sad.", false},
		{"happy", `"Thank you!" said Tom. They were FRIENDS.`, "Tom went home.", false},
		{"happy", "He was sad. He got up. He went home.", "He was happy. He got up. He went home.", true},
		{"happy", "Tom went home", "They were unhappy", true},
		{"speech", `"Yes," said Tom.`, "Tom said yes.", false},
		{"speech", "“Yes, I will,” said Tom.", "“Yes,” said Tom to him.", false},
		{"speech", `"Yes.` + "\nTom went home.", "Tom went home.", false},
		{"speech", `"Yes," said he.`, `"Yes," said Tom.`, true},
		{"rhyme", "The mill\nStands on the hill", "The mill\nStands in the wood", false},
		{"rhyme", "He was cold. He was old.", "He was cold. He was cold.", false},
		{"rhyme", "a day\na stone\nthe way\nalone", "a day\nthe way\na stone\na tree", false},
		{"rhyme", "The mill.", "The wood.", true},
	} {
		taste, _ := ByName(c.taste)
		want := 1
		if c.tie {
			want = 0
		}
		if got := taste.Prefers("", c.better, c.worse); got != want {
			t.Errorf("%s of %q and %q is %d, want %d", c.taste, c.better, c.worse, got, want)
		}
	}
}

func TestRhyme(t *testing.T) {
	for _, pair := range strings.Fields("day/way stone/alone mill/hill he/she tree/free river/shiver better/letter played/stayed sing/king happy/snappy") {
		if a, b, _ := strings.Cut(pair, "/"); !rhyme(a, b) {
			t.Errorf("%s does not rhyme", pair)
		}
	}
	for _, pair := range strings.Fields("day/day water/river happy/very morning/warning sad/glass b/c the/tree bucket/basket asked/helped vera/anna /") {
		if a, b, _ := strings.Cut(pair, "/"); rhyme(a, b) {
			t.Errorf("%s rhymes", pair)
		}
	}
}

// halves are the second halves of n tales.
func halves(seed uint64, n int) (list []string) {
	teller := village.New(seed)
	for range n {
		s := sentences(teller.Next().Text)
		list = append(list, strings.Join(s[len(s)/2:], " "))
	}
	return list
}

// The shares that ByName tells are so, with room for chance.
func TestSignal(t *testing.T) {
	ours, theirs := halves(3, 3000), halves(4, 3000)
	want := map[string]float64{"shorter": .65, "happy": .60, "speech": .98, "rhyme": .03}
	for _, taste := range known(t) {
		sum := Compare(taste, make([]string, 3000), ours, theirs)
		got := 1 - float64(sum.Ties)/float64(sum.N())
		t.Logf("%s: %+v, %.3f preferred, win rate %.3f", taste.Name, sum, got, sum.Rate())
		if d := got - want[taste.Name]; d > .04 || d < -.04 {
			t.Errorf("%s prefers one in %.3f of pairs, not %.2f", taste.Name, got, want[taste.Name])
		}
		if r := sum.Rate(); r < .45 || r > .55 {
			t.Errorf("%s: of equals one wins %.3f", taste.Name, r)
		}
	}
}
