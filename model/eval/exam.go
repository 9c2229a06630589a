package eval

import (
	"math"
	"strings"

	"hornbook/model"
	"hornbook/model/data/chat"
	"hornbook/model/task"
	"hornbook/tokenizer"
)

// Exam is how a model is examined.
type Exam struct {
	Examples []task.Example
	Verifier task.Verifier
	Samples  int     // replies to each example; 1 takes the likeliest tokens
	Tokens   int     // of a reply, at most
	Heat     float64 // temperature of several samples
	Seed     uint64  // of several samples
}

// Result is how an exam went.
type Result struct {
	Samples int
	Right   []int      // of the replies to each example
	Replies [][]string // to each example
	Cut     int        // replies that were still going on at their last token
}

// Take lets m answer. A model whose tokenizer lacks the chat template's tokens
// goes on from the prompt and a line end, and its reply ends with the line.
// between, unless nil, is called after each pass; when it reports false Take does.
func (e Exam) Take(m *model.GPT, tok tokenizer.Tokenizer, between func() bool) (r Result, whole bool) {
	ask := asking(tok)
	w, rule := model.NewWriter(m), model.Rule{Tokens: e.Tokens, Stop: ask.stop}
	if e.Samples > 1 {
		rule.Temperature = e.Heat
	}
	whole = true
	goOn := func() bool { whole = between == nil || between(); return whole }
	r.Samples = e.Samples
	for begin := 0; begin < len(e.Examples) && whole; begin += atOnce / e.Samples {
		part := e.Examples[begin:min(len(e.Examples), begin+atOnce/e.Samples)]
		var prompts []model.Prompt
		for i, x := range part {
			p := model.Prompt{IDs: ask.prompt(x.Prompt)}
			for s := range e.Samples {
				p.Seeds = append(p.Seeds, e.Seed<<32+uint64((begin+i)*e.Samples+s))
			}
			prompts = append(prompts, p)
		}
		r.mark(e, part, w.Write(prompts, rule, goOn), ask)
	}
	return r, whole
}

// atOnce is the number of sequences that are written together: more take
// memory and gain little. An exam has at most so many samples.
const atOnce = 64

// MaxSamples bounds Exam.Samples.
const MaxSamples = atOnce

// mark judges what was written of some examples.
func (r *Result) mark(e Exam, examples []task.Example, written [][]int32, ask asker) {
	for i, x := range examples {
		right, replies := 0, make([]string, e.Samples)
		for s := range e.Samples {
			ids := written[i*e.Samples+s]
			replies[s] = ask.reply(ids)
			if e.Verifier.Right(x, replies[s]) {
				right++
			}
			if len(ids) == e.Tokens && !ask.ended(ids) {
				r.Cut++
			}
		}
		r.Right, r.Replies = append(r.Right, right), append(r.Replies, replies)
	}
}

// PassAt is the estimate of the chance that one of k replies is right, from n
// of which c are, without bias (Chen et al. 2021, eq. 1): the mean over all
// examples of
//
//	1 - C(n-c,k)/C(n,k)
func (r Result) PassAt(k int) float64 {
	if len(r.Right) == 0 {
		return 0
	}
	var sum float64
	for _, c := range r.Right {
		sum += passAt(r.Samples, c, k)
	}
	return sum / float64(len(r.Right))
}

func passAt(n, c, k int) float64 {
	miss := 1.0
	for i := n - c + 1; i <= n; i++ {
		miss *= 1 - float64(k)/float64(i)
	}
	if n-c < k {
		return 1
	}
	return 1 - miss
}

// Wilson is the interval in which a share of right of n lies with a confidence
// of 95 % (Wilson 1927).
func Wilson(share float64, n int) (low, high float64) {
	const z = 1.959963984540054
	m := float64(n)
	middle := share + z*z/(2*m)
	half := z * math.Sqrt(share*(1-share)/m+z*z/(4*m*m))
	return max(0, (middle-half)/(1+z*z/m)), min(1, (middle+half)/(1+z*z/m))
}

// asker is how questions are put to a model.
type asker struct {
	tok      tokenizer.Tokenizer
	template chat.Template
	chats    bool
	stop     []int32
}

func asking(tok tokenizer.Tokenizer) asker {
	a := asker{tok: tok}
	if a.template, a.chats = chat.Of(tok); a.chats {
		a.stop = a.template.Stop()
		return a
	}
	for id := range tok.Size() { // whatever ends a line
		if strings.Contains(string(tok.Piece(int32(id))), "\n") {
			a.stop = append(a.stop, int32(id))
		}
	}
	return a
}

func (a asker) prompt(text string) []int32 {
	if a.chats {
		return a.template.Prompt([]chat.Message{{Role: chat.User, Content: text}})
	}
	return a.tok.Encode([]byte(text + "\n"))
}

func (a asker) reply(ids []int32) string {
	if a.chats {
		return a.template.Reply(ids)
	}
	line, _, _ := strings.Cut(string(a.tok.Decode(ids)), "\n")
	return line
}

func (a asker) ended(ids []int32) bool {
	for _, stop := range a.stop {
		if ids[len(ids)-1] == stop {
			return true
		}
	}
	return false
}
