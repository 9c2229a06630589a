package document

import (
	"encoding/json"
	"fmt"
	"strings"
)

// jsonLines keeps JSON lines as they are and says what they hold; of lines
// {"text":…} it takes the text. What only begins like JSON is a text.
func (s *source) jsonLines() (*Document, error) {
	d, err := s.plain()
	if err != nil {
		return nil, err
	}
	fields, is := object(first(d.Text))
	switch {
	case !is:
		d.Format = Text
	case has(fields, "messages"):
		d.Talks = Conversations
	case has(fields, "prompt", "chosen", "rejected"):
		d.Talks = Pairs
	case has(fields, "prompt", "answer"):
		d.Talks = Tasks
	case has(fields, "text"):
		d.Talks = Texts
		d.Text, err = s.texts(d.Text)
	}
	return d, err
}

// first is the first line that is not empty.
func first(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// object is a line of JSON by its fields.
func object(line string) (fields map[string]json.RawMessage, is bool) {
	err := json.Unmarshal([]byte(line), &fields)
	return fields, err == nil && fields != nil
}

func has(fields map[string]json.RawMessage, names ...string) bool {
	for _, name := range names {
		if _, there := fields[name]; !there {
			return false
		}
	}
	return true
}

// texts are those of lines {"text":…}, with an empty line between.
func (s *source) texts(all string) (string, error) {
	var out strings.Builder
	at := 0
	for line := range strings.Lines(all) {
		at++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		fields, is := object(line)
		if !is {
			return "", s.wrong(Damaged, fmt.Sprintf("line %d", at), nil)
		}
		var text string
		if json.Unmarshal(fields["text"], &text) != nil || text == "" {
			s.left[Lines]++
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(strings.Trim(lines(text), "\n"))
	}
	return out.String() + "\n", nil
}
