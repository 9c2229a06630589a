package chat

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// What a file of conversations may have at most.
const (
	MaxFile     = 64 << 20 // bytes
	maxLine     = 1 << 20  // bytes
	maxMessages = 1000     // of a conversation
)

// tooLarge is what is wrong with a file over MaxFile.
var tooLarge = fmt.Sprintf("the file is larger than %d MB; leave some conversations out", MaxFile>>20)

// Wrong is what is wrong with a file of conversations.
type Wrong struct {
	Line int    // from 1 on; 0 for the whole file
	What string // and what to do
}

func (w *Wrong) Error() string {
	if w.Line == 0 {
		return w.What
	}
	return fmt.Sprintf("line %d: %s", w.Line, w.What)
}

// Read reads JSON lines, a conversation each; empty lines are skipped:
//
//	{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day."}]}
//
// What the assistant says may have a "thinking", which it thinks before. An error is a *Wrong, or r's own.
func Read(r io.Reader) (list []Conversation, err error) {
	limited := &io.LimitedReader{R: r, N: MaxFile + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxLine)
	at := 0
	for lines.Scan() {
		at++
		line := bytes.TrimSpace(lines.Bytes())
		if at == 1 {
			line = bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
		}
		if len(line) == 0 {
			continue
		}
		c, what := parse(line)
		switch {
		case what != "" && limited.N == 0: // the limit may have cut the line
			return nil, &Wrong{0, tooLarge}
		case what != "":
			return nil, &Wrong{at, what}
		}
		list = append(list, c)
	}
	switch err := lines.Err(); {
	case limited.N == 0:
		return nil, &Wrong{0, tooLarge}
	case errors.Is(err, bufio.ErrTooLong):
		return nil, &Wrong{at + 1, fmt.Sprintf("it is longer than %d bytes; cut the conversation into several", maxLine)}
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, &Wrong{0, "the file holds no conversation; write one a line, as {\"messages\":[…]}"}
	}
	return list, nil
}

// parse reads one line, or says what is wrong with it.
func parse(line []byte) (c Conversation, what string) {
	if !utf8.Valid(line) {
		return c, "it is not valid UTF-8; save the file as UTF-8"
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Sprintf("it should be an object {\"messages\":[{\"role\":…,\"content\":…},…]} and nothing besides (%s)", plain(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return c, "something follows the conversation; give each a line of its own"
	}
	return c, Check(c.Messages)
}

// plain is err without the name of the library.
func plain(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("%s is of JSON's type %s", cmp.Or(wrong.Field, "the line"), wrong.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// Check says what is wrong with messages to learn from, "" for nothing.
func Check(messages []Message) string {
	answered := false
	before := ""
	for i, m := range messages {
		switch n := i + 1; {
		case i == maxMessages:
			return fmt.Sprintf("it has more than %d messages; cut it into several conversations", maxMessages)
		case m.Role != System && m.Role != User && m.Role != Assistant:
			return fmt.Sprintf("message %d is by %q; a role is system, user or assistant", n, m.Role)
		case m.Content == "":
			return fmt.Sprintf("message %d is empty; leave it out, or write what is said", n)
		case m.Thinking != "" && m.Role != Assistant:
			return fmt.Sprintf("message %d is by the %s and has thoughts; only the assistant thinks", n, m.Role)
		case m.Role == System && i > 0:
			return fmt.Sprintf("message %d is by the system, which speaks first or not at all", n)
		case m.Role == Assistant && before != User:
			return fmt.Sprintf("message %d is by the assistant, but no user speaks before it", n)
		case m.Role == User && before == User:
			return fmt.Sprintf("messages %d and %d are both by the user; join them, or write the answer between them", i, n)
		}
		before = m.Role
		answered = answered || m.Role == Assistant
	}
	if !answered {
		return "the assistant says nothing in it, so there is nothing to learn; add an answer"
	}
	return ""
}
