package train

import "hornbook/model/recipe"

const (
	// MostRanks bounds the ranks of a run: every one more costs a replica and
	// an exchange that grows, for an ever smaller part of the batch.
	MostRanks = 8

	// worthSharing is the number of operations of a step below which sharing
	// costs more than it saves: some 5 ms on one core.
	worthSharing = 1e8
)

// MaxRanks is the most ranks that can train r on a text of tokens: one for
// each sequence of the batch and each core, as far as the memory, in bytes,
// holds their replicas and their copies of the text.
func MaxRanks(r recipe.Recipe, tokens, cores int, memory float64) int {
	n := min(cores, r.Batch, MostRanks)
	for n > 1 && r.BytesOn(n)+4*float64(n)*float64(tokens) > memory {
		n--
	}
	return max(1, n)
}

// Ranks is the number of ranks that train r soonest: 1 where a step is too
// small to be shared, and never a rank that the others would wait for just as
// long without (of 6 sequences, 4 ranks do 2, 2, 1, 1; 3 do 2 each).
func Ranks(r recipe.Recipe, tokens, cores int, memory float64) int {
	if r.Model.FLOPsPerToken()*float64(r.TokensPerStep()) < worthSharing {
		return 1
	}
	most := MaxRanks(r, tokens, cores, memory)
	rows := (r.Batch + most - 1) / most // of the rank that has most
	return (r.Batch + rows - 1) / rows
}
