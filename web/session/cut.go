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
	if of.tok != nil && of.kind == kind && (kind != "bpe" || of.size == size || of.tok.Size() == size) {
		return nil
	}
	tok, problem := t.build(of, kind, size)
	if problem != nil {
		return problem
	}
	ids, problem := t.encoded(tok, of.bytes)
	if problem == nil {
		of.tok, of.kind, of.size, of.ids = tok, kind, size, ids
	}
	return problem
}

func (t *texts) build(of *text, kind string, size int) (tokenizer.Tokenizer, *protocol.Problem) {
	switch kind {
	case "chars":
		if of.info.Distinct > manyKinds {
			return nil, &protocol.Problem{Code: protocol.TooManyKinds, Got: strconv.Itoa(of.info.Distinct), Want: strconv.Itoa(manyKinds)}
		}
		tok, err := tokenizer.NewChars(of.bytes)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
		return tok, nil
	case "bytes":
		return tokenizer.NewBytes(), nil
	case "bpe":
		if b := recipe.Limits["vocab_size"]; float64(size) < b.Min || float64(size) > b.Max {
			return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size", Got: strconv.Itoa(size),
				Want: fmt.Sprintf("between %v %v", b.Min, b.Max)}
		}
		return t.learnPieces(of.bytes, size)
	}
	return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "tokenizer", Got: kind, Want: "one_of chars bytes bpe"}
}

// learnPieces learns from b which pieces of words are common.
func (t *texts) learnPieces(b []byte, size int) (tokenizer.Tokenizer, *protocol.Problem) {
	size = min(size, 256+len(b)/bytesPerMerge)
	b = b[:min(len(b), mergeText)]
	tok, err := tokenizer.TrainBPE(b, size, tokenizer.WithProgress(func(done, total int) error {
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
