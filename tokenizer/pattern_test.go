package tokenizer

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// cutAll is the pieces of text by a cutter.
func cutAll(c *cutter, text []byte) (pieces []string) {
	one := cut{cutter: c}
	if c.pattern != nil {
		one.m = newMatcher(c.pattern)
	}
	one.parts(part{text, true}, func(p part) bool {
		pieces = append(pieces, string(p.text))
		return true
	})
	return pieces
}

const gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

// GPT-2's rule as a pattern cuts every text, even one that is no UTF-8, as it
// does by hand.
func TestPatternAsByHand(t *testing.T) {
	byPattern := &cutter{pattern: mustPattern(gpt2Pattern)}
	for seed := range uint64(200) {
		for _, text := range [][]byte{randomText(seed, 80), randomBytes(seed, 80), []byte(randomWords(seed, 80))} {
			if got, want := cutAll(byPattern, text), cutAll(&cutter{}, text); !slices.Equal(got, want) {
				t.Fatalf("%q is cut in %q, by hand in %q", text, got, want)
			}
		}
	}
}

// What a pattern gives back must match even so, and what is possessive keeps it.
func TestPattern(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{`\s+(?!\S)|\s+`, "a   b  ", "a|  | |b|  "},
		{`a*ab`, "aaabab", "aaab|ab"},
		{`a*+ab|.`, "aab", "a|a|b"},
		{`(?:ab)?c|.`, "abcabc", "abc|abc"},
		{`(?i:k|ss)`, "K\u212AßSSs", "K|\u212A|ß|SS|s"},
		{`[^a-c&&[b-z]]`, "abcxyz", "a|bc|x|y|z"},
		{`[a-z&&[^b]]+`, "abba", "a|bb|a"},
		{`\x41\u0042+`, "ABBA", "ABB|A"},
		{`x$`, "x\nx.x", "x|\nx.|x"},
		{`a{2,3}`, "aaaaaa", "aaa|aaa"},
		{`a{2}`, "aaaaa", "aa|aa|a"},
		{`a{3,}`, "aabaaaa", "aab|aaaa"},
		{`\p{^L}+|\P{N}`, "a1 2b", "a|1 2|b"},
	} {
		p, err := newPattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := strings.Join(cutAll(&cutter{pattern: p}, []byte(c.text)), "|"); got != c.want {
			t.Errorf("%s cuts %q in %s, not %s", c.pattern, c.text, got, c.want)
		}
	}
}

