package optim

import (
	"math"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// warmMomentum is the number of steps in which Muon's momentum rises from 0.85.
const warmMomentum = 300

// momentumAt is Muon's momentum at a step, counted from 1.
func momentumAt(r recipe.Recipe, step int) float64 {
	rise := math.Min(1, float64(step)/warmMomentum)
	return math.Min(r.Momentum, 0.85)*(1-rise) + r.Momentum*rise
}

// Cost is about what a step on t costs, in operations of a product of
// matrices: Newton–Schulz’ three products, two of them symmetric, or AdamW’s way
// through memory.
func Cost(r recipe.Recipe, t recipe.Tensor) float64 {
	cost := adamwCost * float64(t.Len())
	if r.Muon(t) {
		rows, cols := t.Dims[len(t.Dims)-2], t.Dims[len(t.Dims)-1]
		k, n, matrices := float64(min(rows, cols)), float64(max(rows, cols)), float64(t.Len()/(rows*cols))
		cost += matrices * tensor.MuonSteps * (3*k*k*n + k*k*k)
	}
	return cost
}

const adamwCost = 30 // a weight
