package taste

import "hornbook/model/data/pairs"

// Pairs makes a pair of each prompt's answers: the one that t prefers to most
// others, and the one to which it prefers most. A prompt of which t prefers no
// answer so gives none. The same answers give the same pairs.
func Pairs(t Taste, prompts []string, answers [][]string) (list []pairs.Pair) {
	if len(prompts) != len(answers) {
		panic("taste: answers to each prompt are needed")
	}
	for i, prompt := range prompts {
		best, worst := extremes(t, prompt, answers[i])
		if best != "" && worst != "" && t.Prefers(prompt, best, worst) > 0 {
			list = append(list, pairs.Text(prompt, best, worst))
		}
	}
	return list
}

// extremes are the answers that win most and least often against the others
// (Copeland's count: wins less losses), the first of equals. One that is empty
// takes no part, since there is nothing in it to learn.
func extremes(t Taste, prompt string, answers []string) (best, worst string) {
	var most, least int
	for _, a := range answers {
		if a == "" {
			continue
		}
		count := 0
		for _, b := range answers {
			if b != "" {
				count += t.Prefers(prompt, a, b)
			}
		}
		if best == "" || count > most {
			best, most = a, count
		}
		if worst == "" || count < least {
			worst, least = a, count
		}
	}
	return best, worst
}
