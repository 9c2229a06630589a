package wording

import (
	"math"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Every code has words of its own: what happened and, in a second sentence,
// what to do. None shows its code.
func TestEveryCodeHasWords(t *testing.T) {
	seen := map[string]protocol.Code{}
	for _, code := range protocol.Codes {
		text := Problem(&protocol.Problem{Code: code, Key: "steps", Got: "12", Want: "from 1 to 9"})
		if len(text) < 15 || !strings.HasSuffix(text, ".") || strings.Contains(text, "_") || strings.Contains(text, "%!") {
			t.Errorf("%s: %q", code, text)
		}
		if strings.Count(text, ". ") == 0 && code != protocol.Finished {
			t.Errorf("%s does not say what to do: %q", code, text)
		}
		if other, twice := seen[text]; twice && code != protocol.BadMessage && code != protocol.Internal {
			t.Errorf("%s and %s have the same words", code, other)
		}
		seen[text] = code
	}
	if len(problems) != len(protocol.Codes) {
		t.Errorf("there are words for %d codes, but %d codes", len(problems), len(protocol.Codes))
	}
}

// Every number that a recipe can be refused for has a name for people.
func TestEveryLimitHasAName(t *testing.T) {
	for key := range recipe.Limits {
		if strings.Contains(Field(key), "_") {
			t.Errorf("%s has no name", key)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(-1234567), "−1,234,567"},
		{CountOf(1, "step", "steps"), "1 step"}, {CountOf(2000, "step", "steps"), "2,000 steps"},
		{Bytes(0), "0 bytes"}, {Bytes(999), "999 bytes"}, {Bytes(1000), "1.0 kB"}, {Bytes(64 << 20), "67 MB"}, {Bytes(2.5e9), "2.5 GB"},
		{Operations(5), "5"}, {Operations(3.8e9), "3.8 billion"},
		{Duration(0.4), "0 s"}, {Duration(59.6), "1 min 0 s"}, {Duration(125), "2 min 5 s"}, {Duration(7500), "2 h 5 min"}, {Duration(math.NaN()), "–"},
		{Percent(0), "0.0 %"}, {Percent(0.0004), "under 0.1 %"}, {Percent(0.031), "3.1 %"}, {Percent(0.5), "50 %"}, {Percent(1), "100 %"},
		{Visible(" a\n\t"), "␣a⏎⇥"}, {Spoken(" "), "space"}, {Spoken("a"), "a"},
		{Energy(3600), "15.00 Wh"}, {Loss(1.005), "1.00"}, {Of(3, 1000), "3 of 1,000"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
