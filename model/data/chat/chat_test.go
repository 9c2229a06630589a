package chat

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hornbook/tokenizer"
)

func template(t testing.TB) (Template, tokenizer.Tokenizer) {
	t.Helper()
	tok := tokenizer.NewBytes(Specials...)
	made, has := Of(tok)
	if !has {
		t.Fatal("the template's tokens are missing")
	}
	return made, tok
}

func says(role, content string) Message { return Message{Role: role, Content: content} }

func TestTemplate(t *testing.T) {
	made, tok := template(t)
	talk := []Message{says(System, "Be kind."), says(User, "Who?"), says(Assistant, "I <|end|>."), says(User, "And"), says(Assistant, "you.")}
	ids, counts := made.Encode(talk)
	want := "<|system|>Be kind.<|end|><|user|>Who?<|end|><|assistant|>I <|end|>.<|end|><|user|>And<|end|><|assistant|>you.<|end|>"
	if got := string(tok.Decode(ids)); got != want {
		t.Errorf("written as %s, want %s", got, want)
	}
	var learned []int32
	for i, id := range ids {
		if counts[i] {
			learned = append(learned, id)
		}
	}
	if got := string(tok.Decode(learned)); got != "I <|end|>.<|end|>you.<|end|>" {
		t.Errorf("learned is %q", got)
	}
	end, _ := tok.Special(End)
	if n := len(slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return id != end })); n != len(talk) {
		t.Errorf("%d ends, want %d: what is typed must stay text", n, len(talk))
	}
	prompt := made.Prompt(talk[:2])
	if got := string(tok.Decode(prompt)); got != "<|system|>Be kind.<|end|><|user|>Who?<|end|><|assistant|>" {
		t.Errorf("the prompt is %s", got)
	}
	if !slices.Equal(ids[:len(prompt)], prompt) {
		t.Error("a conversation does not go on as its prompt begins")
	}
	if got := made.Reply(ids[len(prompt):]); got != "I <|end|>." {
		t.Errorf("the reply is %q", got)
	}
	if _, has := Of(tokenizer.NewBytes()); has {
		t.Error("a tokenizer without the tokens has a template")
	}
}

// talks are random conversations of letters.
func talks(n int, rng *rand.Rand) (list []Conversation) {
	for range n {
		var c Conversation
		if rng.IntN(3) == 0 {
			c.Messages = append(c.Messages, says(System, "be "+strings.Repeat("s", 1+rng.IntN(20))))
		}
		for range 1 + rng.IntN(4) {
			c.Messages = append(c.Messages, says(User, strings.Repeat("q", 1+rng.IntN(30))), says(Assistant, strings.Repeat("a", 1+rng.IntN(30))))
		}
		list = append(list, c)
	}
	return list
}

// beginnings are all that fitting may choose from, the longest first: those
// that end with an answer.
func beginnings(messages []Message) (list [][]Message) {
	for n := len(messages); n > 0; n-- {
		if messages[n-1].Role == Assistant {
			list = append(list, messages[:n])
		}
	}
	return list
}

// A document is the longest beginning that fits, and the report tells what
// became of the others.
func TestCorpusKeepsTheLongest(t *testing.T) {
	made, _ := template(t)
	rng := rand.New(rand.NewPCG(2, 2))
	for _, talk := range talks(500, rng) {
		if rng.IntN(2) == 0 { // an end without an answer
			talk.Messages = append(talk.Messages, says(User, strings.Repeat("q", rng.IntN(50)+1)))
		}
		context := 10 + rng.IntN(150)
		var want []int32
		report := Report{Dropped: 1}
		for i, m := range beginnings(talk.Messages) {
			if ids, _ := made.Encode(m); len(ids) <= context+1 {
				want, report = ids[:len(ids)-1], Report{Kept: 1, Cut: min(i, 1), Tokens: len(ids) - 1}
				break
			}
		}
		c, r := made.Corpus([]Conversation{talk}, context)
		r.Counted = 0 // TestCorpus
		if !slices.Equal(c.IDs, want) || r != report {
			t.Fatalf("%d tokens and %+v, want %d and %+v", len(c.IDs), r, len(want), report)
		}
	}
}

// No token of a user or of the system is ever a target; every document fits,
// and ends with an answer that is whole.
func TestCorpus(t *testing.T) {
	made, tok := template(t)
	rng := rand.New(rand.NewPCG(1, 1))
	end, _ := tok.Special(End)
	for range 200 {
		context := 20 + rng.IntN(80)
		list := talks(30, rng)
		c, r := made.Corpus(list, context)
		if r.Kept+r.Dropped != len(list) || r.Kept != len(c.Lengths) || r.Tokens != len(c.IDs) || len(c.Targets) != len(c.IDs) {
			t.Fatalf("%+v of %d, with %d documents", r, len(list), len(c.Lengths))
		}
		at, counted := 0, 0
		for _, n := range c.Lengths {
			if int(n) > context {
				t.Fatalf("a document of %d tokens in a context of %d", n, context)
			}
			for i := at; i < at+int(n); i++ {
				target := c.Targets[i]
				if target < 0 {
					continue
				}
				counted++
				if target != 'a' && target != end {
					t.Fatalf("%q is to be learned", tok.Piece(target))
				}
				if i+1 < at+int(n) && c.IDs[i+1] != target {
					t.Fatalf("after token %d comes %d, not %d", i, c.IDs[i+1], target)
				}
			}
			if at += int(n); c.Targets[at-1] != end {
				t.Fatal("a document ends before its answer does")
			}
		}
		if counted != r.Counted {
			t.Fatalf("%d tokens count, the report says %d", counted, r.Counted)
		}
	}
}

