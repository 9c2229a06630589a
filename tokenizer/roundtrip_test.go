package tokenizer

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

func randomBytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(r.Uint32())
	}
	return text
}

// randomWords mixes what the split rule tells apart.
func randomWords(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	parts := []string{
		" ", "  ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u3000", "'", "'s", "'re", "'ll", "the", "The", "aaaa", "é", "e\u0301",
		"日", "本", "ש", "م", "😀", "👩‍👧", "1", "23", "Ⅷ", "٤", "½", ".", "--", "…", "_", "<|endoftext|>", "<|", "\x00", "\ufffd",
	}
	var text []byte
	for range n {
		text = append(text, parts[r.IntN(len(parts))]...)
	}
	return string(text)
}

// randomText has random characters and bytes that are not UTF-8 besides.
func randomText(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	var text []byte
	for i := range n {
		switch r.IntN(4) {
		case 0:
			text = utf8.AppendRune(text, rune(r.IntN(utf8.MaxRune)))
		case 1:
			text = append(text, byte(r.Uint32()), "\u0085\ufeff"[i%5])
		default:
			text = append(text, randomWords(seed+uint64(i), 1)...)
		}
	}
	return text
}

// TestRoundTrip: Decode(Encode(x)) == x for every byte string, and a special
// token never comes from plain text.
func TestRoundTrip(t *testing.T) {
	toks := []Tokenizer{NewBytes(endOfText), trained(t)}
	for seed := range uint64(300) {
		for _, text := range [][]byte{randomBytes(seed, int(seed)), randomText(seed, int(seed))} {
			for _, tok := range toks {
				roundTrip(t, tok, text)
			}
		}
	}
}

func roundTrip(t *testing.T, tok Tokenizer, text []byte) {
	t.Helper()
	ids := tok.Encode(text)
	if back := tok.Decode(ids); !bytes.Equal(back, text) {
		t.Fatalf("%s: %q came back as %q", tok.Kind(), text, back)
	}
	special, _ := tok.Special(endOfText)
	for _, id := range ids {
		if id == special {
			t.Fatalf("%s: plain text %q gave a special token", tok.Kind(), text)
		}
	}
	if back := tok.Decode(tok.EncodeSpecial(text)); !bytes.Equal(back, text) {
		t.Fatalf("%s: with special tokens %q came back as %q", tok.Kind(), text, back)
	}
}

// FuzzRoundTrip also trains on the input, and makes Chars of it, so that both
// meet it as their own text.
func FuzzRoundTrip(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(randomText(seed, 50))
		f.Add(randomBytes(seed, 20))
	}
	for _, c := range readGolden(f).Cases {
		f.Add(c.text())
	}
	toks := []Tokenizer{NewBytes(endOfText), trained(f)}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, tok := range toks {
			roundTrip(t, tok, text)
		}
		if own, err := NewChars(text, endOfText); err == nil {
			roundTrip(t, own, text)
		}
		if own, err := TrainBPE(text, 300, WithSpecials(endOfText)); err == nil {
			roundTrip(t, own, text)
		}
	})
}
