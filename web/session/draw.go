package session

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/data/chat"
	"hornbook/model/data/pairs"
	"hornbook/model/eval"
	"hornbook/model/task/taste"
	"hornbook/web/protocol"
)

const (
	drawnAtOnce = 32   // answers that are written together
	mostAnswers = 16   // to a prompt
	mostTokens  = 1024 // of an answer
)

// draw lets the open model answer prompts of the text, and a judge choose.
func (s *Session) draw(c *protocol.Draw) *protocol.Problem {
	if problem := checkDraw(c); problem != nil {
		return problem
	}
	open, text := s.library.open(), s.texts.given()
	switch {
	case open == nil:
		return &protocol.Problem{Code: protocol.NoModel}
	case text == nil:
		return &protocol.Problem{Code: protocol.TextMissing}
	}
	prompts, ask := open.promptsOf(text.bytes)
	if len(prompts) == 0 {
		return &protocol.Problem{Code: protocol.PromptsNone, Got: text.name}
	}
	d := drawing{session: s, Draw: c, ask: ask, writer: model.NewWriter(open.Model), rng: rand.New(rand.NewPCG(c.Seed, 0xD4A3))}
	d.judge, d.judged = taste.ByName(c.Taste)
	for _, i := range d.rng.Perm(len(prompts))[:min(c.Prompts, len(prompts))] {
		d.prompts = append(d.prompts, prompts[i])
	}
	return d.all()
}

// checkDraw says which number of c is out of its limits.
func checkDraw(c *protocol.Draw) *protocol.Problem {
	wrong := func(key string, got any, want string) *protocol.Problem {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: fmt.Sprint(got), Want: want}
	}
	_, known := taste.ByName(c.Taste)
	switch {
	case c.Prompts < 1 || c.Prompts > protocol.MostDrawn:
		return wrong("prompts", c.Prompts, fmt.Sprintf("between 1 %d", protocol.MostDrawn))
	case c.Answers < 2 || c.Answers > mostAnswers:
		return wrong("answers", c.Answers, fmt.Sprintf("between 2 %d", mostAnswers))
	case c.Tokens < 1 || c.Tokens > mostTokens:
		return wrong("tokens", c.Tokens, fmt.Sprintf("between 1 %d", mostTokens))
	case math.IsNaN(c.Temperature) || c.Temperature <= 0 || c.Temperature > 10:
		return wrong("temperature", c.Temperature, "between 0 10")
	case c.Taste != "" && !known:
		return wrong("taste", c.Taste, "one_of "+strings.Join(taste.Names, " "))
	}
	return nil
}

// asked is what answers are drawn to: a text to go on from, or messages.
type asked struct {
	text     string
	messages []chat.Message
	ids      []int32
}

// promptsOf are what the model can be asked of a text, at most half of its context
// long, each once, and how its answers are read: as a conversation's where it knows
// the template's tokens and the text is of conversations.
func (c *current) promptsOf(raw []byte) (prompts []asked, ask eval.Asker) {
	template, chats := chat.Of(c.Tokenizer)
	all := promptsIn(raw)
	chats = chats && c.Model.Vocab >= c.Tokenizer.Size() && slices.ContainsFunc(all, func(p asked) bool { return len(p.messages) > 0 })
	ask = eval.GoOn(c.Tokenizer)
	if chats {
		ask = eval.NewAsker(c.Tokenizer)
	}
	had := map[string]bool{}
	for _, p := range all {
		switch last := len(p.messages) - 1; {
		case chats && last < 0:
			continue
		case chats:
			p.ids = template.Prompt(p.messages)
		case last >= 0:
			p = asked{text: p.messages[last].Content + "\n"}
			fallthrough
		default:
			p.ids = c.Tokenizer.Encode([]byte(p.text))
		}
		if key := fmt.Sprint(p.ids); len(p.ids) > 0 && len(p.ids) <= c.Model.Context/2 && !had[key] {
			had[key] = true
			prompts = append(prompts, p)
		}
	}
	return prompts, ask
}