func TestRead(t *testing.T) {
	line := func(messages string) string { return `{"messages":[` + messages + `]}` }
	user, assistant, system := `{"role":"user","content":"u"}`, `{"role":"assistant","content":"a"}`, `{"role":"system","content":"s"}`
	list, err := Read(strings.NewReader("\xEF\xBB\xBF" + line(system+","+user+","+assistant) + "\n\n" + line(user+","+assistant+","+user) + "\r\n"))
	if err != nil || len(list) != 2 || len(list[0].Messages) != 3 || list[1].Messages[2] != says(User, "u") {
		t.Fatalf("%+v, %v", list, err)
	}
	many := strings.Repeat(user+","+assistant+",", maxMessages/2) + user
	for _, bad := range []struct {
		text, says string
		line       int
	}{
		{"", "no conversation", 0},
		{"\n \n", "no conversation", 0},
		{line(user+","+assistant) + "\n{", "it should be an object", 2},
		{line(user+","+assistant) + "\n" + line("{\"role\":\"user\",\"content\":\"caf\xE9\"},"+assistant), "UTF-8", 2},
		{`[1]`, "it should be an object", 1},
		{`{"messages":[],"tools":[]}`, "tools", 1},
		{line(`{"role":"user","content":"u","name":"x"}`), "name", 1},
		{line(`{"role":"user","content":["u"]}`), "content", 1},
		{line(user+","+assistant) + " " + line(user), "line of its own", 1},
		{line(`{"role":"tool","content":"u"}`), `"tool"`, 1},
		{line(`{"role":"user","content":"u","thinking":"t"},` + assistant), "message 1 is by the user and has thoughts", 1},
		{line(user + `,{"role":"assistant","content":"","thinking":"t"}`), "message 2 is empty", 1},
		{line(`{"role":"user","content":""},` + assistant), "message 1 is empty", 1},
		{line(user + "," + system + "," + assistant), "speaks first", 1},
		{line(assistant), "no user speaks", 1},
		{line(user + "," + assistant + "," + assistant), "no user speaks", 1},
		{line(user + "," + user + "," + assistant), "messages 1 and 2", 1},
		{line(user), "nothing to learn", 1},
		{line(""), "nothing to learn", 1},
		{line(many), "more than 1000", 1},
		{"\n" + line(`{"role":"user","content":"`+strings.Repeat("x", maxLine)+`"},`+assistant), "longer than", 2},
	} {
		_, err := Read(strings.NewReader(bad.text))
		var wrong *Wrong
		if !errors.As(err, &wrong) || wrong.Line != bad.line || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%.60q gives %v, want %q in line %d", bad.text, err, bad.says, bad.line)
		}
	}
}

// endless is a line again and again, without an end.
type endless struct {
	line string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.line[e.at:])
	e.at = (e.at + n) % len(e.line)
	return n, nil
}

// Of a file that is too large no more is read than the limit, wherever that cuts
// a line.
func TestReadStopsAtTheLimit(t *testing.T) {
	head, tail := `{"messages":[{"role":"user","content":"`, `"},{"role":"assistant","content":"a"}]}`+"\n"
	lengths := []int{1<<19 - len(head) - len(tail), 1 << 19, 600_001} // the first divides the limit
	if testing.Short() {
		lengths = lengths[:1]
	}
	for _, long := range lengths {
		_, err := Read(&endless{line: head + strings.Repeat("u", long) + tail})
		var wrong *Wrong
		if !errors.As(err, &wrong) || wrong.Line != 0 || !strings.Contains(err.Error(), "larger than 64 MB") {
			t.Errorf("lines of %d without an end give %v", long, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}`)
	f.Add(`{"messages":[{"role":"user","content":"u"},{"role":"assistant","thinking":"t","content":"a"}]}`)
	f.Add("{}\n[]\n\"\"")
	made, _ := template(f)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		c, r := made.Corpus(list, 64)
		if r.Kept+r.Dropped != len(list) || len(c.IDs) != len(c.Targets) {
			t.Errorf("%d conversations become %+v", len(list), r)
		}
		for _, talk := range list {
			if what := Check(talk.Messages); what != "" {
				t.Errorf("what was read is wrong: %s", what)
			}
		}
	})
}

func ExampleTemplate_Prompt() {
	tok := tokenizer.NewBytes(Specials...)
	template, _ := Of(tok)
	fmt.Printf("%s\n", tok.Decode(template.Prompt([]Message{says(User, "Who are you?")})))
	// Output: <|user|>Who are you?<|end|><|assistant|>
}

// What was answered comes back as it was encoded: thoughts as thoughts.
func TestAnswered(t *testing.T) {
	made, _ := template(t)
	for _, m := range []Message{{Role: Assistant, Content: "plain"}, {Role: Assistant, Thinking: "1, 2", Content: "2"}} {
		ids, _ := made.Encode([]Message{m})
		if got := Answered(made.Reply(ids[1:])); got != m {
			t.Errorf("%+v came back as %+v", m, got)
		}
	}
	if got := Answered(Think + "never ends"); got.Content != Think+"never ends" {
		t.Errorf("a thought that never ends came back as %+v", got)
	}
}
