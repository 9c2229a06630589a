package checkpoint

import "fmt"

// Kind says what stands in the way, for those who word it.
type Kind string

// The kinds of problems.
const (
	NotModel    Kind = "not a model"
	Damaged     Kind = "damaged"
	Incomplete  Kind = "incomplete"  // a file is missing
	Unsupported Kind = "unsupported" // sound, but Hornbook cannot run or write it
	TooLong     Kind = "too long"    // a file, or what a zip would become
	UnsafeName  Kind = "unsafe name" // a zip's entry that wants to lie elsewhere
)

// Problem is why something cannot be opened or written.
type Problem struct {
	Kind Kind
	File string // "" where it is about all that was given
	What string // what is wrong and what to do
	Err  error  // the cause, nil for none
}

func (p *Problem) Error() string {
	text := "checkpoint: "
	if p.File != "" {
		text += p.File + ": "
	}
	text += p.What
	if p.Err != nil {
		text += ": " + p.Err.Error()
	}
	return text
}

func (p *Problem) Unwrap() error { return p.Err }

// problem makes a *Problem without a cause.
func problem(kind Kind, file, format string, args ...any) error {
	return &Problem{Kind: kind, File: file, What: fmt.Sprintf(format, args...)}
}

// damaged is a file that cannot be read because of err.
func damaged(file string, err error) error {
	return &Problem{Kind: Damaged, File: file, What: "it cannot be read; get it again", Err: err}
}

// TooLarge is a model that needs more memory than the caller allows.
type TooLarge struct {
	Needs
	Limit float64 // bytes
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("checkpoint: the model has %d parameters and needs %.0f MB of memory to be opened, more than the %.0f MB that are allowed; open it on a larger machine",
		e.Parameters, e.Bytes/1e6, e.Limit/1e6)
}

// Needs is what opening a model takes.
type Needs struct {
	Parameters int
	Bytes      float64 // of memory
}
