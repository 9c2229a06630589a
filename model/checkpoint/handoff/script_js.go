package handoff

import "errors"

// Script gives none: they are files beside the page.
func Script(string) ([]byte, error) { return nil, errors.ErrUnsupported }
