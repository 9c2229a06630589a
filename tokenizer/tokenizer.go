// Package tokenizer turns text into token ids and ids back into text.
//
// There are three kinds, from the simplest to the one that large models use:
//
//   - Chars: one id a character, as in nanoGPT's Shakespeare example;
//   - Bytes: one id a byte, 256 in all;
//   - BPE: byte-pair encoding, as in GPT-2. Text is cut into pieces, each piece
//     starts as its bytes or its characters (alphabet.go), and the merges that
//     training found (train.go) join neighbours, the earliest merge first (bpe.go).
//
// The BPE that one trains here is GPT-2's: over bytes, with its split rule by hand
// (split.go). One that is read has around the merges what its tokenizer.json has
// (around.go, around_read.go): added tokens (added.go), normalizers (normalize.go),
// pre-tokenizers (cut.go), tokens before and behind a text, decoders. All
// pre-tokenizers are a pattern and what becomes of its matches; patterns are read
// by pattern.go and matched as Oniguruma does, in time linear in the text, by
// match.go. A key of the file that cannot change ids is passed over; one that can
// is done as Hugging Face's Rust original does, or refused by its name; Notes says
// what is dropped or added.
//
// Letters and words: V is the vocabulary's size, ids are 0 … V-1. A piece is the
// bytes that one id stands for. A merge joins two pieces into a longer one; its
// rank is its place in the order of training. A special token, such as
// <|endoftext|>, is an id outside the text: Encode never gives one, whatever a
// person typed, unless it is the file's token for what is unknown.
//
// Bytes and a BPE that was trained here keep every byte string:
// Decode(Encode(x)) == x; one that was read keeps the normalized text, if all bytes
// have tokens. Chars keeps every text of symbols that it knows, bytes that are not
// valid UTF-8 included. Unknown tells what is left out.
//
// WriteJSON and ReadJSON speak Hugging Face's tokenizer.json, and ids and merges
// equal those of their tokenizers and of tiktoken. Known differences: bytes that
// are no UTF-8 come back from Decode, where theirs gives U+FFFD; letters
// and numbers are those of Go's Unicode tables, so characters that Unicode added
// lately may be cut elsewhere by an older oracle; white space is Unicode's
// White_Space, as in the Rust and Python originals, where JavaScript's \s also
// holds U+FEFF and lacks U+0085.
package tokenizer

import "strings"

// Kind names one of the three ways to cut text.
type Kind string

// The three kinds.
const (
	KindChars Kind = "chars"
	KindBytes Kind = "bytes"
	KindBPE   Kind = "bpe"
)

// MaxSize is the largest vocabulary, special tokens included.
const MaxSize = 1 << 19

// Tokenizer maps text to token ids and back. It does not change after it is
// made, so several goroutines may use one.
type Tokenizer interface {
	Kind() Kind
	// Size is V, the number of ids, special tokens included.
	Size() int
	// Encode takes text as plain text: it never gives a special token.
	Encode(text []byte) []int32
	// EncodeSpecial is Encode, but the name of a special token in text becomes
	// that token: for text that a program wrote, such as a chat template, and
	// not for what a person typed. Where names overlap, the leftmost wins, then
	// the longest.
	EncodeSpecial(text []byte) []int32
	// Decode joins the pieces of ids; a special token gives its name. It panics
	// if an id is not in [0, V).
	Decode(ids []int32) []byte
	// Piece is the bytes of one token. It panics if id is not in [0, V).
	Piece(id int32) []byte
	// Special finds a special token by name.
	Special(name string) (id int32, ok bool)
	// Specials lists the names of the special tokens in the order of their ids.
	Specials() []string
}

// vocabulary is what the three kinds share: ids to pieces, and special tokens.
type vocabulary struct {
	pieces   []string         // (V) id → bytes; a special token's name
	specials map[string]int32 // name → id
}

func (v *vocabulary) Size() int { return len(v.pieces) }

func (v *vocabulary) Piece(id int32) []byte { return []byte(v.piece(id)) }

func (v *vocabulary) Decode(ids []int32) []byte {
	n := 0
	for _, id := range ids {
		n += len(v.piece(id))
	}
	text := make([]byte, 0, n)
	for _, id := range ids {
		text = append(text, v.pieces[id]...)
	}
	return text
}

func (v *vocabulary) piece(id int32) string {
	if id < 0 || int(id) >= len(v.pieces) {
		panic("tokenizer: id out of range")
	}
	return v.pieces[id]
}

func (v *vocabulary) Special(name string) (id int32, ok bool) {
	id, ok = v.specials[name]
	return id, ok
}

func (v *vocabulary) Specials() []string {
	var names []string
	for id, piece := range v.pieces {
		if v.isSpecial(int32(id)) {
			names = append(names, piece)
		}
	}
	return names
}

// isSpecial compares the id too: the text "<|x|>" may also be a learned piece.
func (v *vocabulary) isSpecial(id int32) bool {
	special, ok := v.specials[v.pieces[id]]
	return ok && special == id
}

// Unknown lists the distinct characters of text that t lacks, as they first
// appear, and how many in all Encode leaves out. A byte that is only a part of a
// character stands as <0xFF> where t is a BPE.
func Unknown(t Tokenizer, text []byte) (symbols []string, total int) {
	if t, lacks := t.(interface {
		Unknown(text []byte) (symbols []string, total int)
	}); lacks {
		return t.Unknown(text)
	}
	return nil, 0
}

// EncodeLong is Encode for a text of megabytes: it calls goOn now and then with
// about how many bytes of it are done, and ends with the error that this gives.
func EncodeLong(t Tokenizer, text []byte, special bool, goOn func(done int) error) ([]int32, error) {
	if t, is := t.(*BPE); is {
		return t.encode(text, special, goOn)
	}
	if special {
		return t.EncodeSpecial(text), nil
	}
	return t.Encode(text), nil
}

// quote shows a name or piece in an error, shortened.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most] + "…"
	}
	return "“" + strings.ToValidUTF8(s, "\uFFFD") + "”"
}
