package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// parse reads the header's JSON object line by line, so that a name that
// stands twice is noticed.
func parse(text []byte) (lines map[string]entry, metadata map[string]string, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	lines = map[string]entry{}
	fail := func(err error) (map[string]entry, map[string]string, error) {
		return nil, nil, fmt.Errorf("safetensors: the header cannot be read: %w", err)
	}
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return fail(fmt.Errorf("it is no JSON object: %v %v", open, err))
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fail(err)
		}
		name := key.(string) // a key of an object
		if _, twice := lines[name]; twice || name == metadataKey && metadata != nil {
			return fail(fmt.Errorf("%q stands twice", name))
		}
		if name == metadataKey {
			err = dec.Decode(&metadata)
		} else {
			lines[name], err = line(dec)
		}
		if err != nil {
			return fail(fmt.Errorf("%q: %w", name, err))
		}
	}
	if _, err := dec.Token(); err != nil {
		return fail(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fail(fmt.Errorf("something stands behind it"))
	}
	return lines, metadata, nil
}

// maxDims bounds the dimensions of a tensor.
const maxDims = 8

// line reads one entry; all its fields must be there.
func line(dec *json.Decoder) (entry, error) {
	var e struct {
		DType   *string  `json:"dtype"`
		Shape   *[]int   `json:"shape"`
		Offsets *[]int64 `json:"data_offsets"`
	}
	if err := dec.Decode(&e); err != nil {
		return entry{}, err
	}
	if e.DType == nil || e.Shape == nil || e.Offsets == nil || len(*e.Offsets) != 2 {
		return entry{}, fmt.Errorf("it needs dtype, shape and two data_offsets")
	}
	if len(*e.Shape) > maxDims {
		return entry{}, fmt.Errorf("it has %d dimensions, more than %d", len(*e.Shape), maxDims)
	}
	return entry{*e.DType, *e.Shape, [2]int64(*e.Offsets)}, nil
}
