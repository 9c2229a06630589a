// Package reading reads documents for the page and the command, and tells in
// the protocol's form what was understood.
package reading

import (
	"errors"
	"slices"

	"hornbook/model/data/document"
	"hornbook/web/protocol"
)

// Encodings are the names that a person may choose from, "" not among them.
func Encodings() []string { return slices.Clone(document.Encodings) }

// File reads one file. The document is nil if it has a Problem.
func File(name string, raw []byte, encoding string) (protocol.Understood, *document.Document) {
	d, err := document.Read(name, raw, document.Options{Encoding: encoding, Max: protocol.MaxText})
	if err != nil {
		return Refused(name, err), nil
	}
	u := protocol.Understood{Name: name, Bytes: len(d.Text), Format: d.Format, Encoding: d.Encoding, Left: []protocol.LeftOut{}, Talks: d.Talks}
	for _, l := range d.Left {
		u.Left = append(u.Left, protocol.LeftOut(l))
	}
	return u, d
}

// Refused tells of a file that could not be read because of err.
func Refused(name string, err error) protocol.Understood {
	p := &protocol.Unread{Code: protocol.Unreadable, Name: name, Detail: err.Error()}
	var wrong *document.Error
	if errors.As(err, &wrong) {
		p.Code, p.Where, p.Got, p.Want, p.Detail = string(wrong.Code), wrong.Where, wrong.Got, wrong.Want, ""
		if wrong.Err != nil {
			p.Detail = wrong.Err.Error()
		}
	}
	return protocol.Understood{Name: name, Left: []protocol.LeftOut{}, Problem: p}
}

// TooLarge tells of a file of so many bytes, which is not even read.
func TooLarge(name string, bytes int) protocol.Understood {
	return Refused(name, document.TooLong(name, bytes, protocol.MaxText))
}
