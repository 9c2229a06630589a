package share

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode"
	"unicode/utf8"

	"hornbook/model/recipe"
)

// Result is what a pupil sends to a class. Nothing of it needs to be there but the
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

// mostResult bounds the bytes of a result.
const mostResult = 16 << 10

// check says what is wrong with a result.
func (r Result) check() error {
	if !isName(r.Objective) || r.Preset != "" && !isName(r.Preset) {
		return errors.New("its objective or preset has no name of Hornbook's")
	}
	if len(r.Measures) == 0 {
		return errors.New("it has no measures; let the run be measured first")
	}
	if err := checkMeasures(r.Measures); err != nil {
		return err
	}
	if err := isLine("nickname", r.Nickname, 24); err != nil {
		return err
	}
	if len(r.Settings) > 40 || len(r.Samples) > 10 || len(r.Strip) > 64 || len(r.Curve) > 300 {
		return errors.New("it has more than 40 settings, 10 samples, 64 numbers of a strip or 300 points of a curve; leave some out")
	}
	for name, value := range r.Settings {
		if !isName(name) {
			return fmt.Errorf("the setting %.20q has no name of Hornbook's", name)
		}
		if err := isLine("setting "+name, value, 100); err != nil {
			return err
		}
	}
	for _, sample := range r.Samples {
		if err := isLine("sample", sample, 400); err != nil {
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

// isLine refuses what is longer than most characters, and characters that are not
// seen: they would break a table, or turn its letters around.
func isLine(what, s string, most int) error {
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

// strict reads one JSON value, and nothing that is not known.
func strict(r io.Reader, value any) error {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(value); err != nil {
		return fmt.Errorf("it cannot be read (%w)", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows what it should be")
	}
	return nil
}
