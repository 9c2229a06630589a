package task

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hornbook/model/data/chat"
)

// thoughts writes T(…) as thoughts.
var thoughts = strings.NewReplacer("T(", chat.Think, ")", chat.EndThink)

func TestVerifiers(t *testing.T) {
	for _, c := range []struct {
		verifier, answer string
		right, wrong     []string
	}{
		{"exact", "Tom.", []string{"tom", " Tom. \n", "T(Bob)Tom", "T()Tom"}, []string{"", "Tom, Bob", "T(Tom)", "T(Tom", "T(Tom)Bob", "Tom T(x)"}},
		{"number", "1234", []string{"1234", "1,234", "1234.0", "so 2 and 2 is 1234.", "x=+01234", "T(5)1,234"}, []string{"", "1234 or 5", "-1234", "12345", "1,23,4", "T(1234)", "1234.5"}},
		{"number", "-3", []string{"-3", "−3", "= -3.00", "4-7=-3"}, []string{"3", "--", "7-3"}},
		{"number", "0", []string{"-0", "0.0", ".0", "00"}, []string{"", "."}},
		{"number", ".5", []string{"0.5", "0.50", "It is .5."}, []string{"5", "05"}},
		{"number", "123456789012345678901", []string{"123,456,789,012,345,678,901"}, []string{"123456789012345678902"}},
		{"contains", "red ball", []string{"The Red ball.", "red, ball", "T(x)a red ball!"}, []string{"", "red balls", "ball red", "T(red ball)"}},
		{"contains", "-2", []string{"It is -2."}, []string{"2", "-20"}},
		{"one_of", "ball | the ball.||", []string{"Ball", "the ball"}, []string{"", "a ball", "ball | the ball.", "ball the ball"}},
		{"regexp", `(a|ab)c?\d+`, []string{"a1", " abc12\n", "T(x)ab3"}, []string{"", "ab", "xa1", "a1x", "A1", "T(a1)"}},
		{"regexp", `(?i)\Qa.b`, []string{"A.B"}, []string{"axb"}},
		{"regexp", `(`, nil, []string{"", "("}},
		{"prompted", "Q", []string{"", "T(x", "R"}, nil},
		{"prompted", "E", []string{"E", "T(eo", "OE"}, []string{"", "O"}},
		{"anywhere", "E", []string{"E", "T(OEO", "T(E)O", "OE"}, []string{"", "O", "T(O)"}},
		{"listed", "E", []string{"E", "E O", "T(O)OE"}, []string{"", "T(E)O", "T(E", "E T(O)"}},
		{"rule:reply+after_thoughts", "E", []string{"E O"}, []string{"T(E)"}},
		{"rule:whole", "E", []string{"e."}, []string{"E O", "T(O)E"}},
	} {
		v, known := VerifierByName(c.verifier)
		if !known || v.Name != c.verifier {
			t.Fatalf("%s is not known", c.verifier)
		}
		e := Example{Prompt: "Q", Answer: c.answer}
		for i, list := range [][]string{c.right, c.wrong} {
			for _, reply := range list {
				if right := v.Right(e, thoughts.Replace(reply)); right != (i == 0) {
					t.Errorf("%s: %q to %q is right: %t", v.Name, reply, c.answer, right)
				}
			}
		}
	}
	for _, name := range []string{"", "fair", "rule", "rule:", "rule:all", "rule:whole+reply", "rule:whole+whole", "Exact"} {
		if _, known := VerifierByName(name); known != (name == "rule:") {
			t.Errorf("%q is known: %t", name, known)
		}
	}
}

// What a verifier shows of itself is so, of the examples of a task and of a
// file; who can be cheated shows a cheat.
func TestShows(t *testing.T) {
	for _, name := range Names {
		task, _ := ByName(name)
		for _, v := range append(task.Sloppy, task.Strict, contains) {
			shown := 0
			for _, e := range task.Examples(Test, 9, 100) {
				right, wrong, both := v.Shows(e)
				if !both {
					continue
				}
				shown++
				if !v.Right(e, right) || v.Right(e, wrong) || v.Name != Exact.Name && task.Strict.Right(e, right) {
					t.Fatalf("%s of %s shows %q and %q to %+v", v.Name, name, right, wrong, e)
				}
			}
			t.Logf("%s of %s shows %d of 100", v.Name, name, shown)
			if v.Name != Prompted.Name && shown == 0 || v.Name == Exact.Name && shown != 100 {
				t.Errorf("%s of %s shows itself %d times of 100", v.Name, name, shown)
			}
		}
	}
	for _, name := range Verifiers {
		v, _ := VerifierByName(name)
		e := Example{Prompt: "How many?", Answer: map[string]string{"one_of": "3|three", "regexp": "[1-3]{2}"}[name]}
		if e.Answer == "" {
			e.Answer = "3"
		}
		if right, wrong, both := v.Shows(e); !both {
			t.Errorf("%s shows %q and %q", name, right, wrong)
		} else {
			t.Logf("%s of %s: %q, but not %q", name, e.Answer, right, wrong)
		}
	}
}

