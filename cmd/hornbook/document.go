package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"hornbook/model/data/document"
	"hornbook/web/protocol"
	"hornbook/web/reading"
)

// fileList is a flag that may be given several times.
type fileList []string

func (l *fileList) String() string { return strings.Join(*l, " ") }

func (l *fileList) Set(name string) error {
	*l = append(*l, name)
	return nil
}

// standardInput is the name of a file that stands for it.
const standardInput = "-"

// stdin is what it is; tests put other bytes there.
var stdin io.Reader = os.Stdin

// texts reads documents as one text, and tells of each in a line what it was
// taken for.
func texts(files []string, encoding string, told io.Writer) (*protocol.SetText, error) {
	var list []*document.Document
	var names []string
	for _, file := range files {
		name, raw, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", cmp.Or(file, "a file without a name"), reason(err))
		}
		u, d := reading.File(name, raw, encoding)
		if u.Problem != nil {
			return nil, errors.New(english.Document(u.Problem))
		}
		fmt.Fprintln(told, english.Understood(&u))
		list, names = append(list, d), append(names, name)
	}
	return &protocol.SetText{Source: "upload", Name: strings.Join(names, ", "), Data: []byte(document.Join(list))}, nil
}

// read is a file's bytes and its name for people; a file over the limit is not
// read whole.
func read(path string) (name string, raw []byte, err error) {
	from := stdin
	name = "standard input"
	if path != standardInput {
		file, err := os.Open(path)
		if err != nil {
			return "", nil, err
		}
		defer file.Close()
		from, name = file, filepath.Base(path)
	}
	var text bytes.Buffer
	n, err := io.Copy(&text, io.LimitReader(from, protocol.MaxText+1))
	if err != nil {
		return "", nil, err
	}
	if n > protocol.MaxText {
		return "", nil, fmt.Errorf("%s is over the limit of %s: cut out a part of it", name, english.Bytes(protocol.MaxText))
	}
	return name, text.Bytes(), nil
}
