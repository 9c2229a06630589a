package checkpoint_test

import (
	"io/fs"
	"os"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
)

// Whatever a folder holds, reading it reads each file once: sums are taken on
// the way.
func TestReadOnce(t *testing.T) {
	folders := map[string]fs.FS{"all": checkpointtest.InMemory(t, checkpointtest.Full(t)), "version 1": os.DirFS("testdata/version1")}
	for name, shape := range checkpointtest.Forms {
		folders[name] = checkpointtest.InMemory(t, checkpointtest.Fresh(t, shape, checkpointtest.Chars(t)))
	}
	for _, name := range []string{"base", "new", "full", "last", "lora"} {
		folders["version 2, "+name] = os.DirFS("testdata/version2/" + name)
	}
	for name, folder := range folders {
		t.Run(name, func(t *testing.T) {
			counted := checkpointtest.Counted{FS: folder, Bytes: map[string]int64{}}
			if _, err := checkpoint.Read(counted); err != nil {
				t.Fatal(err)
			}
			entries, _ := fs.ReadDir(folder, ".")
			for _, e := range entries {
				info, _ := e.Info()
				if got := counted.Bytes[e.Name()]; got != info.Size() {
					t.Errorf("of %s, which has %d bytes, %d were read", e.Name(), info.Size(), got)
				}
			}
		})
	}
}

// A byte that has changed is noticed, wherever it stands.
func TestAnyByteCounts(t *testing.T) {
	folder := checkpointtest.InMemory(t, checkpointtest.Full(t))
	for name, file := range folder {
		if name == checkpoint.RunFile {
			continue
		}
		good := file.Data
		for at := 0; at < len(good); at += 1 + len(good)/20 {
			bad := append([]byte(nil), good...)
			bad[at] ^= 1
			file.Data = bad
			if _, err := checkpoint.Read(folder); err == nil {
				t.Errorf("byte %d of %s changed, and nobody noticed", at, name)
			}
		}
		file.Data = good
	}
}
