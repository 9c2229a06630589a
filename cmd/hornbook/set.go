package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// settings are numbers and words of a recipe by the names that run.json has for
// them, such as rewards.group=16.
type settings []string

func (s *settings) String() string { return strings.Join(*s, " ") }

func (s *settings) Set(one string) error {
	if name, _, is := strings.Cut(one, "="); !is || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE, such as rewards.group=16", one)
	}
	*s = append(*s, one)
	return nil
}

func addSettings(f *flag.FlagSet) *settings {
	s := new(settings)
	f.Var(s, "set", "`NAME=VALUE`: a number or a word of the recipe by its name in run.json, such as learning_rate=0.001, rewards.loss=dapo or preferences.beta=0.2; may be given several times")
	return s
}

// in is r with what s changes.
func (s settings) in(r recipe.Recipe) (recipe.Recipe, error) {
	for _, one := range s {
		name, value, _ := strings.Cut(one, "=")
		text, err := json.Marshal(r)
		if err != nil {
			return r, err
		}
		if text, err = replaced(text, strings.Split(name, "."), value); err != nil {
			return r, wrongUsage("-set %s: %s", one, err)
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		var next recipe.Recipe
		if err := dec.Decode(&next); err != nil {
			return r, wrongUsage("-set %s: %s", one, unfit(err))
		}
		r = next
	}
	return r, nil
}

// unfit is why a value does not fit its place.
func unfit(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	switch wrong.Type.Kind() {
	case reflect.Struct:
		return "it has parts; give one of those, as in rewards.group=16"
	case reflect.Bool:
		return "it must be true or false"
	case reflect.Float64:
		return "it must be a number"
	case reflect.Int:
		return "it must be a whole number"
	case reflect.Uint64:
		return "it must be a whole number from 0"
	}
	return "it has no such value"
}

// replaced is an object in which the value at a path is another.
func replaced(object []byte, path []string, value string) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &fields); err != nil {
		return nil, fmt.Errorf("there is no %s in it: it has no parts", path[0])
	}
	was, known := fields[path[0]]
	switch {
	case !known:
		return nil, fmt.Errorf("a recipe has no %s here; run.json of a saved model shows the names", path[0])
	case len(path) > 1:
		inner, err := replaced(was, path[1:], value)
		if err != nil {
			return nil, err
		}
		fields[path[0]] = inner
	case len(was) > 0 && was[0] == '"':
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fields[path[0]] = text
	default:
		if x, err := strconv.ParseFloat(value, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) { // as people write them: .5, 1e6
			value = strconv.FormatFloat(x, 'f', -1, 64)
		}
		if !json.Valid([]byte(value)) {
			return nil, fmt.Errorf("%q is no number, nor true or false", value)
		}
		fields[path[0]] = json.RawMessage(value)
	}
	return json.Marshal(fields)
}
