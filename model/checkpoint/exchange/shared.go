package exchange

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"path"
	"slices"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
)

// Shared is run as it may be given to strangers: the model and what was measured of
// it, without questions and replies, which quote what it learned from, without the
// names and sums of its texts, and without what only serves to go on.
func Shared(run checkpoint.Run) checkpoint.Run {
	run.Text, run.TextSHA256, run.TextBytes, run.Old, run.OldSHA256 = "", "", 0, "", ""
	run.Name, run.From = "", nil
	run.Questions, run.Moments, run.Best, run.Frozen, run.Tally, run.State = nil, nil, nil, nil, nil, "done"
	run.Log = slices.Clone(run.Log)
	for i := range run.Log {
		run.Log[i].Replies = nil
	}
	return run
}

// ZipShared writes Shared(run) as WriteZip does.
func ZipShared(w io.Writer, run checkpoint.Run) error { return WriteZip(w, Shared(run)) }

// CheckShared looks at a stranger's zip of size bytes, which must be one of a run, as
// WriteZip writes it, that quotes no text. It reads the directory, run.json, log.jsonl
// and the headers of the weights, and takes little memory whatever the zip says: at
// most 1 MB a file that it reads whole. What is wrong is a *format.Problem.
func CheckShared(r io.ReaderAt, size int64) error {
	z, err := openOurs(r, size, checkpoint.Files())
	if err != nil {
		return err
	}
	run, err := checkpoint.Describe(z)
	if err != nil {
		return err
	}
	quotes := len(run.Questions) > 0 || slices.ContainsFunc(run.Log, func(e checkpoint.Entry) bool { return len(e.Replies) > 0 })
	if quotes {
		return format.Wrong(format.Unsupported, checkpoint.RunFile, "it quotes questions or replies, which come from the text that was learned from; share the model without them")
	}
	for _, name := range []string{layout.WeightsFile, layout.TokenizerFile} {
		if !format.Exists(z, name) {
			return format.Wrong(format.Incomplete, name, "it is missing; save the model again")
		}
	}
	numbers, err := checkWeights(z)
	if n := run.Recipe.Model.Parameters(); err == nil && (numbers < n || numbers > 2*n) {
		err = format.Wrong(format.Damaged, layout.WeightsFile, "it has %d numbers, but the model in %s has %d; save the model again", numbers, checkpoint.RunFile, n)
	}
	return err
}

// CheckSharedAdapter is CheckShared of an adapter alone, as ZipAdapter writes it.
func CheckSharedAdapter(r io.ReaderAt, size int64) error {
	z, err := openOurs(r, size, []string{layout.AdapterConfigFile, layout.AdapterFile})
	if err != nil {
		return err
	}
	if err := layout.CheckAdapter(z); err != nil {
		return err
	}
	_, err = checkWeights(z)
	return err
}

const (
	endRecord  = 22      // bytes of a zip's end, without a comment
	besides    = 120     // bytes that an entry takes beside its name and its contents, at most
	mostSum    = 1 << 20 // bytes of a file that is read whole, and of a header of weights
	mostShared = 1 << 30 // bytes that any file may become
)

// openOurs opens a zip that holds some of the files named, nothing else, and no room
// that is not theirs. A zip's end says how long its directory is, so that a long one
// is never read.
func openOurs(r io.ReaderAt, size int64, names []string) (z zipFiles, err error) {
	end := make([]byte, endRecord)
	if size < endRecord {
		return z, format.Wrong(format.NotModel, "", "it is too short to be a zip; share what Hornbook saved")
	}
	if n, err := r.ReadAt(end, size-endRecord); n < endRecord {
		return z, format.Unreadable("", err)
	}
	count, length := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:])
	if !bytes.HasPrefix(end, []byte("PK\x05\x06")) || int(count) > len(names) || length > besides*uint32(len(names)) {
		return z, format.Wrong(format.NotModel, "", "it is no zip of Hornbook's: it ends otherwise, or has too many entries; share what Hornbook saved")
	}
	if z, err = openZip(r, size, ""); err != nil {
		return z, err
	}
	return z, checkOurs(z, size, names)
}

// checkOurs refuses entries that are not named, that unpack to a lot, and bytes of
// the zip that belong to none.
func checkOurs(z zipFiles, size int64, names []string) error {
	held := int64(endRecord)
	for _, e := range z.File {
		stored := path.Ext(e.Name) == ".safetensors"
		switch {
		case !slices.Contains(names, e.Name):
			return format.Wrong(format.UnsafeName, e.Name, "this file does not belong here; share what Hornbook saved")
		case stored != (e.Method == zip.Store):
			return format.Wrong(format.Unsupported, e.Name, "it is packed in another way than Hornbook does; share what Hornbook saved")
		case e.UncompressedSize64 > mostSum && !stored && e.Name != layout.TokenizerFile || e.UncompressedSize64 > mostShared:
			return format.Wrong(format.TooLong, e.Name, "it would become %d bytes", e.UncompressedSize64)
		case e.Comment != "":
			return format.Wrong(format.Unsupported, e.Name, "the zip has a comment; share what Hornbook saved")
		}
		held += int64(e.CompressedSize64) + 2*int64(len(e.Name)) + besides
	}
	if size > held {
		return format.Wrong(format.Damaged, "", "the zip holds %d bytes that belong to no file; share what Hornbook saved", size-held)
	}
	return nil
}

// checkWeights reads the headers of all files of weights, and counts the numbers of
// the model's own.
func checkWeights(z zipFiles) (numbers int, err error) {
	for _, e := range z.File {
		if path.Ext(e.Name) != ".safetensors" {
			continue
		}
		n, err := checkHeader(z, e.Name)
		if err != nil {
			return 0, err
		}
		if e.Name == layout.WeightsFile {
			numbers = n
		}
	}
	return numbers, nil
}

// mostTensor bounds the bytes of a header for each of its tensors.
const mostTensor = 300

// checkHeader reads that of a file of weights and counts its numbers.
func checkHeader(z zipFiles, name string) (numbers int, err error) {
	b, err := format.Open(z, name)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	var length [8]byte
	if n, err := b.ReadAt(length[:], 0); n < len(length) {
		return 0, format.Unreadable(name, cmp.Or(err, io.ErrUnexpectedEOF))
	}
	if n := binary.LittleEndian.Uint64(length[:]); n > mostSum {
		return 0, format.Wrong(format.TooLong, name, "its header would have %d bytes, more than the %d that are allowed", n, mostSum)
	}
	f, err := safetensors.Open(b, b.Size)
	if err != nil {
		return 0, format.Unreadable(name, err)
	}
	said := 0
	for key, value := range f.Metadata {
		said += len(key) + len(value)
	}
	for _, e := range f.Entries {
		if len(e.Shape) > 4 || len(e.Name) > mostTensor || e.DType != safetensors.F32 && e.DType != safetensors.F16 {
			return 0, format.Wrong(format.Unsupported, name, "its tensor %.40q is not of Hornbook's making; share what Hornbook saved", e.Name)
		}
		numbers += e.Len()
	}
	if len(f.Entries) == 0 || said > mostTensor {
		return 0, format.Wrong(format.Unsupported, name, "it has no tensors, or says more than that; share what Hornbook saved")
	}
	return numbers, nil
}
