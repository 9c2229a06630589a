package format

import (
	"errors"
	"io/fs"
	"testing"
)

// A problem says once which file it is about, and once that it is missing.
func TestProblemSaysOnce(t *testing.T) {
	missing := &Problem{Kind: Incomplete, File: "a", What: "it is missing", Err: &fs.PathError{Op: "open", Path: "a", Err: fs.ErrNotExist}}
	for want, p := range map[string]*Problem{
		"a: it is missing":                         missing,
		"a: it is missing: there is no model here": {Kind: NotModel, File: "a", What: "it is missing: there is no model here", Err: missing},
		"a: it cannot be used: it has no b":        {Kind: Unsupported, File: "a", What: "it cannot be used", Err: errors.New("a: it has no b")},
		"it is odd: a: it has no b":                {What: "it is odd", Err: errors.New("a: it has no b")},
	} {
		if got := p.Error(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
		if p.Err != nil && errors.Is(p.Err, fs.ErrNotExist) != errors.Is(p, fs.ErrNotExist) {
			t.Errorf("%q hides its cause", want)
		}
	}
}
