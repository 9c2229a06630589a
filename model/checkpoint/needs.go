package checkpoint

import "fmt"

// TooLarge is a model that needs more memory than the caller allows.
type TooLarge struct {
	Needs
	Limit float64 // bytes
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("checkpoint: the model has %d parameters and needs %.0f MB of memory to be opened, more than the %.0f MB that there are; open it on a larger machine, or from a file of 16 bits a weight, of which about %.0f million weights fit",
		e.Parameters, e.Bytes/1e6, e.Limit/1e6, e.Limit/4/1e6)
}

// Needs is what opening a model takes, and writing with it.
type Needs struct {
	Parameters int
	Bytes      float64 // of memory
}
