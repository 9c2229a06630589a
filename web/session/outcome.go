package session

import (
	"slices"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// outcomeOf is what a run, kept or not, has cost and what came of it, from its log: the
// evaluation with which it began, and the one of the weights that it has now.
func outcomeOf(id string, kept checkpoint.Run) protocol.Outcome {
	r := kept.Recipe
	o := protocol.Outcome{ModelID: id, Objective: r.Objective, Method: r.Method(), Tokens: kept.Tokens, Written: kept.Written, Seconds: kept.Seconds,
		FLOPs: r.FLOPs(kept.Tokens, kept.Written), Questions: kept.Questions}
	evaluated := slices.DeleteFunc(slices.Clone(kept.Log), func(e checkpoint.Entry) bool { return !e.Evaluated() })
	if len(evaluated) == 0 {
		return o
	}
	first, last := evaluated[0], evaluated[len(evaluated)-1]
	o.Before, o.After = momentOf(first), momentOf(last)
	if w := r.Rewards; r.Objective == recipe.GRPO && w.WarmUp > 0 {
		for _, e := range evaluated[1:] {
			if e.Step == w.WarmUp && e.Step < last.Step {
				o.Start, o.Before = o.Before, momentOf(e)
			}
		}
	}
	if over := kept.State == string(done) || kept.State == string(failed); over && r.Tuning.Patience > 0 {
		for _, e := range evaluated {
			if e.Best { // whose weights were taken at the end
				o.After = momentOf(e)
			}
		}
	}
	batches := r.EvalBatches
	if o.After.Step >= r.Steps {
		batches = r.LastEvalBatches
	}
	if r.Objective == recipe.LM || r.Objective == recipe.Distill {
		o.Held = batches * r.TokensPerStep()
	}
	return o
}

// momentOf is an evaluation of a log.
func momentOf(e checkpoint.Entry) protocol.Moment {
	return protocol.Moment{Step: e.Step, Measures: e.Measures, Replies: e.Replies}
}

// outcomes tells those of some models of the shelf.
func (s *Session) outcomes(c *protocol.Outcomes) {
	told := &protocol.Told{Outcomes: []protocol.Outcome{}}
	for _, id := range c.ModelIDs[:min(len(c.ModelIDs), protocol.MaxOutcomes)] {
		if o, known := s.library.outcome(id); known {
			told.Outcomes = append(told.Outcomes, o)
		}
	}
	s.voice.tell(told)
}

// outcome is that of a model, false if it cannot be read.
func (l *library) outcome(id string) (o protocol.Outcome, known bool) {
	if l.isOpen(id) {
		return outcomeOf(id, l.current.Run), true
	}
	if l.shelf == nil {
		return o, false
	}
	files, err := l.shelf.Peek(id)
	if err != nil {
		return o, false
	}
	kept, err := checkpoint.Describe(files)
	return outcomeOf(id, kept), err == nil
}

// tellOutcome tells that of the open model.
func (s *Session) tellOutcome() {
	c := s.library.open()
	if o := outcomeOf(c.id, c.Run); len(c.Log) > 0 {
		s.voice.tell(&protocol.Told{Outcomes: []protocol.Outcome{o}})
	}
}
