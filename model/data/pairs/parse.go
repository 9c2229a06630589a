package pairs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"hornbook/model/data/chat"
)

// field is one of the three of a pair.
type field struct {
	form     form
	text     string
	messages []chat.Message
}

// form is how a field is given.
type form int

const (
	absent form = iota
	text
	talk // a list of messages
)

// parse reads one line, or says what is wrong with it. others are the fields
// that it does not read, sorted.
func parse(line []byte) (p Pair, others []string, what string) {
	object, what := open(line)
	if what != "" {
		return p, nil, what
	}
	var fields [3]field
	for i, name := range []string{"prompt", "chosen", "rejected"} {
		if fields[i], what = value(name, object[name]); what != "" {
			return p, nil, what
		}
		delete(object, name)
	}
	if p, what = pair(fields[0], fields[1], fields[2]); what == "" {
		what = check(p)
	}
	return p, slices.Sorted(maps.Keys(object)), what
}

// open is the object that a line holds.
func open(line []byte) (object map[string]json.RawMessage, what string) {
	switch {
	case bytes.IndexByte(line, 0) >= 0:
		return nil, "it holds NUL bytes, as text in UTF-16 does; save the file as UTF-8"
	case !utf8.Valid(line):
		return nil, "it is not valid UTF-8; save the file as UTF-8"
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	if err := dec.Decode(&object); err != nil {
		return nil, fmt.Sprintf(`it should be an object {"prompt":…,"chosen":…,"rejected":…} (%s)`, bare(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, "something follows the pair; give each a line of its own"
	}
	return object, ""
}

// value reads the field called name.
func value(name string, raw json.RawMessage) (f field, what string) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return f, ""
	case raw[0] == '"':
		f.form = text
		_ = json.Unmarshal(raw, &f.text) // a string, as the decoder of the line has seen
	case raw[0] == '[':
		f.form = talk
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f.messages); err != nil {
			what = fmt.Sprintf(`%s is no list of messages {"role":…,"content":…} and nothing besides (%s)`, name, bare(err))
		}
	default:
		what = fmt.Sprintf("%s is %.20s, but must be text or a list of messages", name, raw)
	}
	return f, what
}

// bare is err without the name of the library.
func bare(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("%s is of JSON's type %s", cmp.Or(wrong.Field, "the line"), wrong.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// pair makes one of its fields.
func pair(prompt, chosen, rejected field) (p Pair, what string) {
	switch [3]form{prompt.form, chosen.form, rejected.form} {
	case [3]form{text, text, text}:
		return Text(prompt.text, chosen.text, rejected.text), ""
	case [3]form{absent, text, text}:
		return parted(chosen.text, rejected.text)
	case [3]form{talk, talk, talk}:
		return answered(prompt.messages, chosen.messages, rejected.messages)
	case [3]form{absent, talk, talk}, [3]form{text, talk, talk}:
		return branched(chosen.messages, rejected.messages)
	}
	switch absent {
	case chosen.form:
		return p, `it has no "chosen"; write the better answer`
	case rejected.form:
		return p, `it has no "rejected"; write the worse answer`
	}
	return p, "one of prompt, chosen and rejected is text and another a list of messages; give all of them in one form"
}

// parted is a pair of two texts that begin alike: their prompt ends in front of
// the last white space that they share, so that no word is cut.
func parted(chosen, rejected string) (p Pair, what string) {
	n := 0
	for n < min(len(chosen), len(rejected)) && chosen[n] == rejected[n] {
		n++
	}
	n = strings.LastIndexAny(chosen[:n], " \t\r\n")
	if n <= 0 {
		return p, `it has no "prompt", and its answers do not begin with the same word; write the prompt`
	}
	return Text(chosen[:n], chosen[n:], rejected[n:]), ""
}

// answered is a pair of messages with one answer each.
func answered(prompt, chosen, rejected []chat.Message) (p Pair, what string) {
	for _, a := range []struct {
		name     string
		messages []chat.Message
	}{{"chosen", chosen}, {"rejected", rejected}} {
		if len(a.messages) != 1 || a.messages[0].Role != chat.Assistant {
			return p, a.name + " must be one message, by the assistant; put what was said before it into the prompt"
		}
	}
	return Pair{Prompt: prompt, Chosen: chosen[0].Content, Rejected: rejected[0].Content}, ""
}

// branched is a pair of two conversations that differ in their last answer.
func branched(chosen, rejected []chat.Message) (p Pair, what string) {
	n := len(chosen) - 1
	if n < 1 || len(rejected) != n+1 || !slices.Equal(chosen[:n], rejected[:n]) {
		return p, "without a prompt as messages, chosen and rejected are whole conversations, which must be the same up to the last answer"
	}
	return answered(chosen[:n:n], chosen[n:], rejected[n:])
}
