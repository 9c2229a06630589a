// Package format is what all readers and writers of model files share: files with
// limits, and why one cannot be opened or written. The formats themselves, in
// the packages beneath, know nothing of models.
package format

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Kind says what stands in the way, for those who word it.
type Kind string

// The kinds of problems.
const (
	NotModel    Kind = "not a model"
	Damaged     Kind = "damaged"
	Incomplete  Kind = "incomplete"  // a file is missing
	Unsupported Kind = "unsupported" // sound, but Hornbook cannot run or write it
	StandIn     Kind = "stand-in"    // whole, and something else than its name says
	Stranger    Kind = "stranger"    // of an adapter: made for a model of another shape
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
	text := ""
	if p.File != "" {
		text += p.File + ": "
	}
	text += p.What
	if p.Err != nil && !errors.Is(p.Err, fs.ErrNotExist) { // which What has said
		text += ": " + strings.TrimPrefix(p.Err.Error(), p.File+": ")
	}
	return text
}

func (p *Problem) Unwrap() error { return p.Err }

// Wrong makes a *Problem without a cause.
func Wrong(kind Kind, file, text string, args ...any) error {
	return &Problem{Kind: kind, File: file, What: fmt.Sprintf(text, args...)}
}

// Unreadable is a file that cannot be read because of err.
func Unreadable(file string, err error) error {
	return &Problem{Kind: Damaged, File: file, What: "it cannot be read; get it again", Err: err}
}
