// Package scale forecasts how well a larger model will do from how well three smaller
// ones did: a scaling law of one's own, on one's own text, in minutes.
//
// A ladder is models that differ in width alone. Each has about twice the weights of the
// one below, reads Ratio tokens a weight, and so costs four times the operations; its rate
// falls to zero at its own end (Hoffmann et al. 2022, section 3.1: a run that is looked at
// before its end looks worse than it is). All are measured on the same places of the same
// tenth of the text, which none has learned from. Whoever has the losses of the lower
// rungs may forecast that of the next, and then train it and see.
//
// What is counted. N is the weights that a token is multiplied by: those of the blocks and
// the head, without the table of embeddings, which is looked up. Kaplan et al. 2020 leave
// out both, Hoffmann et al. 2022 neither. At our sizes that matters: of 7,000 weights a
// seventh is the head, which costs operations, and as many again the table, which costs
// none. Operations C are 6 for each of N and token, and attention's (recipe.FLOPsPerToken);
// those of measuring are left out. D is Ratio·N tokens, 20 as in Hoffmann et al. 2022.
//
// The law is theirs too, L = E + A·C^-α: a floor E that no model gets under, since no text
// can be guessed without fail, and a part above it that falls as a power of C. On
// logarithmic axes it is almost a straight line, that bends up as it comes near the floor.
// fit.go says how far three points tell where it goes.
package scale

// Point is a run that is over: a rung and what came of it.
type Point struct {
	Ops  float64 `json:"ops"`  // C, operations of its training
	Loss float64 `json:"loss"` // on text that it has not seen, nats a token
}
