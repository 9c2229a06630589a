package task

import (
	"strings"

	"hornbook/model/data/chat"
)

// Reward is a score of replies, from 0 to 1, that a model can be trained to
// raise.
type Reward struct {
	Name  string
	Score func(e Example, reply string) float64
}

// Names of rewards that are no verifier's.
const (
	Strict  = "strict"  // 1 where the task's strict verifier says right
	Working = "working" // 1 for thoughts of something and an answer after them, whatever they say
)

// Rewards are the names of those that t offers: what is right, what can be
// cheated, and what is to be shown. Verifiers and rules are rewards too.
func (t Task) Rewards() []string {
	names := []string{Strict}
	for _, v := range t.Sloppy {
		names = append(names, v.Name)
	}
	return append(names, Working)
}

// Reward is the one called name.
func (t Task) Reward(name string) (r Reward, known bool) {
	v, known := VerifierByName(name)
	switch name {
	case Strict:
		v, known = t.Strict, true
	case Working:
		v, known = bounded(name, showsWorking), true
	}
	return Reward{name, func(e Example, reply string) float64 {
		if v.Right(e, reply) {
			return 1
		}
		return 0
	}}, known
}

func showsWorking(_ Example, reply string) bool {
	thinking, content := chat.Split(reply)
	return strings.TrimSpace(thinking) != "" && bare(content) != ""
}
