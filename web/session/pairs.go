package session

import (
	"bytes"
	"strconv"

	"hornbook/model/data/chat"
	"hornbook/model/data/pairs"
	"hornbook/web/protocol"
)

// pairsName is what pairs are called that the page gave.
const pairsName = "pairs.jsonl"

// setPairs takes the pairs that preferences are learned from.
func (s *Session) setPairs(c *protocol.SetPairs) *protocol.Problem {
	next, problem := s.pairsOf(c)
	if problem != nil {
		return problem
	}
	s.pairs = next
	if next == nil {
		s.voice.tell(&protocol.PairList{Pairs: []protocol.Pair{}})
		return nil
	}
	list, report, err := pairs.Read(bytes.NewReader(next.bytes))
	if err != nil {
		s.pairs = nil
		return noTalks(protocol.PairsWrong, err)
	}
	s.library.keepText(next.bytes) // for the next visit, where that is possible
	told := &protocol.PairList{Hash: sum(next.bytes), Count: report.Kept, Pairs: []protocol.Pair{}}
	if c.Source != "page" {
		told.Pairs = someOf(list)
	}
	s.voice.tell(told)
	return nil
}

// pairsOf are those that c gives, as a text; nil where it gives none.
func (s *Session) pairsOf(c *protocol.SetPairs) (*text, *protocol.Problem) {
	switch c.Source {
	case "text":
		given := s.texts.given()
		if given == nil {
			return nil, &protocol.Problem{Code: protocol.TextMissing}
		}
		return pairsText(given.name, given.bytes), nil
	case "kept":
		raw, err := s.library.text(c.Hash)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.TextGone, Got: pairsName, Detail: err.Error()}
		}
		return pairsText(pairsName, raw), nil
	}
	if len(c.Pairs) > protocol.MostPairs {
		return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "pairs", Got: strconv.Itoa(len(c.Pairs)), Want: "at_most " + strconv.Itoa(protocol.MostPairs)}
	}
	if len(c.Pairs) == 0 {
		return nil, nil
	}
	var file bytes.Buffer
	for _, p := range c.Pairs {
		if err := pairs.Write(&file, []pairs.Pair{taught(p)}); err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
	}
	return pairsText(pairsName, file.Bytes()), nil
}

func pairsText(name string, raw []byte) *text {
	return &text{name: name, bytes: raw, info: describe("pairs", name, raw)}
}

// taught is a pair of the protocol as one to learn from.
func taught(p protocol.Pair) pairs.Pair {
	if len(p.Messages) == 0 {
		return pairs.Text(p.Prompt, p.Chosen, p.Rejected)
	}
	one := pairs.Pair{Chosen: p.Chosen, Rejected: p.Rejected}
	for _, m := range p.Messages {
		one.Prompt = append(one.Prompt, chat.Message{Role: m.Role, Content: m.Content})
	}
	return one
}

// someOf are the first of list, as many as fit a message.
func someOf(list []pairs.Pair) []protocol.Pair {
	told, size := []protocol.Pair{}, 0
	for _, p := range list {
		one := protocol.Pair{Messages: []protocol.Message{}, Chosen: p.Chosen, Rejected: p.Rejected}
		if p.Plain {
			one.Prompt = p.Prompt[0].Content
		} else {
			one.Messages = messagesOf(p.Prompt)
		}
		size += len(one.Prompt) + len(one.Chosen) + len(one.Rejected)
		for _, m := range one.Messages {
			size += len(m.Content)
		}
		if len(told) == protocol.MostPairs || size > protocol.PairBytes {
			break
		}
		told = append(told, one)
	}
	return told
}

// holdsPairs tells whether a text is a file of pairs.
func holdsPairs(raw []byte) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(raw[:min(len(raw), 100)]), []byte("{")) {
		return false
	}
	_, _, err := pairs.Read(bytes.NewReader(raw))
	return err == nil
}
