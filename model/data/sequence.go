package data

// Sequence is tokens of which the first are given, and the others learned.
type Sequence struct {
	IDs    []int32
	Prompt int // tokens that are given: at least one, and not all
}

// Learned is the number of tokens that are learned.
func (s Sequence) Learned() int { return len(s.IDs) - s.Prompt }
