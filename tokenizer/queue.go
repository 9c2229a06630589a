package tokenizer

// queue is a heap of merges that can be made, the one of lowest rank and then the
// leftmost first. A merge is one number, rank·2³² + place, and a node of the heap
// has four children: a text without a space fills it with millions, and then
// what counts is how often memory is waited for.
type queue []uint64

func (q *queue) push(rank, at int32) {
	*q = append(*q, 0)
	s := *q
	x := uint64(rank)<<32 | uint64(at)
	i := len(s) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if x >= s[parent] {
			break
		}
		s[i] = s[parent]
		i = parent
	}
	s[i] = x
}

// pop must not be called on an empty queue.
func (q *queue) pop() (rank, at int32) {
	s := *q
	top, last := s[0], len(s)-1
	x := s[last]
	s = s[:last]
	*q = s
	for i := 0; last > 0; {
		child := 4*i + 1
		if child >= last {
			s[i] = x
			break
		}
		least := child
		for c := child + 1; c < min(child+4, last); c++ {
			if s[c] < s[least] {
				least = c
			}
		}
		if x <= s[least] {
			s[i] = x
			break
		}
		s[i] = s[least]
		i = least
	}
	return int32(top >> 32), int32(uint32(top))
}