// promptsIn are the prompts that a text holds: those of pairs, the first questions of
// conversations, or the beginnings of paragraphs.
func promptsIn(raw []byte) (prompts []asked) {
	if list, _, err := pairs.Read(bytes.NewReader(raw)); err == nil {
		for _, p := range list {
			if p.Plain {
				prompts = append(prompts, asked{text: p.Prompt[0].Content})
			} else {
				prompts = append(prompts, asked{messages: p.Prompt})
			}
		}
		return prompts
	}
	if talks, err := chat.Read(bytes.NewReader(raw)); err == nil {
		for _, talk := range talks {
			if first := slices.IndexFunc(talk.Messages, func(m chat.Message) bool { return m.Role == chat.User }); first >= 0 {
				prompts = append(prompts, asked{messages: talk.Messages[:first+1]})
			}
		}
		return prompts
	}
	for paragraph := range strings.SplitSeq(string(raw), "\n\n") {
		if begin := beginningOf(paragraph); begin != "" {
			prompts = append(prompts, asked{text: begin})
		}
	}
	return prompts
}

// fewWords is the least that a paragraph has to begin with and to go on by.
const fewWords = 6

// beginningOf is the first third of the words of a paragraph's first line, "" of one
// that is too short.
func beginningOf(paragraph string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(paragraph), "\n")
	words := strings.Fields(line)
	if len(words) < fewWords {
		return ""
	}
	return strings.Join(words[:len(words)/3], " ")
}

// drawing is a Draw under way.
type drawing struct {
	*protocol.Draw
	session *Session
	prompts []asked
	ask     eval.Asker
	writer  *model.Writer
	rng     *rand.Rand
	judge   taste.Taste
	judged  bool
	over    protocol.DrawOver
}

// all draws answers to all prompts, some at once.
func (d *drawing) all() *protocol.Problem {
	rule := model.Rule{Sampling: model.Sampling{Temperature: d.Temperature}, Tokens: d.Tokens, Stop: d.ask.Stop}
	for some := range slices.Chunk(d.prompts, max(1, drawnAtOnce/d.Answers)) {
		d.session.voice.tell(&protocol.Working{Task: "draw", Done: d.over.Prompts, Total: len(d.prompts)})
		var prompts []model.Prompt
		for _, p := range some {
			one := model.Prompt{IDs: p.ids}
			for range d.Answers {
				one.Seeds = append(one.Seeds, d.rng.Uint64())
			}
			prompts = append(prompts, one)
		}
		err := d.session.goOn()
		written := d.writer.Write(prompts, rule, func() bool {
			err = d.session.goOn()
			return err == nil
		})
		if err != nil {
			return ended(err)
		}
		for i, p := range some {
			d.tell(p, written[i*d.Answers:][:d.Answers])
		}
	}
	if d.judged && d.over.Pairs == 0 {
		return &protocol.Problem{Code: protocol.PreferredNone, Got: strconv.Itoa(d.over.Prompts), Want: strconv.Itoa(d.over.Unended)}
	}
	d.session.voice.tell(&d.over)
	return nil
}

// tell tells what was written after a prompt, and what the judge thinks of it.
func (d *drawing) tell(p asked, written [][]int32) {
	told := &protocol.Drawn{Prompt: p.text, Messages: messagesOf(p.messages), Said: []string{}, Chosen: -1, Rejected: -1}
	for _, ids := range written {
		text := d.ask.Text(ids)
		switch {
		case !d.ask.Ended(ids):
			told.Cut++
		case strings.TrimSpace(text) != "" && !slices.Contains(told.Said, text):
			told.Said = append(told.Said, text)
		}
	}
	if d.judged {
		for _, pair := range taste.Pairs(d.judge, []string{p.asked()}, [][]string{told.Said}) {
			told.Chosen, told.Rejected = slices.Index(told.Said, pair.Chosen), slices.Index(told.Said, pair.Rejected)
		}
	}
	switch d.over.Prompts++; {
	case told.Chosen >= 0:
		d.over.Pairs++
	case len(told.Said) < 2:
		d.over.Unended++
	default:
		d.over.Unclear++
	}
	d.session.voice.tell(told)
}

// asked is the text of a prompt, or of its last message.
func (p asked) asked() string {
	if last := len(p.messages) - 1; last >= 0 {
		return p.messages[last].Content
	}
	return p.text
}

// messagesOf are messages as the protocol has them.
func messagesOf(list []chat.Message) []protocol.Message {
	told := []protocol.Message{}
	for _, m := range list {
		told = append(told, protocol.Message{Role: m.Role, Content: m.Content})
	}
	return told
}
