package pairs

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hornbook/model/data/chat"
	"hornbook/tokenizer"
)

const (
	hello = `{"role":"user","content":"Hello"}`
	good  = `{"role":"assistant","content":"Good day."}`
	what  = `{"role":"assistant","content":"What?"}`
	kind  = `{"role":"system","content":"Be kind."}`
)

// written3 is a line of three fields; an empty one is left out.
func written3(prompt, chosen, rejected string) string {
	var fields []string
	for i, value := range []string{prompt, chosen, rejected} {
		if value != "" {
			fields = append(fields, fmt.Sprintf("%q: %s", []string{"prompt", "chosen", "rejected"}[i], value))
		}
	}
	return "{" + strings.Join(fields, " , ") + "}"
}

// Every form that TRL's documentation shows, and those that its files have.
func TestForms(t *testing.T) {
	user, system := chat.Message{Role: chat.User, Content: "Hello"}, chat.Message{Role: chat.System, Content: "Be kind."}
	talk := Pair{Prompt: []chat.Message{user}, Chosen: "Good day.", Rejected: "What?"}
	for _, c := range []struct {
		line string
		want Pair
	}{
		{written3(`"The sky is"`, `" blue."`, `" green."`), Text("The sky is", " blue.", " green.")},
		{written3("", `"The sky is blue."`, `"The sky is green."`), Text("The sky is", " blue.", " green.")},
		{written3("null", `"The sky is blue."`, `"The sky is black."`), Text("The sky is", " blue.", " black.")},
		{written3("", `"The sky"`, `"The sky is black."`), Text("The", " sky", " sky is black.")},
		{written3("["+hello+"]", "["+good+"]", "["+what+"]"), talk},
		{written3("", "["+hello+","+good+"]", "["+hello+","+what+"]"), talk},
		{written3(`"Hello"`, "["+hello+","+good+"]", "["+hello+","+what+"]"), talk}, // ultrafeedback_binarized
		{written3("["+kind+","+hello+"]", "["+good+"]", "["+what+"]"), Pair{Prompt: []chat.Message{system, user}, Chosen: "Good day.", Rejected: "What?"}},
	} {
		list, report, err := Read(strings.NewReader(c.line))
		if err != nil || report.Kept != 1 || !reflect.DeepEqual(list, []Pair{c.want}) {
			t.Errorf("%s is read as %+v, %v; want %+v", c.line, list, err, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	list, report, err := Read(strings.NewReader("\xEF\xBB\xBF" +
		`{"prompt":"p","chosen":"a","rejected":"b","source":[1],"id":1}` + "\r\n\n" +
		`{"prompt":"p","chosen":"same","rejected":"same","id":2}` + "\n  \n" +
		`{"score_chosen":8.5,"prompt":"q","chosen":"\u0000","rejected":"d"}`))
	if err != nil || !reflect.DeepEqual(list, []Pair{Text("p", "a", "b"), Text("q", "\x00", "d")}) {
		t.Fatalf("%+v, %v", list, err)
	}
	if want := (Report{2, 1, []string{"id", "source", "score_chosen"}}); !reflect.DeepEqual(report, want) {
		t.Errorf("%+v, want %+v", report, want)
	}
}

func TestReadRefuses(t *testing.T) {
	ok := `{"prompt":"p","chosen":"a","rejected":"b"}`
	list := func(messages ...string) string { return "[" + strings.Join(messages, ",") + "]" }
	for _, bad := range []struct {
		text, says string
		line       int
	}{
		{"", "holds no pair", 0},
		{"\n \n", "holds no pair", 0},
		{written3(`"p"`, `"a"`, `"a"`), "no pair differs", 0},
		{ok + "\n{", "it should be an object", 2},
		{ok + "\n[1]", "it should be an object", 2},
		{ok + " " + ok, "line of its own", 1},
		{ok + "\n" + "{\"prompt\":\"caf\xE9\"}", "not valid UTF-8", 2},
		{"\xFF\xFE{\x00}\x00", "NUL", 1},
		{"null", `no "chosen"`, 1},
		{written3(`"p"`, `"a"`, ""), `no "rejected"`, 1},
		{written3(`"p"`, "", `"b"`), `no "chosen"`, 1},
		{written3(`"p"`, "null", `"b"`), `no "chosen"`, 1},
		{`{"prompt":"p","Chosen":"a","rejected":"b"}`, `no "chosen"`, 1},
		{written3("3", `"a"`, `"b"`), "prompt is 3", 1},
		{written3(`"p"`, `{"role":"assistant"}`, `"b"`), "chosen is {", 1},
		{written3(`""`, `"a"`, `"b"`), "prompt is empty", 1},
		{written3(`"p"`, `""`, `"b"`), "chosen is empty", 1},
		{written3(`"p"`, `"a"`, `""`), "rejected is empty", 1},
		{written3("", `"yes"`, `"no"`), "same word", 1},
		{written3("", `" yes"`, `" no"`), "same word", 1},
		{written3(list(hello), `"a"`, `"b"`), "in one form", 1},
		{written3(`"p"`, `"a"`, list(what)), "in one form", 1},
		{written3(list(), list(good), list(what)), "prompt is empty", 1},
		{written3(list(hello), list(), list(what)), "chosen must be one message", 1},
		{written3(list(hello), list(good), list(hello, what)), "rejected must be one message", 1},
		{written3(list(hello), list(hello), list(what)), "by the assistant", 1},
		{written3(list(hello, good), list(good), list(what)), "message 3 is by the assistant", 1},
		{written3(list(hello, kind), list(good), list(what)), "speaks first", 1},
		{written3(list(`{"role":"tool","content":"x"}`), list(good), list(what)), `"tool"`, 1},
		{written3(list(`{"role":"user","content":"x","name":"y"}`), list(good), list(what)), "name", 1},
		{written3(list(`{"role":"user","content":["x"]}`), list(good), list(what)), "prompt is no list of messages", 1},
		{written3("", list(good), list(what)), "same up to the last answer", 1},
		{written3("", list(hello, good), list(kind, hello, what)), "same up to the last answer", 1},
		{written3("", list(hello, good), list(`{"role":"user","content":"Hi"}`, what)), "same up to the last answer", 1},
		{written3(`"p"`, list(good), list(what)), "same up to the last answer", 1},
		{written3("", list(good, hello), list(good, hello)), "by the assistant", 1},
		{"\n" + written3(`"`+strings.Repeat("x", maxLine)+`"`, `"a"`, `"b"`), "longer than", 2},
		{strings.Repeat(ok+"\n", MaxPairs+1), "more than 100000 pairs", MaxPairs + 1},
	} {
		if testing.Short() && len(bad.text) > 1<<21 {
			continue // it takes long, and no variant could change it
		}
		pairs, _, err := Read(strings.NewReader(bad.text))
		var wrong *chat.Wrong
		if !errors.As(err, &wrong) || wrong.Line != bad.line || !strings.Contains(err.Error(), bad.says) || pairs != nil {
			t.Errorf("%.80q gives %v, want %q in line %d", bad.text, err, bad.says, bad.line)
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
	head, tail := `{"prompt":"`, `","chosen":"a","rejected":"b"}`+"\n"
	lengths := []int{1<<19 - len(head) - len(tail), 1 << 19, 600_001} // the first divides the limit
	if testing.Short() {
		lengths = lengths[:1]
	}
	for _, n := range lengths {
		_, _, err := Read(&endless{line: head + strings.Repeat("p", n) + tail})
		var wrong *chat.Wrong
		if !errors.As(err, &wrong) || wrong.Line != 0 || !strings.Contains(err.Error(), "larger than 64 MB") {
			t.Errorf("lines of %d without an end give %v", n, err)
		}
	}
}

// A report stays short whatever a file holds.
func TestIgnoredNamesAreFew(t *testing.T) {
	var text strings.Builder
	for i := range 3 * maxNames {
		fmt.Fprintf(&text, "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"x%02d\":0}\n", i)
	}
	_, report, err := Read(strings.NewReader(text.String()))
	if err != nil || len(report.Ignored) != maxNames || !slices.IsSorted(report.Ignored) {
		t.Errorf("%+v, %v", report, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written3(`"p q"`, `"a"`, `"b"`) + "\n" + written3("", `"The sky is"`, `"The sea"`))
	f.Add(written3("["+hello+"]", "["+good+"]", "["+what+"]") + "\n" + written3("", "["+hello+","+good+"]", "["+hello+","+what+"]"))
	f.Add("{}\n[]\n\"\"")
	talks, plain := tokenizer.NewBytes(chat.Specials...), tokenizer.NewBytes()
	f.Fuzz(func(t *testing.T, text string) {
		list, report, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if report.Kept != len(list) || len(list) == 0 {
			t.Fatalf("%d pairs are reported as %+v", len(list), report)
		}
		for _, p := range list {
			if wrong := check(p); wrong != "" || p.Chosen == p.Rejected {
				t.Fatalf("what was read is wrong: %s %+v", wrong, p)
			}
		}
		again(t, list)
		fits(t, list, talks, 64)
		fits(t, list, plain, 64)
	})
}
