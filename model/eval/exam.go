package eval

import (
	"hornbook/model"
	"hornbook/model/task"
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
	Tokens  int        // of all replies, their ends included
	Cut     int        // replies that were still going on at their last token
}

// Write lets a model write, as model.Writer does.
type Write func(prompts []model.Prompt, rule model.Rule, between func() bool) [][]int32

// Take lets a model answer. between, unless nil, is called after each pass; when it
// reports false Take does.
func (e Exam) Take(ask Asker, write Write, between func() bool) (r Result, whole bool) {
	rule := model.Rule{Tokens: e.Tokens, Stop: ask.Stop}
	if e.Samples > 1 {
		rule.Temperature = e.Heat
	}
	whole = true
	goOn := func() bool { whole = between == nil || between(); return whole }
	r.Samples = e.Samples
	for begin := 0; begin < len(e.Examples); begin += atOnce / e.Samples {
		part := e.Examples[begin:min(len(e.Examples), begin+atOnce/e.Samples)]
		var prompts []model.Prompt
		for i, x := range part {
			p := model.Prompt{IDs: ask.Prompt(x.Prompt)}
			for s := range e.Samples {
				p.Seeds = append(p.Seeds, e.Seed<<32+uint64((begin+i)*e.Samples+s))
			}
			prompts = append(prompts, p)
		}
		written := write(prompts, rule, goOn)
		if !whole {
			return r, false
		}
		r.mark(e, part, written, ask)
	}
	return r, true
}

// atOnce is the number of sequences that are written together: more take
// memory and gain little. An exam has at most so many samples.
const atOnce = 128

// MaxSamples bounds Exam.Samples.
const MaxSamples = atOnce

// mark judges what was written of some examples.
func (r *Result) mark(e Exam, examples []task.Example, written [][]int32, ask Asker) {
	for i, x := range examples {
		right, replies := 0, make([]string, e.Samples)
		for s := range e.Samples {
			ids := written[i*e.Samples+s]
			replies[s] = ask.Reply(ids)
			if e.Verifier.Right(x, replies[s]) {
				right++
			}
			if r.Tokens += len(ids); !ask.Ended(ids) {
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
