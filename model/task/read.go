package task

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hornbook/model/data/chat"
)

// What a file of examples may have at most.
const (
	MaxExamples = 100000
	maxLine     = 1 << 16 // bytes
)

// Read is the task of a file of JSON lines, an example each:
//
//	{"prompt":"What is 2 + 3?","answer":"5"}
//
// All of them are its Test, and its Train too, in their order; a reply is right
// if it is the Same. What is wrong is told with the line.
func Read(name string, r io.Reader) (Task, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var list []Example
	at := 0
	for lines.Scan() {
		at++
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\xEF\xBB\xBF")))
		if len(line) == 0 {
			continue
		}
		e, err := parse(line)
		if err == nil && len(list) == MaxExamples {
			err = fmt.Errorf("there are more than %d examples; leave some out", MaxExamples)
		}
		if err != nil {
			return Task{}, fmt.Errorf("%s, line %d: %w", name, at, err)
		}
		list = append(list, e)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Task{}, fmt.Errorf("%s, line %d: it is longer than %d bytes; shorten the prompt", name, at+1, maxLine)
	case err != nil:
		return Task{}, fmt.Errorf("%s: %w", name, err)
	case len(list) == 0:
		return Task{}, fmt.Errorf("%s holds no example; write one a line, as {\"prompt\":…,\"answer\":…}", name)
	}
	examples := func(_ Set, _ uint64, n int) []Example { return list[:min(n, len(list))] }
	lessons := func(_ uint64, n int) (talks []chat.Conversation) {
		for _, e := range list[:min(n, len(list))] {
			talks = append(talks, conversation(e))
		}
		return talks
	}
	return Task{name, examples, lessons, Same}, nil
}

func parse(line []byte) (Example, error) {
	var e struct {
		Prompt string `json:"prompt"`
		Answer string `json:"answer"`
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Example{}, fmt.Errorf("it is no example {\"prompt\":…,\"answer\":…} and nothing besides (%w)", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Example{}, errors.New("something follows the example; give each a line of its own")
	}
	if e.Prompt == "" || e.Answer == "" {
		return Example{}, errors.New("its prompt or its answer is empty; write both")
	}
	return Example{Prompt: e.Prompt, Answer: e.Answer}, nil
}
