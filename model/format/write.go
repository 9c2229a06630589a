package format

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Written is a file to be written, and how.
type Written struct {
	Name  string
	Write func(io.Writer) error
}

// Create writes f into sink and returns its SHA-256, in hexadecimal.
func Create(sink Sink, f Written) (sum string, err error) {
	out, err := sink.Create(f.Name)
	if err != nil {
		return "", fmt.Errorf("save %s: %w", f.Name, err)
	}
	hash := sha256.New()
	if err := errors.Join(f.Write(io.MultiWriter(out, hash)), out.Close()); err != nil {
		return "", fmt.Errorf("save %s: %w", f.Name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// CreateAll writes all files into sink.
func CreateAll(sink Sink, files []Written) error {
	for _, f := range files {
		if _, err := Create(sink, f); err != nil {
			return err
		}
	}
	return nil
}

// JSON is a file that holds v, indented.
func JSON(name string, v any) Written {
	return Text(name, func() ([]byte, error) {
		text, err := json.MarshalIndent(v, "", "  ")
		return append(text, '\n'), err
	})
}

// Text is a file whose text is made by f.
func Text(name string, f func() ([]byte, error)) Written {
	return Written{name, func(w io.Writer) error {
		text, err := f()
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}}
}
