package task

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

// What a file of examples may have at most.
const (
	MaxExamples = 100000
	maxLine     = 1 << 16 // bytes
)

// Of a file of fewer different prompts all examples are Train and Test at once;
// of others a prompt is in one of them.
const minHeldOut = 20

// Read is the task of a file of JSON lines, an example each:
//
//	{"prompt":"What is 2 + 3?","answer":"5"}
//
// verifier, one of Verifiers, says what is right. All of them come in their
// order; Train and Test are shuffled by the seed. What is wrong is told with the
// line.
func Read(name string, r io.Reader, verifier string) (Task, error) {
	strict, known := VerifierByName(verifier)
	if !known {
		return Task{}, fmt.Errorf("there is no verifier %q; choose one of %s", verifier, strings.Join(Verifiers, ", "))
	}
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
		if err == nil {
			err = strict.check(e)
		}
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
	return Task{Name: name, Examples: listed(list), Strict: strict}, nil
}

// listed are examples as a task asks for them.
func listed(list []Example) func(Set, uint64, int) []Example {
	sets := deal(list)
	return func(set Set, seed uint64, n int) []Example {
		some := sets[set]
		if set != All {
			some = slices.Clone(some)
			rng := rand.New(rand.NewPCG(seed, 0xF11E))
			rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		}
		return some[:min(n, len(some))]
	}
}

// deal is the examples of each set.
func deal(list []Example) [All + 1][]Example {
	sets, prompts := [All + 1][]Example{All: list}, map[string]bool{}
	for _, e := range list {
		set := setOf(e.Prompt)
		sets[set] = append(sets[set], e)
		prompts[e.Prompt] = true
	}
	if len(prompts) < minHeldOut || len(sets[Train]) == 0 || len(sets[Test]) == 0 {
		sets[Train], sets[Test] = list, list
	}
	return sets
}

// check tells why no reply that says something can be right.
func (v Verifier) check(e Example) error {
	said, err := v.said(e)
	if err == nil && (bare(said) == "" || !v.Right(e, said)) {
		err = fmt.Errorf("by the verifier %q its answer %q would never be right; write another", v.Name, e.Answer)
	}
	return err
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
