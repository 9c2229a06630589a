package exchange

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"hornbook/model/format"
)

const (
	maxEntries = 10000
	maxRatio   = 200     // of an entry's size to what it takes in the zip; weights reach 2, texts 20
	smallEntry = 1 << 20 // bytes, for which the ratio does not matter
)

// zipFiles is a zip whose entries have been checked, as a file system. Entries
// that are stored can be read in place.
type zipFiles struct {
	*zip.Reader
	from io.ReaderAt // that the zip is read from; nil if it is not known
}

// openZip looks at a zip of size bytes.
func openZip(r io.ReaderAt, size int64, name string) (zipFiles, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // checkZip tells of those
		return zipFiles{}, format.Unreadable(name, err)
	}
	return zipFiles{z, r}, checkZip(z, size, name)
}

// checkZip refuses entries that want to lie elsewhere, stand twice, are
// encrypted, would become too large, or lie one over the other or behind the
// zip's size.
func checkZip(z *zip.Reader, size int64, name string) error {
	if len(z.File) > maxEntries {
		return format.Wrong(format.TooLong, name, "the zip has %d entries, more than the %d that are allowed", len(z.File), maxEntries)
	}
	seen := map[string]bool{}
	var total uint64
	for _, e := range z.File {
		plain := strings.TrimSuffix(e.Name, "/")
		if !fs.ValidPath(plain) || strings.ContainsAny(plain, "\\:\x00") {
			return format.Wrong(format.UnsafeName, name, "the zip has an entry %q, which would lie outside of its folder; it is not opened", e.Name)
		}
		if seen[plain] {
			return format.Wrong(format.Damaged, name, "the zip has the entry %q twice", e.Name)
		}
		seen[plain] = true
		if e.Flags&1 != 0 {
			return format.Wrong(format.Unsupported, name, "the zip is encrypted; unpack it first")
		}
		if e.Method == zip.Store && e.UncompressedSize64 != e.CompressedSize64 {
			return format.Wrong(format.Damaged, name, "the zip's entry %q says that it is stored as it is, and that it would become %d bytes from %d", e.Name, e.UncompressedSize64, e.CompressedSize64)
		}
		if e.UncompressedSize64 > smallEntry && e.UncompressedSize64/maxRatio > e.CompressedSize64 || e.UncompressedSize64 > format.MaxZip {
			return format.Wrong(format.TooLong, name, "the zip's entry %q would become %d bytes from %d, which no model does", e.Name, e.UncompressedSize64, e.CompressedSize64)
		}
		if total += e.UncompressedSize64; total > format.MaxZip {
			return format.Wrong(format.TooLong, name, "the zip would become more than %d bytes", int64(format.MaxZip))
		}
	}
	return checkOverlap(z, size, name)
}

// checkOverlap refuses entries that share their bytes, or lie behind size.
func checkOverlap(z *zip.Reader, size int64, name string) error {
	type span struct{ from, to int64 }
	var spans []span
	for _, e := range z.File {
		from, err := e.DataOffset()
		if err != nil {
			return format.Unreadable(name, err)
		}
		if e.CompressedSize64 > uint64(max(0, size-from)) {
			return format.Wrong(format.Damaged, name, "the zip's entry %q should have %d bytes there, but the zip ends before: it was cut off", e.Name, e.CompressedSize64)
		}
		spans = append(spans, span{from, from + int64(e.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i, s := range spans {
		if i > 0 && s.from < spans[i-1].to {
			return format.Wrong(format.Damaged, name, "entries of the zip lie one over the other")
		}
	}
	return nil
}

// Open opens an entry.
func (z zipFiles) Open(name string) (fs.File, error) {
	f, err := z.Reader.Open(name)
	if err != nil || z.from == nil {
		return f, err
	}
	for _, e := range z.File {
		if e.Name != name || e.Method != zip.Store {
			continue
		}
		at, err := e.DataOffset()
		if err != nil {
			return nil, err
		}
		f.Close()
		return storedEntry{io.NewSectionReader(z.from, at, int64(e.UncompressedSize64)), e.FileInfo()}, nil
	}
	return f, err
}

// storedEntry is an entry that was not compressed.
type storedEntry struct {
	*io.SectionReader
	info fs.FileInfo
}

func (s storedEntry) Stat() (fs.FileInfo, error) { return s.info, nil }
func (s storedEntry) Close() error               { return nil }
