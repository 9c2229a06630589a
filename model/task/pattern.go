package task

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode"
)

// What a regular expression may cost: a reply is matched in a time that grows
// with its size, and compiling it is dear, so some are kept.
const (
	maxPattern  = 1000 // steps
	maxPatterns = 256
)

var compiled = struct {
	sync.Mutex
	of map[string]*regexp.Regexp
}{of: map[string]*regexp.Regexp{}}

// matches tells whether content, but for white space around it, matches all of
// the answer, a regular expression.
func matches(answer, content string) bool {
	re, err := compile(answer)
	return err == nil && re.MatchString(strings.TrimSpace(content))
}

// compile makes an expression that matches whole texts.
func compile(expression string) (*regexp.Regexp, error) {
	compiled.Lock()
	defer compiled.Unlock()
	if re, known := compiled.of[expression]; known {
		return re, nil
	}
	part, err := parsed(expression)
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(`\A(?:` + part.String() + `)\z`)
	if err != nil {
		return nil, err
	}
	if len(compiled.of) == maxPatterns {
		clear(compiled.of)
	}
	compiled.of[expression] = re
	return re, nil
}

// parsed is an expression that is not too large.
func parsed(expression string) (*syntax.Regexp, error) {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("its answer is no regular expression (%w)", err)
	}
	if steps(re) > maxPattern {
		return nil, fmt.Errorf("its answer, a regular expression, has more than %d steps; repeat less in it", maxPattern)
	}
	return re, nil
}

// steps are about those of re written without repetitions, maxPattern+1 at most.
func steps(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, sub := range re.Sub {
		n += steps(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, maxPattern+1)
}

// matched is a short content that matches the answer, a regular expression.
func matched(e Example) (string, error) {
	re, err := parsed(e.Answer)
	if err != nil {
		return "", err
	}
	if matches(e.Answer, "") {
		return "", errors.New("its answer, a regular expression, matches a reply of nothing; ask for something in it, as + does in place of *")
	}
	for _, dot := range []string{"a", "."} { // in a word, and beside one
		if text, possible := shortest(re, dot); possible && matches(e.Answer, text) {
			return text, nil
		}
	}
	return "", errors.New("its answer, a regular expression, matches nothing that could be found")
}

// shortest is a text that re matches, of those of the fewest characters, if what
// it asks of its surroundings holds; false if there is none. dot is taken for
// any character.
func shortest(re *syntax.Regexp, dot string) (text string, possible bool) {
	switch re.Op {
	case syntax.OpNoMatch:
		return "", false
	case syntax.OpLiteral:
		return string(re.Rune), true
	case syntax.OpCharClass:
		return visible(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return dot, true
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0], dot)
	case syntax.OpRepeat:
		if text, possible = shortest(re.Sub[0], dot); re.Min == 0 {
			return "", true
		}
		return strings.Repeat(text, re.Min), possible
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			part, is := shortest(sub, dot)
			if !is {
				return "", false
			}
			text += part
		}
		return text, true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if other, is := shortest(sub, dot); is && (!possible || len(other) < len(text)) {
				text, possible = other, true
			}
		}
		return text, possible
	}
	return "", true // of *, ? and what takes no character
}

// visible is a character of a class, given by its ranges, and one that can be
// seen if it stands early in one of them.
func visible(ranges []rune) (char string, possible bool) {
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], ranges[i]+100); r++ {
			if unicode.IsPrint(r) && r != ' ' {
				return string(r), true
			}
		}
	}
	if len(ranges) == 0 {
		return "", false
	}
	return string(ranges[0]), true
}
