package pairs

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/tokenizer"
)

// drawn is random text of what files get wrong, never empty.
func drawn(rng *rand.Rand, most int) string {
	var b strings.Builder
	for range 1 + rng.IntN(most) {
		b.WriteString([]string{"a", "b", " ", "\n", "\r\n", `"`, `\`, "<", "&", "é", "😀", "\u2028", "\uFEFF", "\x00", "<|end|>"}[rng.IntN(15)])
	}
	return b.String()
}

// some are n random pairs whose answers differ.
func some(rng *rand.Rand, n int) (list []Pair) {
	for len(list) < n {
		p := Text(drawn(rng, 20), drawn(rng, 20), drawn(rng, 20))
		if p.Plain = rng.IntN(2) == 0; !p.Plain {
			p.Prompt = nil
			if rng.IntN(2) == 0 {
				p.Prompt = append(p.Prompt, chat.Message{Role: chat.System, Content: drawn(rng, 5)})
			}
			for range rng.IntN(3) {
				p.Prompt = append(p.Prompt, chat.Message{Role: chat.User, Content: drawn(rng, 5)}, chat.Message{Role: chat.Assistant, Content: drawn(rng, 5)})
			}
			p.Prompt = append(p.Prompt, chat.Message{Role: chat.User, Content: drawn(rng, 5)})
		}
		if p.Chosen != p.Rejected {
			list = append(list, p)
		}
	}
	return list
}

// again checks that what was written is read the same.
func again(t *testing.T, list []Pair) {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, list); err != nil {
		t.Fatal(err)
	}
	got, report, err := Read(&file)
	if err != nil || report.Kept != len(list) || !reflect.DeepEqual(got, list) {
		t.Fatalf("%+v is read as %+v, %v", list, got, err)
	}
}

func TestWrittenIsReadTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		again(t, some(rng, 1+rng.IntN(20)))
	}
}

func TestWrite(t *testing.T) {
	var file strings.Builder
	talk := Pair{Prompt: []chat.Message{{Role: chat.User, Content: "Hello"}}, Chosen: "<Good>", Rejected: "\xFF"}
	if err := Write(&file, []Pair{Text("The sky is", " blue.", " green."), talk}); err != nil {
		t.Fatal(err)
	}
	const want = `{"prompt":"The sky is","chosen":" blue.","rejected":" green."}
{"prompt":[{"role":"user","content":"Hello"}],"chosen":[{"role":"assistant","content":"<Good>"}],"rejected":[{"role":"assistant","content":"` + "\uFFFD" + `"}]}
`
	if got := strings.ReplaceAll(file.String(), `\ufffd`, "\uFFFD"); got != want {
		t.Errorf("written as\n%swant\n%s", got, want)
	}
}

// fits checks what Encode promises of any list.
func fits(t *testing.T, list []Pair, tok tokenizer.Tokenizer, context int) Fit {
	t.Helper()
	chosen, rejected, fit := Encode(list, tok, true, context)
	if fit.Kept+fit.Long+fit.Same+fit.Foreign != len(list) || fit.Kept != len(chosen) || fit.Kept != len(rejected) {
		t.Fatalf("%+v of %d, with %d and %d sequences", fit, len(list), len(chosen), len(rejected))
	}
	tokens := 0
	for i, c := range chosen {
		r := rejected[i]
		tokens += len(c.IDs) + len(r.IDs)
		switch n := c.Prompt; {
		case n < 1 || r.Prompt != n || !slices.Equal(c.IDs[:n], r.IDs[:n]):
			t.Fatalf("pair %d does not share its prompt: %+v and %+v", i, c, r)
		case len(c.IDs) == n || len(r.IDs) == n || slices.Equal(c.IDs, r.IDs):
			t.Fatalf("pair %d teaches nothing: %+v and %+v", i, c, r)
		case max(len(c.IDs), len(r.IDs)) > context+1:
			t.Fatalf("pair %d has sides of %d and %d in a context of %d", i, len(c.IDs), len(r.IDs), context)
		}
	}
	if tokens != fit.Tokens {
		t.Fatalf("%d tokens are reported as %d", tokens, fit.Tokens)
	}
	return fit
}

func TestEncodeKeepsItsPromises(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	chars, err := tokenizer.NewChars([]byte("ab \n"))
	if err != nil {
		t.Fatal(err)
	}
	var sum Fit
	for _, tok := range []tokenizer.Tokenizer{tokenizer.NewBytes(chat.Specials...), tokenizer.NewBytes(chat.EndOfText), tokenizer.NewBytes(), chars} {
		for range 50 {
			fit := fits(t, some(rng, 40), tok, 5+rng.IntN(100))
			sum = Fit{sum.Kept + fit.Kept, 0, sum.Long + fit.Long, sum.Same + fit.Same, sum.Foreign + fit.Foreign}
		}
	}
	if sum.Kept == 0 || sum.Long == 0 || sum.Same == 0 || sum.Foreign == 0 {
		t.Errorf("not every case came: %+v", sum)
	}
}

func TestEncode(t *testing.T) {
	text := Text("Who <|end|>?", "I.", "You.")
	talk := Pair{Prompt: []chat.Message{{Role: chat.System, Content: "Be."}, {Role: chat.User, Content: "Who?"}}, Chosen: "I.", Rejected: "You."}
	for _, c := range []struct {
		what                     string
		tok                      tokenizer.Tokenizer
		pair                     Pair
		asks                     bool
		prompt, chosen, rejected string // all "": foreign
	}{
		{"text for one that chats", tokenizer.NewBytes(chat.Specials...), text, true, "<|user|>Who <|end|>?<|end|><|assistant|>", "I.<|end|>", "You.<|end|>"},
		{"messages for one that chats", tokenizer.NewBytes(chat.Specials...), talk, false, "<|system|>Be.<|end|><|user|>Who?<|end|><|assistant|>", "I.<|end|>", "You.<|end|>"},
		{"text for one that could chat", tokenizer.NewBytes(chat.Specials...), text, false, "Who <|end|>?", "I.<|endoftext|>", "You.<|endoftext|>"},
		{"a text that ends its line", tokenizer.NewBytes(chat.Specials...), Text("Who", " I.\n", " you.\n"), false, "Who", " I.\n", " you.\n"},
		{"text for one that ends", tokenizer.NewBytes(chat.EndOfText), text, true, "Who <|end|>?", "I.<|endoftext|>", "You.<|endoftext|>"},
		{"text for one that does not", tokenizer.NewBytes(), text, true, "Who <|end|>?", "I.", "You."},
		{"messages for one that does not chat", tokenizer.NewBytes(chat.EndOfText), talk, true, "", "", ""},
	} {
		chosen, rejected, fit := Encode([]Pair{c.pair}, c.tok, c.asks, 100)
		if c.prompt == "" {
			if fit != (Fit{Foreign: 1}) {
				t.Errorf("%s: %+v", c.what, fit)
			}
			continue
		}
		if fit.Kept != 1 {
			t.Fatalf("%s: %+v", c.what, fit)
		}
		for _, side := range []struct {
			got  data.Sequence
			want string
		}{{chosen[0], c.chosen}, {rejected[0], c.rejected}} {
			n := side.got.Prompt
			if got, rest := string(c.tok.Decode(side.got.IDs[:n])), string(c.tok.Decode(side.got.IDs[n:])); got != c.prompt || rest != side.want {
				t.Errorf("%s: %q and %q, want %q and %q", c.what, got, rest, c.prompt, side.want)
			}
		}
	}
}

// A side may have one token more than the context, since of the last nothing
// follows; neither side is cut.
func TestEncodeAtTheContext(t *testing.T) {
	list := []Pair{Text("1234", "56", "5678")}
	for context, want := range map[int]Fit{7: {Kept: 1, Tokens: 14}, 6: {Long: 1}, 0: {Long: 1}} {
		if _, _, fit := Encode(list, tokenizer.NewBytes(), true, context); fit != want {
			t.Errorf("in a context of %d: %+v, want %+v", context, fit, want)
		}
	}
}
