package ui

import "strconv"

// disabled is the value of aria-disabled and its like; that one keeps the
// keyboard's focus where the attribute disabled would lose it.
func disabled(is bool) string { return strconv.FormatBool(is) }

// primary is the class of a button, red where it is the next thing to do.
func primary(is bool) string {
	if is {
		return "primary"
	}
	return ""
}
