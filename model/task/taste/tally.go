package taste

// Tally is how often one of two was preferred to the other.
type Tally struct{ Wins, Ties, Losses int }

// Compare judges ours[i] and theirs[i], two answers to prompts[i] each.
func Compare(t Taste, prompts, ours, theirs []string) (sum Tally) {
	if len(ours) != len(prompts) || len(theirs) != len(prompts) {
		panic("taste: two answers to each prompt are needed")
	}
	for i, prompt := range prompts {
		switch t.Prefers(prompt, ours[i], theirs[i]) {
		case 1:
			sum.Wins++
		case -1:
			sum.Losses++
		default:
			sum.Ties++
		}
	}
	return sum
}

// N is how many were judged.
func (t Tally) N() int { return t.Wins + t.Ties + t.Losses }

// Rate is the win rate: the share of wins, a tie being half of one; .5 if
// nothing was judged.
func (t Tally) Rate() float64 {
	if t.N() == 0 {
		return .5
	}
	return (float64(t.Wins) + float64(t.Ties)/2) / float64(t.N())
}
