package checkpoint_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"runtime"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/format"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

var errCut = errors.New("cut off")

// frailDisk is a folder in memory that is cut off after a number of
// operations: each write, sync, rename and removal is one. What has not been
// synced then is lost in half.
type frailDisk struct {
	fstest.MapFS
	left   int // operations until it is cut off
	done   int
	unsure map[string]bool // files with bytes that are not synced
}

// operate counts an operation, and tells whether it is not carried out.
func (d *frailDisk) operate() error {
	if d.left == 0 {
		return errCut
	}
	d.left--
	d.done++
	return nil
}

// restart is the folder as it is found after it was cut off.
func (d *frailDisk) restart(operations int) *frailDisk {
	files := maps.Clone(d.MapFS)
	for name, unsure := range d.unsure {
		if f := files[name]; f != nil && unsure {
			files[name] = &fstest.MapFile{Data: f.Data[:len(f.Data)/2]}
		}
	}
	return &frailDisk{files, operations, 0, map[string]bool{}}
}

func (d *frailDisk) Create(name string) (checkpoint.Syncer, error) {
	if err := d.operate(); err != nil {
		return nil, err
	}
	d.MapFS[name] = &fstest.MapFile{}
	d.unsure[name] = true
	return &frailFile{d: d, name: name}, nil
}

func (d *frailDisk) Rename(from, to string) error {
	if err := d.operate(); err != nil {
		return err
	}
	if d.MapFS[from] == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	d.MapFS[to], d.unsure[to] = d.MapFS[from], d.unsure[from]
	delete(d.MapFS, from)
	delete(d.unsure, from)
	return nil
}

func (d *frailDisk) Remove(name string) error {
	if err := d.operate(); err != nil {
		return err
	}
	delete(d.MapFS, name)
	delete(d.unsure, name)
	return nil
}

func (d *frailDisk) Sync() error { return d.operate() }

type frailFile struct {
	d    *frailDisk
	name string
}

// Write writes half when it is cut off.
func (f *frailFile) Write(b []byte) (int, error) {
	err := f.d.operate()
	n := len(b)
	if err != nil {
		n /= 2
	}
	f.d.MapFS[f.name] = &fstest.MapFile{Data: append(bytes.Clone(f.d.MapFS[f.name].Data), b[:n]...)}
	return n, err
}

func (f *frailFile) Sync() error {
	if err := f.d.operate(); err != nil {
		return err
	}
	delete(f.d.unsure, f.name)
	return nil
}

func (f *frailFile) Close() error { return nil }

// endless is more operations than a save takes.
const endless = 1 << 30

// numbered are runs whose every file differs, the second without moments.
func numbered(t testing.TB) []checkpoint.Run {
	var runs []checkpoint.Run
	for i, text := range []string{"abcdefgh", "abcdefghi", "abcdefghij"} {
		tok, err := tokenizer.NewChars([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		shape := checkpointtest.Forms["llama"]
		shape.Layers, shape.Channels, shape.Hidden = 1, 8, 8
		run := checkpointtest.Fresh(t, shape, tok)
		run.Step = i + 1
		run.Log = []checkpoint.Entry{{Step: i + 1, Loss: 1}}
		if i != 1 {
			run.Moments = []*tensor.Tensor{checkpointtest.Moment("m", float32(i))}
		}
		runs = append(runs, run)
	}
	return runs
}

// found is the number of the run in the folder, 0 for none; it must be whole.
func found(t *testing.T, d fs.FS, runs []checkpoint.Run) int {
	t.Helper()
	got, err := checkpoint.Read(d)
	var p *format.Problem
	if errors.As(err, &p) && p.Kind == format.NotModel {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, got, runs[got.Step-1])
	return got.Step
}

// However a save is cut off, and the one after it too, the folder holds one of
// the saves, whole, and never an older one than before.
func TestSaveCutOffAnywhere(t *testing.T) {
	runs := numbered(t)
	operations := func(d *frailDisk, run checkpoint.Run) int {
		d = d.restart(endless)
		if err := checkpoint.SaveTo(d, run); err != nil {
			t.Fatal(err)
		}
		return d.done
	}
	empty := &frailDisk{MapFS: fstest.MapFS{}, unsure: map[string]bool{}}
	cuts, stride := 0, 1
	if runtime.GOOS == "js" || testing.Short() {
		stride = 5
	}
	for first := 0; first <= operations(empty, runs[0]); first += stride {
		d := empty.restart(first)
		err := checkpoint.SaveTo(d, runs[0])
		after := found(t, d.restart(0), runs)
		if err == nil && after != 1 {
			t.Fatalf("saved, but the folder holds %d", after)
		}
		for second := range operations(d, runs[1]) {
			d := d.restart(second)
			err := checkpoint.SaveTo(d, runs[1])
			now := found(t, d.restart(0), runs)
			if now != after && now != 2 || err == nil && now != 2 {
				t.Fatalf("cut off after %d and %d operations, it holds run %d, before %d", first, second, now, after)
			}
			cuts++
			d = d.restart(endless)
			if err := checkpoint.SaveTo(d, runs[2]); err != nil || found(t, d, runs) != 3 {
				t.Fatalf("cut off after %d and %d operations, it cannot be saved to: %v", first, second, err)
			}
			if len(d.MapFS) != 7 {
				t.Fatalf("cut off after %d and %d operations, it holds %d files in the end", first, second, len(d.MapFS))
			}
		}
	}
	t.Logf("cut off in %d ways", cuts)
}