// A rule with every switch on is the strict verifier; each of the other rules
// counts something else.
func TestRules(t *testing.T) {
	e := Example{Prompt: "E or O?", Answer: "E"}
	replies := []string{"", "E", "O", "E O", "T(O)E", "T(E)O", "T(E", "T(O)E O"}
	marks := map[string]string{}
	for on := range 8 {
		r := Rule{on&1 != 0, on&2 != 0, on&4 != 0}
		back, known := RuleByName(r.Verifier().Name)
		if !known || back != r {
			t.Errorf("%+v is named %q", r, r.Verifier().Name)
		}
		for _, reply := range replies {
			marks[r.Verifier().Name] += fmt.Sprint(r.Verifier().Right(e, thoughts.Replace(reply)), " ")
		}
	}
	all := marks["rule:reply+after_thoughts+whole"]
	for i, reply := range replies {
		if got := strings.Fields(all)[i] == "true"; got != Exact.Right(e, thoughts.Replace(reply)) {
			t.Errorf("every switch is on and %q is right: %t", reply, got)
		}
	}
	if len(marks) != 8 || marks["rule:reply"] == marks["rule:reply+after_thoughts"] || marks["rule:reply+after_thoughts"] == all || marks["rule:"] == marks["rule:reply"] {
		t.Errorf("a switch does nothing: %v", marks)
	}
}

func TestRewards(t *testing.T) {
	task, _ := ByName("clock")
	e := Example{Prompt: "384950", Answer: "9"}
	if got := task.Rewards(); !slices.Equal(got, []string{"strict", "prompted", "anywhere", "listed", "working"}) {
		t.Errorf("the rewards are %v", got)
	}
	for reply, want := range map[string]string{"9": "1 1 1 1 0", "": "0 1 0 0 0", "T(9": "0 1 1 0 0", "T(3)9": "1 1 1 1 1", "T(3)2": "0 1 0 0 1", "T( )9": "1 1 1 1 0", "T(3).": "0 1 0 0 0"} {
		var got []string
		for _, name := range task.Rewards() {
			r, known := task.Reward(name)
			if !known || r.Name != name {
				t.Fatalf("%s is not known", name)
			}
			got = append(got, fmt.Sprint(r.Score(e, thoughts.Replace(reply))))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q scores %v, want %s", reply, got, want)
		}
	}
	if _, known := task.Reward("rule:reply"); !known {
		t.Error("a rule is no reward")
	}
	if _, known := task.Reward("kindness"); known {
		t.Error("kindness is a reward")
	}
}

// The dearest expressions and replies are judged in a moment, and the
// expressions that are kept are bounded.
func TestVerifiersAreBounded(t *testing.T) {
	began := time.Now()
	long := strings.Repeat("a", MaxReply)
	for _, answer := range []string{"(a?){400}b", "(a*)*b", "((a{1000}){1000}){1000}", "(a|a)*b", strings.Repeat("(", 900) + strings.Repeat(")", 900), long} {
		for _, name := range []string{"exact", "number", "contains", "one_of", "regexp", "prompted"} {
			v, _ := VerifierByName(name)
			v.Right(Example{Prompt: "a", Answer: answer}, long)
			if v.Right(Example{Answer: "a"}, strings.Repeat(" ", MaxReply)+"a") {
				t.Errorf("%s reads more than it may", name)
			}
		}
	}
	for i := range 3 * maxPatterns {
		matches(fmt.Sprintf("a{%d}", i), "a")
	}
	if n := len(compiled.of); n > maxPatterns {
		t.Errorf("%d expressions are kept", n)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Verifiers take anything, say the same twice, and the sloppy ones count all
// that is right.
func FuzzVerifiers(f *testing.F) {
	f.Add("What?", "E", chat.Think+"EO"+chat.EndThink+"e.")
	f.Add("384950", "-1,234.50", "\x00 −1234.5")
	f.Add("K", "\u212A|k", "k\xff")
	f.Add("a", "[a-c]{2,}x?|\\bq", "\xffab")
	f.Fuzz(func(t *testing.T, prompt, answer, reply string) {
		e := Example{Prompt: prompt, Answer: answer}
		exact := Exact.Right(e, reply)
		for _, name := range append([]string{"prompted", "anywhere", "listed", "rule:", "rule:whole", "rule:reply+after_thoughts+whole"}, Verifiers...) {
			v, _ := VerifierByName(name)
			right := v.Right(e, reply)
			if right != v.Right(e, reply) || right && len(reply) > MaxReply {
				t.Errorf("%s is not sure about %q", name, reply)
			}
			if slices.Contains([]string{"prompted", "anywhere", "listed", "rule:"}, name) && exact && !right {
				t.Errorf("%s denies what is right: %q to %q", name, reply, answer)
			}
			if strings.HasSuffix(name, "s+whole") && right != exact {
				t.Errorf("%s is not exact about %q to %q", name, reply, answer)
			}
			if said, err := v.said(e); err == nil && v.check(e) == nil && !v.Right(e, said) {
				t.Errorf("%s: %q is not right", name, said)
			}
			if shown, wrong, both := v.Shows(e); both && (!v.Right(e, shown) || v.Right(e, wrong)) {
				t.Errorf("%s shows %q and %q", name, shown, wrong)
			}
		}
	})
}
