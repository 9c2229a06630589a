// Package handin is what a pupil hands in to a class: its form and its bounds, for the page
// that makes it and shows it, and for the server that keeps it.
package handin

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"hornbook/model/recipe"
)

// Result is what a class learns of a run. Nothing of it needs to be there but the
// objective and a measure.
type Result struct {
	Nickname  string            `json:"nickname,omitempty"` // at choice, at most 24 characters
	Objective string            `json:"objective"`
	Preset    string            `json:"preset,omitempty"`
	Settings  map[string]string `json:"settings,omitempty"` // at most 40
	Measures  recipe.Measures   `json:"measures"`
	Samples   []string          `json:"samples,omitempty"` // lines that the model wrote, at most 10 of 400 characters
	Strip     []float64         `json:"strip,omitempty"`   // how the model grew, at most 64 numbers
	Curve     [][2]float64      `json:"curve,omitempty"`   // steps and losses, at most 300
}

// Bounds of a result.
const (
	MostBytes    = 16 << 10 // in JSON
	MostNickname = 24       // characters
	MostSamples  = 10
)

// Check says what is wrong with a result.
func (r Result) Check() error {
	if !IsName(r.Objective) || r.Preset != "" && !IsName(r.Preset) {
		return errors.New("its objective or preset has no name of Hornbook's")
	}
	if len(r.Measures) == 0 {
		return errors.New("it has no measures; let the run be measured first")
	}
	if err := CheckMeasures(r.Measures); err != nil {
		return err
	}
	if err := CheckLine("nickname", r.Nickname, MostNickname); err != nil {
		return err
	}
	if len(r.Settings) > 40 || len(r.Samples) > MostSamples || len(r.Strip) > 64 || len(r.Curve) > 300 {
		return errors.New("it has more than 40 settings, 10 samples, 64 numbers of a strip or 300 points of a curve; leave some out")
	}
	for name, value := range r.Settings {
		if !IsName(name) {
			return fmt.Errorf("the setting %.20q has no name of Hornbook's", name)
		}
		if err := CheckLine("setting "+name, value, 100); err != nil {
			return err
		}
	}
	for _, sample := range r.Samples {
		if err := CheckLine("sample", sample, 400); err != nil {
			return err
		}
	}
	return r.checkNumbers()
}

func (r Result) checkNumbers() error {
	numbers := r.Strip
	for _, point := range r.Curve {
		numbers = append(numbers, point[:]...)
	}
	for _, x := range numbers {
		if math.Abs(x) > 1e12 {
			return fmt.Errorf("its strip or curve has the number %v, which nothing can be", x)
		}
	}
	return nil
}

// CheckLine refuses what is longer than most characters, and characters that are not
// seen: they would break a table, or turn its letters around.
func CheckLine(what, s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("the %s has %d characters, more than %d; shorten it", what, n, most)
	}
	for _, c := range s {
		if c == utf8.RuneError || unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x2028 || c == 0x2029 {
			return fmt.Errorf("the %s holds the character %U, which cannot be seen; leave it out", what, c)
		}
	}
	return nil
}

// CheckMeasures refuses names that are none, and numbers that nobody measures.
func CheckMeasures(m recipe.Measures) error {
	for _, one := range m {
		if !IsName(one.Name) {
			return fmt.Errorf("the measure %.20q has no name of Hornbook's", one.Name)
		}
		if math.Abs(one.Value) > 1e12 {
			return fmt.Errorf("the measure %q is %v, which nothing can be", one.Name, one.Value)
		}
	}
	return nil
}

// IsName tells whether s is written as measures, objectives and settings are.
func IsName(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-@/.") == ""
}
