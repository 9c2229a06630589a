package tensor

// Lost is what a backend panics with whose device fails: it was taken away, has no memory
// left, or refuses to compute.
type Lost struct{ Why string }

func (l Lost) Error() string { return "the graphics card failed: " + l.Why }
