package task

import (
	"strings"

	"hornbook/model/data/chat"
)

// Verifier tells whether a reply to e is right: the same whenever it is asked,
// whatever bytes it is given, and never of a reply longer than MaxReply.
type Verifier struct {
	Name  string
	Right func(e Example, reply string) bool

	answer func(e Example) (string, error) // a right one; nil where it is e.Answer
}

// MaxReply is the most bytes of a reply that can be right.
const MaxReply = 64 << 10

// The verifiers of honest people. They look at what is said after the thoughts.
var (
	Exact    = ofContent("exact", Same)
	number   = ofContent("number", sameNumber)
	contains = ofContent("contains", hasWords)
	oneOf    = Verifier{"one_of", ofContent("", isOne).Right, firstOf}
	pattern  = Verifier{"regexp", ofContent("", matches).Right, matched}
)

// Verifiers are the names of those that a file of examples may ask for; a Rule
// is one too:
//
//	exact     the content is the Same as the answer
//	number    the last number in it equals the answer
//	contains  the answer's words stand in it
//	one_of    it is the Same as one of the answers, which | parts
//	regexp    all of it matches the answer, a regular expression
var Verifiers = []string{Exact.Name, number.Name, contains.Name, oneOf.Name, pattern.Name}

// VerifierByName is one of Verifiers, one that can be cheated, or a Rule's.
func VerifierByName(name string) (v Verifier, known bool) {
	for _, v := range []Verifier{Exact, number, contains, oneOf, pattern, Prompted, Anywhere, Listed} {
		if v.Name == name {
			return v, true
		}
	}
	rule, known := RuleByName(name)
	return rule.Verifier(), known
}

// bounded is a verifier of replies up to MaxReply.
func bounded(name string, right func(e Example, reply string) bool) Verifier {
	return Verifier{Name: name, Right: func(e Example, reply string) bool { return len(reply) <= MaxReply && right(e, reply) }}
}

// ofContent compares the answer with what is said after the thoughts.
func ofContent(name string, right func(answer, content string) bool) Verifier {
	return bounded(name, func(e Example, reply string) bool {
		_, content := chat.Split(reply)
		return right(e.Answer, content)
	})
}

// said is a right answer to e, as the assistant may say it.
func (v Verifier) said(e Example) (string, error) {
	if v.answer == nil {
		return e.Answer, nil
	}
	return v.answer(e)
}

// Shows is v by two replies to e: one that is right, the laziest of some, and
// one that is not, the nearest of some. Not every example has both: of one whose
// prompt holds the answer, who looks there calls every reply right.
func (v Verifier) Shows(e Example) (right, wrong string, both bool) {
	answer, err := v.said(e)
	if err != nil {
		return "", "", false
	}
	list, thought := answer+" or another", chat.Think+answer
	right, some := first([]string{"", thought, list, answer}, func(reply string) bool { return v.Right(e, reply) })
	wrong, others := first([]string{list, thought, "", "?"}, func(reply string) bool { return !v.Right(e, reply) })
	return right, wrong, some && others
}

func first(list []string, is func(string) bool) (s string, found bool) {
	for _, s := range list {
		if is(s) {
			return s, true
		}
	}
	return "", false
}

// Same tells whether content is the answer, strictly: all of it, but for white
// space around it, a full stop at its end, and capitals.
func Same(answer, content string) bool { return strings.EqualFold(bare(answer), bare(content)) }

func bare(s string) string { return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ".")) }

// isOne tells whether content is one of answers, which | parts.
func isOne(answers, content string) bool {
	for answer := range strings.SplitSeq(answers, "|") {
		if bare(answer) != "" && Same(answer, content) {
			return true
		}
	}
	return false
}

func firstOf(e Example) (string, error) {
	answer, _ := first(strings.Split(e.Answer, "|"), func(a string) bool { return bare(a) != "" })
	return strings.TrimSpace(answer), nil
}
