package shelf_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

func TestPeek(t *testing.T) {
	_, s := twice(t)
	files, err := s.Peek(one)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"config.json": "{}", "weights": "second"} {
		for range 2 {
			if text, err := fs.ReadFile(files, name); err != nil || string(text) != want {
				t.Errorf("peeked at %q (%v)", text, err)
			}
		}
	}
	if _, err := fs.ReadFile(files, "nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("peeked at no file: %v", err)
	}
	large := strings.Repeat("x", 16<<20+1)
	save(t, s, one, large)
	if files, err = s.Peek(one); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(files, "weights"); err == nil {
		t.Error("peeked at a large file")
	}
	holds(t, s, one, large)
}

// Peek shows the save that Open would open, as far as it can tell.
func TestPeekAtDamaged(t *testing.T) {
	for what, spoil := range map[string]func(*testing.T, *shelftest.Memory){
		"a changed file": func(t *testing.T, d *shelftest.Memory) { change(t, d, "b/weights", "second", "secund") },
		"a shorter file": func(t *testing.T, d *shelftest.Memory) { change(t, d, "b/weights", "second", "secon") },
		"a missing file": func(_ *testing.T, d *shelftest.Memory) { delete(d.MapFS, "models/"+one+"/b/config.json") },
	} {
		disk, s := twice(t)
		spoil(t, disk)
		files, err := s.Peek(one)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := fs.ReadFile(files, "weights"); err != nil || string(text) != "first" {
			t.Errorf("past %s it peeked at %q (%v)", what, text, err)
		}
	}
	disk, s := twice(t)
	change(t, disk, "a/weights", "first", "furst")
	change(t, disk, "b/weights", "second", "secund")
	files, err := s.Peek(one)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(files, "config.json"); err != nil || string(text) != "{}" {
		t.Errorf("where no save is whole it peeked at %q (%v)", text, err)
	}
	if _, err := fs.ReadFile(files, "weights"); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("peeked at a damaged file: %v", err)
	}
}

// A large file is compared when it is opened only.
func TestPeekAtLarge(t *testing.T) {
	disk, s := twice(t)
	large := strings.Repeat("x", 64<<10) + "end"
	save(t, s, one, large)
	files, err := s.Peek(one)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(files, "weights"); err != nil || string(text) != large {
		t.Errorf("peeked at %d bytes (%v)", len(text), err)
	}
	change(t, disk, "a/weights", "end", "and")
	if _, err := fs.ReadFile(files, "weights"); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("peeked at a damaged file: %v", err)
	}
}

// Who reads a model reads its large files once; where one of them has changed,
// and who reads notices, the save before is read.
func TestReadOnce(t *testing.T) {
	large := strings.Repeat("first ", 20_000)
	disk := shelftest.NewMemory(1)
	s := shelf.New(disk)
	save(t, s, one, large)
	save(t, s, one, strings.Replace(large, "first", "second", 1))
	counted := &countingStorage{Storage: disk, bytes: map[string]int64{}}
	var got string
	read := func(files fs.FS) error {
		text, err := fs.ReadFile(files, "weights")
		if got = string(text); strings.Contains(got, "secund") {
			return errors.New("it has changed")
		}
		return err
	}
	if err := shelf.New(counted).Read(one, read); err != nil || !strings.HasPrefix(got, "second") {
		t.Fatalf("read %.10q (%v)", got, err)
	}
	if n := counted.bytes["models/"+one+"/b/weights"]; n != int64(len(got)) {
		t.Errorf("of %d bytes of weights %d were read", len(got), n)
	}
	refuse := errors.New("I cannot use this")
	if err := s.Read(one, func(fs.FS) error { return refuse }); err != refuse {
		t.Errorf("got %v for a save that is whole", err)
	}
	change(t, disk, "b/weights", "second", "secund")
	if err := s.Read(one, read); err != nil || got != large {
		t.Errorf("beside a save with a changed file %.10q was read (%v)", got, err)
	}
	change(t, disk, "a/weights", "first", "secund")
	if err := s.Read(one, read); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("got %v where no save is whole", err)
	}
}

// A list that was made before is made again from manifests and labels alone.
func TestListAgain(t *testing.T) {
	disk, _ := twice(t)
	counted := &countingStorage{Storage: disk, bytes: map[string]int64{}, opened: map[string]int{}}
	s := shelf.New(counted)
	list := func() (items []shelf.Item) {
		clear(counted.opened)
		items, err := s.List()
		if err != nil || len(items) != 1 || items[0].Damaged {
			t.Fatalf("listed as %+v (%v)", items, err)
		}
		return items
	}
	first := list()
	if again := list(); !again[0].Saved.Equal(first[0].Saved) || len(again[0].Files) != len(first[0].Files) {
		t.Errorf("listed as %+v and as %+v", first, again)
	}
	for name := range counted.opened {
		if strings.HasSuffix(name, "/weights") {
			t.Errorf("%s is asked for again", name)
		}
	}
	save(t, shelf.New(disk), one, "third")
	if items := list(); !items[0].Saved.After(first[0].Saved) || counted.opened["models/"+one+"/a/weights"]+counted.opened["models/"+one+"/b/weights"] == 0 {
		t.Errorf("a newer save is listed as %+v", items)
	}
}

// countingStorage counts the bytes that are read of each file, and how often it
// is opened.
type countingStorage struct {
	shelf.Storage
	bytes  map[string]int64
	opened map[string]int // files; nil: they are not counted
}

func (c *countingStorage) Open(name string) (fs.File, error) {
	f, err := c.Storage.Open(name)
	if info, _ := fs.Stat(c.Storage, name); err != nil || info == nil || info.IsDir() {
		return f, err
	}
	if c.opened != nil {
		c.opened[name]++
	}
	return countingFile{f, c, name}, err
}

type countingFile struct {
	fs.File
	c    *countingStorage
	name string
}

func (f countingFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.c.bytes[f.name] += int64(n)
	return n, err
}
