package train

import (
	"fmt"
	"strings"

	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/model/task"
)

// Job is a task as a run works at it.
type Job struct {
	Asked  []task.Example // whose replies are rewarded
	Held   []task.Example // held out, to examine by
	Reward func(e task.Example, reply string) float64
	Strict task.Verifier // what is right, whatever is rewarded
}

// NewJob is what r asks.
func NewJob(r recipe.Recipe, t task.Task) (*Job, error) {
	w := r.Rewards
	weights, err := w.Weights()
	if err != nil {
		return nil, err
	}
	var rewards []task.Reward
	for _, part := range weights {
		reward, known := t.Reward(part.Name)
		if !known {
			return nil, fmt.Errorf("train: the task %s has no reward %q; it has %s", t.Name, part.Name, strings.Join(t.Rewards(), ", "))
		}
		rewards = append(rewards, reward)
	}
	reward := func(e task.Example, reply string) (sum float64) {
		for i, one := range rewards {
			sum += weights[i].By * one.Score(e, reply)
		}
		return sum
	}
	return &Job{Asked: t.Examples(task.Train, r.Seed, w.Examples), Held: t.Examples(task.Test, heldSeed, max(w.Asked, w.MostAsked)),
		Reward: reward, Strict: t.Strict}, nil
}

// heldSeed draws the same held-out examples for every run.
const heldSeed = 2024

// judge scores what was written after an example's prompt.
func (j *Job) judge(e task.Example, written []int32, ask *eval.Asker) Reply {
	text := ask.Reply(written)
	return Reply{Text: text, Tokens: len(written), Ended: ask.Ended(written), Reward: j.Reward(e, text), Right: j.Strict.Right(e, text)}
}

// examine lets the model answer held-out examples: those of the strict verifier's
// pass@1 and pass@k, and what else there is to say of its replies; and tells what
// the steps since the last time added up to.
func (r *Run) examine(m *recipe.Measurement, between func() bool) (whole bool) {
	w, job := r.Recipe.Rewards, r.data.Job
	asked := w.Asked
	if r.Done == w.WarmUp || r.Done >= r.Recipe.Steps {
		asked = w.MostAsked
	}
	e := eval.Exam{Examples: job.Held[:min(asked, len(job.Held))], Verifier: job.Strict, Samples: w.Tries, Tokens: w.ReplyMost, Heat: w.Heat, Seed: evalSeed}
	if len(e.Examples) > 0 {
		result, whole := e.Take(*r.data.Ask, r.Write, between)
		if !whole {
			return false
		}
		m.Measures = append(m.Measures, r.marks(e, result)...)
		for i, x := range e.Examples[:min(len(e.Examples), recipe.MostQuestions)] {
			first := result.Replies[i][0]
			m.Replies = append(m.Replies, recipe.Replied{Text: first, Right: job.Strict.Right(x, first)})
		}
	}
	m.Measures = append(m.Measures, r.tallied()...)
	return true
}

// questions are the first of the held-out examples.
func (j *Job) questions() (list []recipe.Question) {
	for _, e := range j.Held[:min(len(j.Held), recipe.MostQuestions)] {
		list = append(list, recipe.Question{Prompt: e.Prompt, Answer: e.Answer})
	}
	return list
}

// marks are the measures of an exam.
func (r *Run) marks(e eval.Exam, result eval.Result) recipe.Measures {
	var reward, working, tokens, cut float64
	n := float64(len(e.Examples) * e.Samples)
	for i, x := range e.Examples {
		for _, reply := range result.Replies[i] {
			reward += r.data.Job.Reward(x, reply) / n
			working += share(task.ShowsWorking(reply)) / n
		}
	}
	tokens, cut = float64(result.Tokens)/n, float64(result.Cut)/n
	list := recipe.Measures{{Name: recipe.PassAt1, Value: result.PassAt(1)}}
	if e.Samples >= 8 {
		list = append(list, recipe.Measure{Name: recipe.PassAt8, Value: result.PassAt(8)})
	}
	return append(list, recipe.Measure{Name: recipe.HeldReward, Value: reward}, recipe.Measure{Name: recipe.Working, Value: working},
		recipe.Measure{Name: recipe.Length, Value: tokens}, recipe.Measure{Name: recipe.Cut, Value: cut}, recipe.Measure{Name: recipe.Questions, Value: float64(len(e.Examples))})
}

// tallied are the means of the rounds and steps since the last evaluation.
func (r *Run) tallied() (list recipe.Measures) {
	t := r.tally
	r.tally = tally{}
	mean := func(name string, sum, by float64) {
		if by > 0 {
			list = append(list, recipe.Measure{Name: name, Value: sum / by})
		}
	}
	for i, name := range []string{recipe.RewardMean, recipe.RewardSpread, recipe.RewardFlat} {
		mean(name, t.rolled[i], t.rounds)
	}
	tokens := t.sums[sumTokens]
	mean(recipe.Entropy, t.sums[sumEntropy], tokens)
	mean(recipe.ClipRatio, t.sums[sumLow]+t.sums[sumHigh], tokens)
	if r.plan.rule.frozen {
		mean(recipe.KL, t.sums[sumKL], tokens)
	}
	return list
}
