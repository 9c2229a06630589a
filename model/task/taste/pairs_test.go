package taste

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"hornbook/model/data/pairs"
)

// What is chosen is preferred, by every taste and of any answers; so much the
// same answers give the same pairs.
func TestPairsArePreferred(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, taste := range known(t) {
		var prompts []string
		var answers [][]string
		for range 500 {
			var some []string
			for range rng.IntN(6) {
				some = append(some, drawn(rng))
			}
			prompts, answers = append(prompts, drawn(rng)), append(answers, some)
		}
		list := Pairs(taste, prompts, answers)
		for _, p := range list {
			if p.Chosen == "" || p.Rejected == "" || taste.Prefers(p.Prompt[0].Content, p.Chosen, p.Rejected) != 1 {
				t.Fatalf("%s does not prefer what is chosen of %+v", taste.Name, p)
			}
		}
		if len(list) == 0 || !reflect.DeepEqual(list, Pairs(taste, prompts, answers)) {
			t.Errorf("%s makes %d pairs, and others the next time", taste.Name, len(list))
		}
	}
}

func TestPairs(t *testing.T) {
	shorter, _ := ByName("shorter")
	circle := Taste{"circle", func(_, a, b string) int { // a over b, b over c, c over a
		switch a + b {
		case "ab", "bc", "ca":
			return 1
		case "ba", "cb", "ac":
			return -1
		}
		return 0
	}}
	for _, c := range []struct {
		taste   Taste
		answers []string
		want    []pairs.Pair
	}{
		{shorter, nil, nil},
		{shorter, []string{"one"}, nil},
		{shorter, []string{"", "one"}, nil},
		{shorter, []string{"a b", "c d", "e f"}, nil},
		{shorter, []string{"a b", "c", "d e f", "g", "h i j"}, []pairs.Pair{pairs.Text("p", "c", "d e f")}},
		{circle, []string{"a", "b", "c"}, nil},
		{circle, []string{"a", "b", "b"}, []pairs.Pair{pairs.Text("p", "a", "b")}},
	} {
		if got := Pairs(c.taste, []string{"p"}, [][]string{c.answers}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s of %q makes %+v, want %+v", c.taste.Name, c.answers, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	shorter, _ := ByName("shorter")
	ours, theirs := []string{"a", "a b", "a", "a b"}, []string{"a b", "a", "b", "a b c"}
	prompts := make([]string, 4)
	got := Compare(shorter, prompts, ours, theirs)
	if got != (Tally{2, 1, 1}) || got.N() != 4 || got.Rate() != .625 {
		t.Errorf("%+v, %d, %g", got, got.N(), got.Rate())
	}
	if back := Compare(shorter, prompts, theirs, ours); back.Rate() != 1-got.Rate() {
		t.Errorf("the other way round it is %g", back.Rate())
	}
	if r := (Tally{}).Rate(); r != .5 {
		t.Errorf("of nothing the rate is %g", r)
	}
}

// An answer that wins most is chosen, whatever its place.
func TestPairsDoNotDependOnOrder(t *testing.T) {
	happy, _ := ByName("happy")
	answers := []string{"He was sad.", "He was happy.", "He went home.", "They were happy and glad."}
	rng := rand.New(rand.NewPCG(2, 2))
	for range 20 {
		rng.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
		list := Pairs(happy, []string{"p"}, [][]string{slices.Clone(answers)})
		if len(list) != 1 || list[0].Chosen != "They were happy and glad." || list[0].Rejected != "He was sad." {
			t.Fatalf("%q gives %+v", answers, list)
		}
	}
}
