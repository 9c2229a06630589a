package data

// Batch is what one step learns from: B rows of T tokens each, one after the
// other, in which sequences stand that do not know of each other.
type Batch struct {
	IDs     []int32   // (B·T)
	Targets []int32   // (B·T) the token to be predicted at each place
	Weights []float32 // (B·T) of each target's loss, already divided by the whole batch's count; 0: it does not count
	Spans   []int     // lengths of the sequences, none of which goes on in another row; their sum is B·T
}

// Rows are the rows from lo to hi of a batch of rows of time tokens. Weights
// stay as they are, so that the losses of parts add up to that of the whole.
func (b Batch) Rows(lo, hi, time int) Batch {
	first := spansOf(b.Spans, lo*time)
	last := first + spansOf(b.Spans[first:], (hi-lo)*time)
	lo, hi = lo*time, hi*time
	return Batch{IDs: b.IDs[lo:hi], Targets: b.Targets[lo:hi], Weights: b.Weights[lo:hi], Spans: b.Spans[first:last]}
}

// spansOf is the number of spans of the first tokens.
func spansOf(spans []int, tokens int) int {
	n := 0
	for ; tokens > 0; n++ {
		tokens -= spans[n]
	}
	return n
}

// Even is a batch of rows that are a sequence each, in which all targets that
// are not negative count alike: their mean.
func Even(ids, targets []int32, rows int) Batch {
	b := Batch{IDs: ids, Targets: targets, Weights: make([]float32, len(ids))}
	counted := 0
	for _, t := range targets {
		if t >= 0 {
			counted++
		}
	}
	for i, t := range targets {
		if t >= 0 {
			b.Weights[i] = float32(1 / float64(counted))
		}
	}
	for range rows {
		b.Spans = append(b.Spans, len(ids)/rows)
	}
	return b
}
