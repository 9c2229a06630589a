package pairs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"hornbook/model/data/chat"
)

// What a file of pairs may have at most.
const (
	MaxFile  = 64 << 20 // bytes
	MaxPairs = 100_000
	maxLine  = 1 << 20 // bytes
	maxNames = 20      // of ignored fields, that a report tells
)

// tooLarge is what is wrong with a file over MaxFile.
var tooLarge = &chat.Wrong{What: fmt.Sprintf("the file is larger than %d MB; leave some pairs out", MaxFile>>20)}

// Report says what became of the lines of a file.
type Report struct {
	Kept    int      // pairs
	Same    int      // left out: both answers are the same
	Ignored []string // fields that a pair does not need, such as "score_chosen", in the order they came; the first 20
}

// Read reads JSON lines, a pair each; empty lines are skipped. A pair's answers
// are both text or both lists of messages, in every form that TRL takes:
//
//   - with a prompt of the same form; of messages, an answer is one of the
//     assistant's;
//   - without a prompt: whole texts, whose prompt is what both begin with, up to
//     the last white space, or whole conversations, which differ in the last
//     answer alone. A text as prompt of two conversations says again what they
//     hold, and is not read.
//
// Other fields of a pair are ignored and reported: files for TRL often carry
// scores or sources. Those of a message would be part of what is said, and are
// refused. An error is a *chat.Wrong, or r's own.
func Read(r io.Reader) (list []Pair, report Report, err error) {
	err = each(r, func(line []byte) string {
		if report.Kept+report.Same == MaxPairs {
			return fmt.Sprintf("there are more than %d pairs; leave some out", MaxPairs)
		}
		p, others, what := parse(line)
		if what != "" {
			return what
		}
		report.ignore(others)
		if p.Chosen == p.Rejected {
			report.Same++
			return ""
		}
		report.Kept++
		list = append(list, p)
		return ""
	})
	switch {
	case err != nil:
		return nil, Report{}, err
	case report.Kept+report.Same == 0:
		return nil, report, &chat.Wrong{What: `the file holds no pair; write one a line, as {"prompt":…,"chosen":…,"rejected":…}`}
	case report.Kept == 0:
		return nil, report, &chat.Wrong{What: "no pair differs, so nothing is preferred; chosen must be another answer than rejected"}
	}
	return list, report, nil
}

// ignore notes fields that were not read.
func (r *Report) ignore(names []string) {
	for _, name := range names {
		if len(r.Ignored) < maxNames && !slices.Contains(r.Ignored, name) {
			r.Ignored = append(r.Ignored, name)
		}
	}
}

// each gives every line of r that is not empty to take, which says what is wrong
// with it, "" for nothing. It stops at the first wrong one, and in front of what
// is over MaxFile or longer than maxLine.
func each(r io.Reader, take func(line []byte) (what string)) error {
	limited := &io.LimitedReader{R: r, N: MaxFile + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxLine)
	at := 0
	for lines.Scan() {
		at++
		line := lines.Bytes()
		if at == 1 {
			line = bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		switch what := take(line); {
		case what != "" && limited.N == 0: // the limit may have cut the line
			return tooLarge
		case what != "":
			return &chat.Wrong{Line: at, What: what}
		}
	}
	switch err := lines.Err(); {
	case limited.N == 0:
		return tooLarge
	case errors.Is(err, bufio.ErrTooLong):
		return &chat.Wrong{Line: at + 1, What: fmt.Sprintf("it is longer than %d bytes; shorten the prompt or the answers", maxLine)}
	default:
		return err
	}
}
