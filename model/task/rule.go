package task

import (
	"strings"

	"hornbook/model/data/chat"
)

// Rule is a verifier that looks for the answer, and that a person mends: each
// switch closes a hole through which a reply counts that is not right. With none
// it counts what has the answer anywhere, and silence where the prompt has it;
// with all it is Exact. Whole without AfterThoughts also refuses who thinks.
type Rule struct {
	Reply         bool // the prompt is not looked at
	AfterThoughts bool // nor are thoughts
	Whole         bool // nothing may stand beside the answer
}

// Rules that can be cheated, in the order of their holes: by saying nothing, by
// thinking without an end, by listing answers.
var (
	Prompted = bounded("prompted", Rule{}.right)
	Anywhere = bounded("anywhere", Rule{Reply: true}.right)
	Listed   = bounded("listed", Rule{Reply: true, AfterThoughts: true}.right)
)

// Verifier is r, named after its switches: "rule:reply+after_thoughts".
func (r Rule) Verifier() Verifier { return bounded(r.name(), r.right) }

func (r Rule) name() string {
	var on []string
	for _, s := range []struct {
		on   bool
		name string
	}{{r.Reply, "reply"}, {r.AfterThoughts, "after_thoughts"}, {r.Whole, "whole"}} {
		if s.on {
			on = append(on, s.name)
		}
	}
	return "rule:" + strings.Join(on, "+")
}

// RuleByName is the rule whose verifier has this name.
func RuleByName(name string) (r Rule, known bool) {
	for on := range 8 {
		if r = (Rule{on&1 != 0, on&2 != 0, on&4 != 0}); r.name() == name {
			return r, true
		}
	}
	return Rule{}, false
}

func (r Rule) right(e Example, reply string) bool {
	if r.AfterThoughts {
		_, reply = chat.Split(reply)
	}
	return r.holds(e.Answer, reply) || !r.Reply && r.holds(e.Answer, e.Prompt)
}

func (r Rule) holds(answer, text string) bool {
	if r.Whole {
		return Same(answer, text)
	}
	return strings.Contains(folded(text), folded(bare(answer)))
}
