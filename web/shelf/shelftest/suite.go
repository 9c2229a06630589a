// Package shelftest is what every shelf.Storage must pass, and a storage in
// memory that can be made to fail.
package shelftest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"

	"hornbook/web/shelf"
)

// Run tests a storage, which must be empty, and a shelf in it by so many random
// steps.
func Run(t *testing.T, s shelf.Storage, steps int) {
	t.Run("Files", func(t *testing.T) { testFiles(t, s) })
	t.Run("Readers", func(t *testing.T) { testReaders(t, s) })
	t.Run("Removal", func(t *testing.T) { testRemoval(t, s) })
	t.Run("Locks", func(t *testing.T) { testLocks(t, s) })
	t.Run("LikeAMap", func(t *testing.T) { LikeAMap(t, s, 1, steps) })
}

// Put writes a file.
func Put(t *testing.T, s interface {
	Create(string) (io.WriteCloser, error)
}, name string, content []byte) {
	t.Helper()
	f, err := s.Create(name)
	if err == nil {
		_, err = f.Write(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Files come back as they were written, in whatever pieces.
func testFiles(t *testing.T, s shelf.Storage) {
	r := rand.New(rand.NewPCG(1, 1))
	large := noise(r, 3<<20+17)
	f, err := s.Create("files/deep/large")
	if err != nil {
		t.Fatal(err)
	}
	for rest := large; len(rest) > 0; {
		n := min(len(rest), 1+r.IntN(1<<20))
		if n, err := f.Write(rest[:n]); err != nil {
			t.Fatalf("wrote %d: %v", n, err)
		}
		rest = rest[n:]
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	Put(t, s, "files/empty", nil)
	Put(t, s, "files/small", []byte("a longer text that was here"))
	Put(t, s, "files/small", []byte("small"))
	for name, want := range map[string][]byte{"files/deep/large": large, "files/empty": {}, "files/small": []byte("small")} {
		if got, err := fs.ReadFile(s, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s came back as %d bytes, not the %d written (%v)", name, len(got), len(want), err)
		}
	}
	if space, err := s.Space(); err != nil || space.Used < int64(len(large)) || space.Left == 0 {
		t.Errorf("after %d bytes there is space %+v (%v)", len(large), space, err)
	}
	if err := s.Remove("files/deep/large"); err != nil { // TestFS reads byte by byte
		t.Fatal(err)
	}
	Put(t, s, "files/deep/few", []byte("a few bytes"))
	sub, err := fs.Sub(s, "files")
	if err == nil {
		err = fstest.TestFS(sub, "deep/few", "empty", "small")
	}
	if err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", "/files", "../files", "files/../x", "files//x"} {
		if f, err := s.Create(name); err == nil {
			f.Close()
			t.Errorf("%q could be created", name)
		}
		if err := s.Remove(name); err == nil {
			t.Errorf("%q could be removed", name)
		}
	}
}

// Several can read one file at a time, and at any place.
func testReaders(t *testing.T, s shelf.Storage) {
	content := noise(rand.New(rand.NewPCG(2, 2)), 1<<20)
	Put(t, s, "readers/file", content)
	var readers []io.ReaderAt
	for range 3 {
		f, err := s.Open("readers/file")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		readers = append(readers, f.(io.ReaderAt))
	}
	for i, at := range []int64{0, 1 << 19, 1<<20 - 3, 5} {
		got := make([]byte, 3)
		if n, err := readers[i%3].ReadAt(got, at); n != 3 || err != nil && err != io.EOF || !bytes.Equal(got, content[at:at+3]) {
			t.Errorf("at %d: read %v (%d, %v)", at, got, n, err)
		}
	}
	if n, err := readers[0].ReadAt(make([]byte, 10), 1<<20-4); n != 4 || err != io.EOF {
		t.Errorf("over the end: read %d, %v", n, err)
	}
	if n, err := readers[0].ReadAt(make([]byte, 10), 1<<21); n != 0 || err == nil {
		t.Errorf("behind the end: read %d, %v", n, err)
	}
}

func testRemoval(t *testing.T, s shelf.Storage) {
	for _, name := range []string{"removal/a/x", "removal/a/b/y", "removal/ab"} {
		Put(t, s, name, []byte(name))
	}
	for _, name := range []string{"removal/a", "removal/a", "removal/a/x", "nowhere/at/all"} {
		if err := s.Remove(name); err != nil {
			t.Errorf("remove %s: %v", name, err)
		}
	}
	for name, there := range map[string]bool{"removal/a": false, "removal/a/x": false, "removal/a/b/y": false, "removal/ab": true} {
		if _, err := fs.Stat(s, name); there && err != nil || !there && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want it there: %v", name, err, there)
		}
	}
}

func testLocks(t *testing.T, s shelf.Storage) {
	release, ok := s.Lock("one")
	if !ok {
		t.Fatal("a lock that nobody has is not to be had")
	}
	if _, again := s.Lock("one"); again {
		t.Error("a lock was had twice")
	}
	other, ok := s.Lock("two")
	if !ok {
		t.Fatal("another lock is not to be had")
	}
	other()
	release()
	if release, ok = s.Lock("one"); !ok {
		t.Fatal("a lock that was released is not to be had")
	}
	release()
}

// Model is what a shelf should hold of one model.
type Model struct {
	Name    string
	Deleted bool
	Files   map[string]string
}

// Models are those of a shelf, by id.
type Models map[string]Model

// Equal compares what two shelves hold.
func (m Models) Equal(n Models) bool {
	return maps.EqualFunc(m, n, func(a, b Model) bool {
		return a.Name == b.Name && a.Deleted == b.Deleted && maps.Equal(a.Files, b.Files)
	})
}

// Observe reads all that a shelf holds, and checks that List tells of it.
func Observe(s *shelf.Shelf) (Models, error) {
	items, err := s.List()
	if err != nil {
		return nil, err
	}
	all := Models{}
	for _, item := range items {
		files, err := Read(s, item.ID)
		if err != nil {
			return nil, err
		}
		size := int64(0)
		for name, content := range files {
			size += int64(len(content))
			if !slices.ContainsFunc(item.Files, func(f shelf.File) bool { return f.Name == name }) {
				return nil, fmt.Errorf("%s holds %s, which List does not tell", item.ID, name)
			}
		}
		if item.Damaged || item.Newer || item.Bytes != size || len(item.Files) != len(files) || item.Saved.IsZero() {
			return nil, fmt.Errorf("%s with %d bytes is listed as %+v", item.ID, size, item)
		}
		all[item.ID] = Model{item.Name, item.Deleted, files}
	}
	return all, nil
}

// Read reads the files of a model.
func Read(s *shelf.Shelf, id string) (map[string]string, error) {
	fsys, err := s.Open(id)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	entries, err := fs.ReadDir(fsys, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return files, nil // a save without files
	}
	for _, e := range entries {
		content, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		files[e.Name()] = string(content)
	}
	return files, err
}

// Writes is a save's write for these files.
func Writes(files map[string]string) func(shelf.Sink) error {
	return func(to shelf.Sink) error {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			f, err := to.Create(name)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(f, files[name]); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		return nil
	}
}

// Step is something done to a shelf, and what should become of its models.
type Step struct {
	Does   string
	Do     func(*shelf.Shelf) error
	Then   Models
	Purges bool // models one by one: it may be cut off between two
}

// Copy stands in a step's Then for the id of a duplicate.
const Copy = "copy"

// Allows tells whether a shelf that held models before may hold now what it
// does, after a step that finished or was cut off.
func (s Step) Allows(before, now Models, finished bool) bool {
	named := Models{}
	for id, m := range now {
		_, was := before[id]
		if _, expected := s.Then[id]; !was && !expected {
			id = Copy
		}
		named[id] = m
	}
	if finished || !s.Purges {
		return len(named) == len(now) && (named.Equal(s.Then) || !finished && named.Equal(before))
	}
	return now.within(before) && s.Then.within(now)
}

// within tells whether n holds all of m.
func (m Models) within(n Models) bool {
	both := maps.Clone(n)
	maps.DeleteFunc(both, func(id string, _ Model) bool { _, in := m[id]; return !in })
	return m.Equal(both)
}

// RandomStep is some step from where a shelf holds models.
func RandomStep(r *rand.Rand, models Models) Step {
	then, ids := maps.Clone(models), slices.Sorted(maps.Keys(models))
	if len(ids) == 0 || len(ids) < 4 && r.IntN(8) == 0 {
		ids = []string{fmt.Sprintf("%032x", r.Uint64())}
	}
	id := ids[r.IntN(len(ids))]
	m, there := models[id]
	at := func(does string, do func(*shelf.Shelf) error) Step {
		return Step{Does: does + " " + id, Do: do, Then: then}
	}
	switch kind := r.IntN(10); {
	case kind < 4 || !there:
		m.Files = randomFiles(r)
		then[id] = m
		return at("save", func(s *shelf.Shelf) error { return s.Save(id, Writes(m.Files)) })
	case kind == 4:
		m.Name = fmt.Sprint("name ", r.IntN(1000), " <é>")
		then[id] = m
		return at("rename", func(s *shelf.Shelf) error { return s.Rename(id, m.Name) })
	case kind == 5:
		m.Deleted = true
		then[id] = m
		return at("delete", func(s *shelf.Shelf) error { return s.Delete(id) })
	case kind == 6:
		m.Deleted = false
		then[id] = m
		return at("undelete", func(s *shelf.Shelf) error { return s.Undelete(id) })
	case kind == 7:
		text := noise(r, r.IntN(50))
		return Step{Does: "keep a text", Do: func(s *shelf.Shelf) error { return keepText(s, text) }, Then: then}
	case kind == 8:
		maps.DeleteFunc(then, func(_ string, m Model) bool { return m.Deleted })
		return Step{Does: "purge", Do: (*shelf.Shelf).Purge, Then: then, Purges: true}
	default:
		then[Copy] = Model{Name: m.Name, Files: m.Files}
		return at("duplicate", func(s *shelf.Shelf) error {
			_, err := s.Duplicate(id)
			return err
		})
	}
}

func keepText(s *shelf.Shelf, text []byte) error {
	hash, err := s.KeepText(text)
	if err != nil {
		return err
	}
	want := sha256.Sum256(text)
	got, err := s.Text(hash)
	if err == nil && (hash != hex.EncodeToString(want[:]) || !bytes.Equal(got, text)) {
		err = fmt.Errorf("a text of %d bytes came back as %d under %s", len(text), len(got), hash)
	}
	return err
}

func randomFiles(r *rand.Rand) map[string]string {
	files := map[string]string{}
	for range r.IntN(4) {
		files[string(rune('a'+r.IntN(5)))+".bin"] = string(noise(r, r.IntN(40)))
	}
	return files
}

// LikeAMap takes random steps and compares the shelf with a plain map after
// each; now and then another shelf goes on in the storage.
func LikeAMap(t *testing.T, storage shelf.Storage, seed uint64, steps int) {
	r := rand.New(rand.NewPCG(seed, 0))
	s, models := shelf.New(storage), Models{}
	for i := range steps {
		if r.IntN(5) == 0 {
			s = shelf.New(storage)
		}
		step := RandomStep(r, models)
		if err := step.Do(s); err != nil {
			t.Fatalf("step %d, %s: %v", i, step.Does, err)
		}
		got, err := Observe(s)
		if err != nil {
			t.Fatalf("after step %d, %s: %v", i, step.Does, err)
		}
		if !step.Allows(models, got, true) {
			t.Fatalf("after step %d, %s: the shelf holds %v, want %v", i, step.Does, got, step.Then)
		}
		models = got
	}
}
