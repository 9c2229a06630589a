package tokenizer

// heap is a binary heap; pop gives the item that comes before all others.
type heap[T any] struct {
	items  []T
	before func(a, b T) bool
}

func (h *heap[T]) push(x T) {
	h.items = append(h.items, x)
	s := h.items
	i := len(s) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !h.before(x, s[parent]) {
			break
		}
		s[i] = s[parent]
		i = parent
	}
	s[i] = x
}

// pop must not be called on an empty heap.
func (h *heap[T]) pop() T {
	top := h.items[0]
	n := len(h.items) - 1
	x := h.items[n]
	h.items = h.items[:n]
	if n > 0 {
		h.sink(x)
	}
	return top
}

// sink puts x in the root's place and moves it down to where it belongs.
func (h *heap[T]) sink(x T) {
	s := h.items
	i := 0
	for {
		child := 2*i + 1
		if child >= len(s) {
			break
		}
		if child+1 < len(s) && h.before(s[child+1], s[child]) {
			child++
		}
		if !h.before(s[child], x) {
			break
		}
		s[i] = s[child]
		i = child
	}
	s[i] = x
}
