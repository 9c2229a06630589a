package backendtest

// Transfers counts what goes between the memory of a backend and the rest of the
// program by the four ways of a tensor.Storage. What operations take as
// arguments (ids, targets, their weights, spans) counts as none.
type Transfers struct{ Upload, Download, Read, Write Transfer }

// Transfer is a number of calls and the numbers that they moved in all.
type Transfer struct{ Calls, Floats int }

func (t *Transfer) count(floats int) {
	t.Calls++
	t.Floats += floats
}