// What is not read is refused by its name, and what would take for ever too.
func TestPatternRefused(t *testing.T) {
	for pattern, says := range map[string]string{
		`(?<!a)b`: "group of this kind", `a+?`: "lazy", `a**`: "doubled", `(a)+`: "group that repeats", `(a|b`: ") is missing", `a)`: ") too many",
		`[a`: "] is missing", `[[:alpha:]]`: "named class", `\bx`: "“\\b” is not supported", `^x`: "“^” is not supported", `\p{Klingon}`: "property “Klingon”",
		`a*`: "match nothing", ``: "match nothing", `a|`: "match nothing", `x{5,2}`: "a count", `x{9999}`: "a count", `a\`: "without what it stands for",
		strings.Repeat("(?:a|a)", 40) + "b": "too many ways", strings.Repeat("a?", 60) + "b": "too many ways", strings.Repeat("a{0,9}", 9) + "b": "too many ways",
		strings.Repeat("ab", 2000): "more than 500 steps", strings.Repeat("ab", 3000): "more than 4096 bytes", `[z-a]`: "range", `[]`: "empty class",
	} {
		if _, err := newPattern(pattern); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40s gave %v, not %q", pattern, err, says)
		}
	}
}

// Texts on which each try runs far and leads nowhere are searched in one go: in
// the square of their length this would not end.
func TestPatternIsLinear(t *testing.T) {
	const n = 2 << 20
	for pattern, text := range map[string]string{
		`\s*[\r\n]+|x`:   strings.Repeat(" ", n),
		`a*b`:            strings.Repeat("a", n),
		`a+a+b`:          strings.Repeat("a", n),
		`[ab]*a+[ab]*c`:  strings.Repeat("ab", n/2),
		`\w+(?=[.,])|\W`: strings.Repeat("w", n),
		`\s+(?!\s*x)`:    strings.Repeat(" ", n) + "x",
		cl100kPattern:    strings.Repeat("   \n", n/4),
	} {
		p, err := newPattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(cutAll(&cutter{pattern: p}, []byte(text)), ""); got != text {
			t.Errorf("%s loses text", pattern)
		}
	}
}

const cl100kPattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// FuzzPattern: no pattern makes the reader or the matcher panic or hang, and
// without Removed no byte is lost.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{gpt2Pattern, cl100kPattern, `a{2,3}|(?:b|c)?d`, `[^\r\n&&[a-z]]`, `\s++$`, `(?i:ǆ)`} {
		f.Add(p, "I'll be 1234 \n\n  ǅ\xff")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := newPattern(pattern)
		if err != nil {
			return
		}
		for _, does := range behaviors {
			pieces := cutAll(&cutter{pattern: p, does: does}, []byte(text))
			if does != removed && strings.Join(pieces, "") != text {
				t.Fatalf("%q became %q", text, pieces)
			}
			if slices.Contains(pieces, "") {
				t.Fatalf("a piece of %q is empty", text)
			}
		}
	})
}

// TestDecodedIsNormalized: Decode(Encode(x)) is the normalized x, for forms that
// leave nothing out.
func TestDecodedIsNormalized(t *testing.T) {
	for _, c := range []struct {
		tokenizer string
		after     func(text []byte) []byte // what the decoder makes of the normalized text
	}{
		{`"pre_tokenizer":{"type":"Sequence","pretokenizers":[` + splitJSON(cl100kPattern) + `,` + bareJSON + `]}`, nil},
		{`"normalizer":{"type":"NFC"},"pre_tokenizer":` + bareJSON, nil},
		{`"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"Lowercase"},{"type":"Strip"}]},"pre_tokenizer":` + bareJSON, nil},
		{`"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
			"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}`,
			func(text []byte) []byte {
				return bytes.TrimPrefix(bytes.ReplaceAll(text, []byte("▁"), []byte(" ")), []byte(" "))
			}},
	} {
		tok, err := ReadJSON(strings.NewReader(`{` + c.tokenizer + `,"added_tokens":[],"model":` + bytesModel(!strings.Contains(c.tokenizer, "ByteLevel")) + `}`))
		if err != nil {
			t.Fatal(err)
		}
		bpe, is := tok.(*BPE)
		if !is {
			continue
		}
		for seed := range uint64(100) {
			for _, text := range [][]byte{randomText(seed, 60), randomBytes(seed, 60), []byte(awkward[int(seed)%len(awkward)])} {
				want := bpe.normalize(text)
				if c.after != nil {
					want = c.after(want)
				}
				if got := bpe.Decode(bpe.Encode(text)); !bytes.Equal(got, want) {
					t.Fatalf("%s: %q came back as %q, want %q", c.tokenizer, text, got, want)
				}
			}
		}
	}
}

func splitJSON(pattern string) string {
	return string(written(object{"type": "Split", "pattern": object{"Regex": pattern}, "behavior": "Isolated", "invert": false}))
}

const bareJSON = `{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}`

// bytesModel is a model of the 256 bytes and a merge, with fallback those by name.
func bytesModel(fallback bool) string {
	vocab := map[string]int{}
	for b := range 256 {
		if fallback {
			vocab[byteName(byte(b))] = b
		} else {
			vocab[byteLevel(string([]byte{byte(b)}))] = b
		}
	}
	for i, name := range []string{"t", "h", "th", "▁"} {
		if _, has := vocab[name]; !has && utf8.ValidString(name) {
			vocab[name] = 256 + i
		}
	}
	delete(vocab, map[bool]string{true: "", false: "▁"}[fallback])
	return string(written(object{"type": "BPE", "byte_fallback": fallback, "vocab": vocab, "merges": []string{"t h"}}))
}
