package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"hornbook/model/format"
)

const maxLog = 128 << 20 // bytes: a million steps take 40 MB

// writeLog writes a line an entry. What is not finite counts as unknown.
func writeLog(w io.Writer, log []Entry) error {
	var out bytes.Buffer
	for _, e := range log {
		for _, x := range []*float64{&e.Loss, &e.TrainLoss, &e.ValLoss, &e.OldLoss, &e.Bits, &e.Seconds} {
			*x = finite(*x)
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	_, err := w.Write(out.Bytes())
	return err
}

func readLog(fsys fs.FS) (log []Entry, err error) {
	text, err := format.Whole(fsys, logFile, maxLog)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	for {
		var e Entry
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil {
			return nil, format.Unreadable(logFile, fmt.Errorf("line %d: %w", len(log)+1, err))
		}
		log = append(log, e)
	}
}
