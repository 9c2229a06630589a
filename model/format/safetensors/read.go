package safetensors

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"hornbook/model/format/half"
)

// File is an opened file: what its header says has been checked, its numbers
// are read when they are asked for.
type File struct {
	Entries  []Entry // in the order in which they lie
	Metadata map[string]string
	r        io.ReaderAt
}

// Entry is a tensor of a file.
type Entry struct {
	Name  string
	Shape []int
	DType string
	at    int64 // from the beginning of the file
}

// Len is the number of the tensor's numbers.
func (e Entry) Len() int {
	n, _ := elements(e.Shape) // checked when it was opened
	return int(n)
}

// Open reads the header of a file of size bytes. Nothing that it says is
// believed before it was compared with size.
func Open(r io.ReaderAt, size int64) (*File, error) {
	lines, metadata, start, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	names, err := order(lines, size-start)
	if err != nil {
		return nil, err
	}
	f := &File{Metadata: metadata, r: r}
	for _, name := range names {
		e := lines[name]
		f.Entries = append(f.Entries, Entry{name, e.Shape, e.DType, start + e.Offsets[0]})
	}
	return f, nil
}

// Read fills dst, e.Len() long, with the numbers of e, a block at a time. F16
// and BF16 are widened.
func (f *File) Read(e Entry, dst []float32) error {
	if e.DType != F32 && e.DType != F16 && e.DType != BF16 {
		return fmt.Errorf("safetensors: tensor %q has numbers of type %q; F32, F16 and BF16 can be read", e.Name, e.DType)
	}
	if len(dst) != e.Len() {
		panic("safetensors: a tensor is read into memory of another size")
	}
	const block = 1 << 14
	width := int(widths[e.DType])
	raw := make([]byte, width*min(block, len(dst)))
	for at := 0; at < len(dst); at += block {
		n := min(block, len(dst)-at)
		if err := readAt(f.r, raw[:width*n], e.at+int64(width*at)); err != nil {
			return fmt.Errorf("safetensors: read tensor %q: %w", e.Name, err)
		}
		widen(dst[at:at+n], raw, e.DType)
	}
	return nil
}

// Read reads all tensors of a file of size bytes, in the order in which they
// lie.
func Read(r io.ReaderAt, size int64) (tensors []Tensor, metadata map[string]string, err error) {
	f, err := Open(r, size)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range f.Entries {
		data := make([]float32, e.Len())
		if err := f.Read(e, data); err != nil {
			return nil, nil, err
		}
		tensors = append(tensors, Tensor{e.Name, e.Shape, data})
	}
	return tensors, f.Metadata, nil
}

func readHeader(r io.ReaderAt, size int64) (lines map[string]entry, metadata map[string]string, start int64, err error) {
	var length [8]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, nil, 0, fmt.Errorf("safetensors: the file is too short to hold a header: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, nil, 0, fmt.Errorf("safetensors: the header should be %d bytes long, more than the file has or than is allowed (%d)", n, maxHeader)
	}
	text := make([]byte, n)
	if err := readAt(r, text, 8); err != nil {
		return nil, nil, 0, fmt.Errorf("safetensors: read the header: %w", err)
	}
	lines, metadata, err = parse(text)
	return lines, metadata, 8 + int64(n), err
}

// readAt fills b; a reader may report io.EOF with the last byte.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return cmp.Or(err, io.ErrUnexpectedEOF)
}

// order returns the names by their place and checks that the tensors fill
// exactly the room bytes after the header.
func order(lines map[string]entry, room int64) ([]string, error) {
	names := make([]string, 0, len(lines))
	for name, e := range lines {
		width, known := widths[e.DType]
		n, err := elements(e.Shape)
		switch {
		case !known:
			return nil, fmt.Errorf("safetensors: tensor %q has numbers of the unknown type %q", name, e.DType)
		case err != nil:
			return nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		case e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1]-e.Offsets[0] != n*width:
			return nil, fmt.Errorf("safetensors: tensor %q of shape %v cannot lie at bytes %v", name, e.Shape, e.Offsets)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(lines[a].Offsets[0], lines[b].Offsets[0]),
			cmp.Compare(lines[a].Offsets[1], lines[b].Offsets[1]), cmp.Compare(a, b))
	})
	at := int64(0)
	for _, name := range names {
		if lines[name].Offsets[0] != at {
			return nil, fmt.Errorf("safetensors: tensor %q begins at byte %d, but the one before ends at %d", name, lines[name].Offsets[0], at)
		}
		at = lines[name].Offsets[1]
	}
	if at != room {
		return nil, fmt.Errorf("safetensors: the tensors end at byte %d, the file at %d: it was cut off or has something added", at, room)
	}
	return names, nil
}

// widen turns raw numbers of a type that can be read into float32.
func widen(out []float32, raw []byte, dtype string) {
	for i := range out {
		switch dtype {
		case F32:
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case BF16:
			out[i] = half.FromBF16(binary.LittleEndian.Uint16(raw[2*i:]))
		case F16:
			out[i] = half.From(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	}
}
