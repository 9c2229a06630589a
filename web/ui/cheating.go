package ui

import (
	"math"
	"slices"
	"strings"

	"hornbook/model/recipe"
)

// A reward that can be cheated: what is right stays hidden until a person has
// said what it will do; then the checker is mended.

// guesses are what right answers can do while the reward rises.
var guesses = []string{"rose", "stayed", "fell"}

// strict names the reward that cannot be cheated.
const strict = "strict"

// rulePrefix begins the names of checkers that a person mends.
const rulePrefix = "rule:"

// paidBy names the reward of the run that stands here or, where there is none, of
// the draft.
func (t *Rewards) paidBy() string {
	if t.mine() {
		return t.groupOf().Reward
	}
	return t.Draft.Value(t.Page.W, "reward")
}

// cheatable tells whether that is a checker with holes.
func (t *Rewards) cheatable() bool {
	closed, known := closedBy(t.paidBy())
	return known && closed != allClosed
}

// hidden tells whether right answers are not shown yet.
func (t *Rewards) hidden() bool { return t.asksGuess() && t.Guess == "" }

// asksGuess tells whether a person is asked, or was. Who mends the checker has
// seen it, and a lesson may ask by itself.
func (t *Rewards) asksGuess() bool {
	return t.cheatable() && !strings.HasPrefix(t.paidBy(), rulePrefix) && !of[*Learn](t.Page).closes("guess")
}

func (t *Rewards) guessName(guess string) string {
	return t.Page.W.Say(map[string]string{"rose": "rewards_guess_rose", "stayed": "rewards_guess_stayed", "fell": "rewards_guess_fell"}[guess])
}

// ChooseGuess takes down what a person says.
func (t *Rewards) ChooseGuess(guess string) {
	t.Guess = guess
	if says := t.guessSays(); says != "" {
		t.Page.Host.Say(says)
	}
}

// guessSays compares what was said with what came; "" before that.
func (t *Rewards) guessSays() string {
	if t.Guess == "" {
		return ""
	}
	w := t.Page.W
	o, is := t.outcome()
	if !is {
		return w.Say("rewards_guess_wait")
	}
	key := map[string]string{"rose": "rewards_did_rise", "stayed": "rewards_did_stay", "fell": "rewards_did_fall"}[o.did]
	said := "rewards_guess_off"
	if o.did == t.Guess {
		said = "rewards_guess_hit"
	}
	return w.Say(said) + " " + w.Say(key, "from", w.Percent(o.from), "to", w.Percent(o.to)) + " " +
		w.Say("rewards_paid_meanwhile", "from", w.Percent(o.paidFrom), "to", w.Percent(o.paidTo))
}

// An outcome is what came of the tries: right answers to held-out prompts, and
// what is rewarded, before them and now.
type outcome struct {
	from, to, paidFrom, paidTo float64
	did                        string // one of guesses
}

// outcome is that of the run that stands here, false before there is one.
func (t *Rewards) outcome() (o outcome, is bool) {
	first, last, both := t.tried()
	if !both {
		return o, false
	}
	o.from, o.to = first.Measures.Value(recipe.PassAt1), last.Measures.Value(recipe.PassAt1)
	o.paidFrom, o.paidTo = first.Measures.Value(recipe.HeldReward), last.Measures.Value(recipe.HeldReward)
	doubt := math.Hypot(margin(first), margin(last))
	switch {
	case o.to > o.from+doubt:
		o.did = "rose"
	case o.to < o.from-doubt:
		o.did = "fell"
	default:
		o.did = "stayed"
	}
	return o, true
}

// tried are the evaluation before the first try, and the latest after it.
func (t *Rewards) tried() (first, last *recipe.Measurement, both bool) {
	if !t.mine() {
		return nil, nil, false
	}
	for i := range t.Page.Evals {
		if e := &t.Page.Evals[i]; e.Step <= t.groupOf().WarmUp {
			first = e
		}
	}
	last = t.Page.LastEval()
	return first, last, first != nil && last.Step > first.Step
}

// margin is twice the standard error of a share of so many prompts.
func margin(e *recipe.Measurement) float64 {
	p, n := e.Measures.Value(recipe.PassAt1), e.Measures.Value(recipe.Questions)
	if n == 0 {
		return 0
	}
	return 2 * math.Sqrt(p*(1-p)/n)
}

// Mending the checker.

// switches are the holes that a checker can have closed, in the order of their
// bits in samples.
var switches = []string{"reply", "after_thoughts", "whole"}

// rules are the checkers that a recipe may name otherwise.
var rules = map[string]string{"prompted": "", "anywhere": "reply", "listed": "reply+after_thoughts", strict: "reply+after_thoughts+whole"}

// allClosed are all holes.
const allClosed = 1<<3 - 1

// closedBy is which holes the checker of this name has closed, false where it is
// none of these.
func closedBy(name string) (closed int, known bool) {
	names, known := strings.CutPrefix(name, rulePrefix)
	if !known {
		names, known = rules[name]
	}
	for i, s := range switches {
		if slices.Contains(strings.Split(names, "+"), s) {
			closed |= 1 << i
		}
	}
	return closed, known
}

// rule is which holes the draft's checker has closed.
func (t *Rewards) rule() int {
	closed, _ := closedBy(t.Draft.Value(t.Page.W, "reward"))
	return closed
}

func (t *Rewards) closed(i int) bool { return t.rule()>>i&1 == 1 }

// Close closes a hole of the draft's checker, or opens it.
func (t *Rewards) Close(i int, on bool) {
	closed := t.rule() &^ (1 << i)
	if on {
		closed |= 1 << i
	}
	var names []string
	for i, s := range switches {
		if closed>>i&1 == 1 {
			names = append(names, s)
		}
	}
	t.Set("reward", rulePrefix+strings.Join(names, "+"))
}

func (t *Rewards) switchName(i int) string {
	return t.Page.W.Say([]string{"rewards_rule_reply", "rewards_rule_thoughts", "rewards_rule_whole"}[i])
}

func (t *Rewards) switchAbout(i int) string {
	return t.Page.W.Say([]string{"rewards_rule_reply_about", "rewards_rule_thoughts_about", "rewards_rule_whole_about"}[i])
}

// mends tells whether the checker is to be mended here: once one has seen what
// it pays.
func (t *Rewards) mends() bool {
	return t.mine() && !t.hidden() && (t.cheatable() || strings.HasPrefix(t.paidBy(), rulePrefix))
}

// samplePrompt and sampleAnswer are a question of parity and its answer.
const samplePrompt, sampleAnswer = "110011010010", "E"

// samples are replies to it. Counts says for each rule, by the bits of the holes
// that it has closed, whether the reply counts.
var samples = []struct{ Reply, Counts string }{
	{"E", "11111111"},
	{beginThought + "OEEEOEEOOOEE" + endThought + "E", "11110011"},
	{"E O", "11110000"},
	{beginThought + "OEOEOEOEOEOE" + endThought + "O", "11000000"},
	{"O", "00000000"},
}

// counts tells whether a sample counts by the draft's checker.
func (t *Rewards) counts(i int) string {
	if samples[i].Counts[t.rule()] == '1' {
		return t.Page.W.Say("rewards_counts")
	}
	return t.Page.W.Say("rewards_counts_not")
}

func (t *Rewards) countsClass(i int) string {
	if samples[i].Counts[t.rule()] == '1' {
		return "try"
	}
	return "try missed"
}
