package session

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"hornbook/model/recipe"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

const (
	manyKinds     = 4096    // characters that a "chars" vocabulary may have
	tellEvery     = 16      // merges between two Working events
	bytesPerMerge = 64      // a shorter text has too few examples of so many pieces
	mergeText     = 8 << 20 // bytes of a longer text that the pieces are learned from
)

// cut chooses the tokenizer of a text and encodes the text by it. What fails or
// is cancelled leaves it as it was.
func (t *texts) cut(of *text, kind string, size int) *protocol.Problem {
	as := asTokens(of.choice, of.bytes)
	if of.tok != nil && of.as == as && of.kind == kind && (kind != "bpe" || of.size == size || of.tok.Size() == size) {
		return nil
	}
	var names []string
	if as {
		names, _ = specialsIn(of.bytes)
	}
	tok, problem := t.build(of, kind, size, names...)
	if problem != nil {
		return problem
	}
	ids, problem := t.encoded(tok, of.bytes, of.choice)
	if problem == nil {
		of.tok, of.kind, of.size, of.as, of.ids = tok, kind, size, as, ids
	}
	return problem
}

// build makes a tokenizer for a text, with these special tokens.
func (t *texts) build(of *text, kind string, size int, specials ...string) (tokenizer.Tokenizer, *protocol.Problem) {
	learned := without(of.bytes, specials)
	switch kind {
	case "chars":
		if of.info.Distinct > manyKinds {
			return nil, &protocol.Problem{Code: protocol.TooManyKinds, Got: strconv.Itoa(of.info.Distinct), Want: strconv.Itoa(manyKinds)}
		}
		tok, err := tokenizer.NewChars(learned, specials...)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
		return tok, nil
	case "bytes":
		return tokenizer.NewBytes(specials...), nil
	case "bpe":
		if b := recipe.Limits["vocab_size"]; float64(size) < b.Min || float64(size) > b.Max {
			return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size", Got: strconv.Itoa(size),
				Want: fmt.Sprintf("between %v %v", b.Min, b.Max)}
		}
		return t.learnPieces(learned, size, specials)
	}
	return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "tokenizer", Got: kind, Want: "one_of chars bytes bpe"}
}

// learnPieces learns from b which pieces of words are common.
func (t *texts) learnPieces(b []byte, size int, specials []string) (tokenizer.Tokenizer, *protocol.Problem) {
	size = max(256+len(specials), min(size, 256+len(specials)+len(b)/bytesPerMerge))
	b = b[:min(len(b), mergeText)]
	tok, err := tokenizer.TrainBPE(b, size, tokenizer.WithSpecials(specials...), tokenizer.WithProgress(func(done, total int) error {
		if done%tellEvery > 0 && done < total {
			return nil
		}
		t.voice.tell(&protocol.Working{Task: "tokenizer", Done: done, Total: total})
		return t.goOn()
	}))
	if err != nil {
		return nil, ended(err)
	}
	return tok, nil
}

// ended is why something that takes long came to no end.
func ended(err error) *protocol.Problem {
	if errors.Is(err, errCancelled) {
		return &protocol.Problem{Code: protocol.Cancelled}
	}
	return &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
}

// show is a token's text; bytes that are a part of a character stand as <E2>.
func show(tok tokenizer.Tokenizer, id int32) string {
	var out []byte
	for rest := tok.Piece(id); len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			out = fmt.Appendf(out, "<%02X>", rest[0])
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return string(out)
}

// unknown lists the characters of a prompt that the tokenizer lacks.
func unknown(tok tokenizer.Tokenizer, prompt string) []string {
	missing, _ := tokenizer.Unknown(tok, []byte(prompt))
	return append([]string{}, missing...)
}
