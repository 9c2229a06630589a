package document

import (
	"fmt"
	"strconv"
)

// Code says what stands in the way, for those who word it.
type Code string

// The codes, each with what a person may be told.
const (
	Empty           Code = "empty"            // The file is empty. Choose another one.
	TooLarge        Code = "too_large"        // The file has Got bytes, more than Want. Take a part of it.
	TextTooLarge    Code = "text_too_large"   // Its text has more than Want bytes. Take a part of it.
	Grows           Code = "grows"            // Unpacked it becomes many times as large, which a real document does not. Get it from a place that you trust.
	Binary          Code = "binary"           // This is no text. Save it as plain text, or choose another file.
	Foreign         Code = "foreign"          // This is a Got (of Foreigners), of which Hornbook reads no text. Save it as one of the formats.
	Damaged         Code = "damaged"          // The file is broken at Where: only a part of it was copied, perhaps. Get it again.
	Locked          Code = "locked"           // It is locked by a password or a seller. Save it without one.
	Scanned         Code = "scanned"          // Its pages are pictures: there are no letters in it. Take one with letters, or have a program read the pictures (OCR).
	NoText          Code = "no_text"          // There are no words in it. Choose another file.
	EncodingUnknown Code = "encoding_unknown" // There is no encoding Got. Choose one of Encodings.
	EncodingUnsure  Code = "encoding_unsure"  // It is in another alphabet, in an encoding that cannot be found out. Name it.
	EncodingUnfit   Code = "encoding_unfit"   // The bytes are not in the encoding Got. Choose another one, or none.
)

// Codes lists every code, so that a test can see that each has its words.
var Codes = []Code{Empty, TooLarge, TextTooLarge, Grows, Binary, Foreign, Damaged, Locked, Scanned, NoText, EncodingUnknown, EncodingUnsure, EncodingUnfit}

// What an Error of Foreign got.
const (
	Picture      = "picture"
	Sound        = "sound" // or a film
	Archive      = "archive"
	Program      = "program"
	Sheet        = "sheet"
	Slides       = "slides"
	OldWord      = "doc"
	RTF          = "rtf"
	OtherProgram = "other" // a format of some program
)

// Foreigners lists them.
var Foreigners = []string{Picture, Sound, Archive, Program, Sheet, Slides, OldWord, RTF, OtherProgram}

// Error is why a file cannot be read.
type Error struct {
	Code      Code
	Name      string // the file's
	Where     string // within it, in English: a part, a line or a page; "" for the whole
	Got, Want string // as the code says
	Err       error  // the cause, nil for none
}

func (e *Error) Error() string {
	text := e.Name + ": " + string(e.Code)
	if e.Got != "" {
		text += " " + e.Got
	}
	if e.Where != "" {
		text += " at " + e.Where
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

func (s *source) wrong(code Code, where string, cause error) *Error {
	return &Error{Code: code, Name: s.name, Where: where, Err: cause}
}

func (s *source) limit(code Code, where string, got, want int) *Error {
	return &Error{Code: code, Name: s.name, Where: where, Got: strconv.Itoa(got), Want: strconv.Itoa(want)}
}

// TooLong is the error of a file of got bytes that was not even read.
func TooLong(name string, got, want int) *Error {
	return (&source{name: name}).limit(TooLarge, "", got, want)
}

func (s *source) foreign(kind string) *Error {
	return &Error{Code: Foreign, Name: s.name, Got: kind}
}

// fault is what was thrown, as an error.
func fault(thrown any) error {
	if err, is := thrown.(error); is {
		return err
	}
	return fmt.Errorf("%v", thrown)
}
