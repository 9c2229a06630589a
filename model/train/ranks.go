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

// MaxRanks is the most ranks that can train r: one for each sequence of the
// batch and each core, as far as the memory, in bytes, holds their replicas.
func MaxRanks(r recipe.Recipe, cores int, memory float64) int {
	n := min(cores, r.Batch, MostRanks)
	for n > 1 && r.BytesOn(n) > memory {
		n--
	}
	return max(1, n)
}

// Ranks is the number of ranks that train r soonest: 1 where a step is too
// small to be shared, and never a rank that the others would wait for just as
// long without (of 6 sequences, 4 ranks do 2, 2, 1, 1; 3 do 2 each).
func Ranks(r recipe.Recipe, cores int, memory float64) int {
	if r.Model.FLOPsPerToken()*float64(r.TokensPerStep()) < worthSharing {
		return 1
	}
	rows := r.Batch / max(1, MaxRanks(r, cores, memory))
	if r.Batch%MaxRanks(r, cores, memory) != 0 {
		rows++
	}
	return (r.Batch + rows - 1) / rows
}
