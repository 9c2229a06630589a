package checkpoint

import (
	"io/fs"

	"hornbook/model/format"
)

// Describe reads what run.json and log.jsonl say of a run, nothing large: Model,
// Tokenizer, Moments and Best are nil. It compares no sums.
func Describe(fsys fs.FS) (Run, error) {
	d, err := readManifest(fsys)
	if err != nil {
		return Run{}, err
	}
	run := d.run()
	if format.Exists(fsys, logFile) {
		run.Log, err = readLog(fsys)
	}
	return run, err
}
