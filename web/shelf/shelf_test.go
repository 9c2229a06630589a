package shelf_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

// holds checks the content of a model's file weights.
func holds(t *testing.T, s *shelf.Shelf, id, want string) {
	t.Helper()
	files, err := shelftest.Read(s, id)
	if err != nil || files["weights"] != want {
		t.Errorf("%s holds %q, want %q (%v)", id, files["weights"], want, err)
	}
}

func save(t *testing.T, s *shelf.Shelf, id, weights string) {
	t.Helper()
	if err := s.Save(id, shelftest.Writes(map[string]string{"weights": weights, "config.json": "{}"})); err != nil {
		t.Fatal(err)
	}
}

// twice is a shelf with a model that was saved as "first" in slot a and then as
// "second" in slot b.
func twice(t *testing.T) (*shelftest.Memory, *shelf.Shelf) {
	t.Helper()
	disk := shelftest.NewMemory(1)
	s := shelf.New(disk)
	save(t, s, one, "first")
	save(t, s, one, "second")
	return disk, shelf.New(disk)
}

// change changes what lies in a file of the model.
func change(t *testing.T, disk *shelftest.Memory, name, old, new string) {
	t.Helper()
	file := disk.MapFS["models/"+one+"/"+name]
	if file == nil || !bytes.Contains(file.Data, []byte(old)) {
		t.Fatalf("%s has no %q; there are %v", name, old, disk.Names())
	}
	file.Data = bytes.Replace(bytes.Clone(file.Data), []byte(old), []byte(new), 1)
}

func TestDamage(t *testing.T) {
	for what, spoil := range map[string]func(*testing.T, *shelftest.Memory){
		"a changed file":     func(t *testing.T, d *shelftest.Memory) { change(t, d, "b/weights", "second", "secund") },
		"a shorter file":     func(t *testing.T, d *shelftest.Memory) { change(t, d, "b/weights", "second", "secon") },
		"a missing file":     func(_ *testing.T, d *shelftest.Memory) { delete(d.MapFS, "models/"+one+"/b/weights") },
		"a missing manifest": func(_ *testing.T, d *shelftest.Memory) { delete(d.MapFS, "models/"+one+"/b.manifest.json") },
		"a changed manifest": func(t *testing.T, d *shelftest.Memory) { change(t, d, "b.manifest.json", `"number":2`, `"number":7`) },
		"a large manifest": func(t *testing.T, d *shelftest.Memory) {
			change(t, d, "b.manifest.json", "{", strings.Repeat(" ", 1<<20)+"{")
		},
	} {
		t.Run(what, func(t *testing.T) {
			disk, s := twice(t)
			spoil(t, disk)
			holds(t, s, one, "first")
			save(t, s, one, "third")
			holds(t, shelf.New(disk), one, "third")
			change(t, disk, "b/weights", "third", "")
			holds(t, s, one, "first") // the third went over the damaged one
		})
	}
}

func TestAllIsDamaged(t *testing.T) {
	disk, s := twice(t)
	if err := s.Rename(one, "mine"); err != nil {
		t.Fatal(err)
	}
	change(t, disk, "a/weights", "first", "")
	change(t, disk, "b/weights", "second", "")
	if _, err := s.Open(one); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("opened: %v", err)
	}
	items, err := s.List()
	if err != nil || len(items) != 1 || !items[0].Damaged || items[0].Name != "mine" {
		t.Fatalf("listed as %+v (%v)", items, err)
	}
	if _, err := s.Duplicate(one); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("copied: %v", err)
	}
	if err := errors.Join(s.Purge(), s.Delete(one), s.Purge()); err != nil || len(disk.Names()) > 0 {
		t.Errorf("after its deletion there are %v (%v)", disk.Names(), err)
	}
}

// A label that is lost or damaged costs the newest name, not the model.
func TestLabelIsDamaged(t *testing.T) {
	disk, s := twice(t)
	for _, name := range []string{"first name", "second name"} {
		if err := s.Rename(one, name); err != nil {
			t.Fatal(err)
		}
	}
	change(t, disk, "b.label.json", "second", "secund")
	items, err := s.List()
	if err != nil || len(items) != 1 || items[0].Name != "first name" {
		t.Errorf("listed as %+v (%v)", items, err)
	}
	change(t, disk, "a.label.json", "first", "furst")
	holds(t, s, one, "second")
	if err := s.Rename(one, "third name"); err != nil {
		t.Fatal(err)
	}
	if items, err = s.List(); err != nil || items[0].Name != "third name" {
		t.Errorf("listed as %+v (%v)", items, err)
	}
}

// What a newer Hornbook saved is shown and left alone.
func TestNewerVersion(t *testing.T) {
	disk, s := twice(t)
	body := `{"version":2,"content":{}}`
	disk.MapFS["models/"+one+"/a.manifest.json"].Data = fmt.Appendf(nil, `{"sha256":"%x","body":%s}`,
		sha256.Sum256([]byte(body)), body)
	before := disk.Names()
	_, openErr := s.Open(one)
	_, copyErr := s.Duplicate(one)
	for what, err := range map[string]error{"open": openErr, "copy": copyErr, "save": s.Save(one, shelftest.Writes(nil))} {
		if !errors.Is(err, shelf.ErrNewer) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if items, err := s.List(); err != nil || len(items) != 1 || !items[0].Newer || items[0].Damaged {
		t.Errorf("listed as %+v (%v)", items, err)
	}
	if err := errors.Join(s.Delete(one), s.Purge()); err != nil || len(disk.Names()) != len(before) {
		t.Errorf("purged to %v (%v)", disk.Names(), err)
	}
}

// A file that cannot be read now may be whole: nothing is written over it.
func TestUnreadableIsNotDamaged(t *testing.T) {
	disk, s := twice(t)
	busy, err := disk.Create("models/" + one + "/b/weights") // as if another tab had it open
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(one, shelftest.Writes(nil)); err == nil {
		t.Error("saved")
	}
	holds(t, s, one, "first")
	if _, err := busy.Write([]byte("second")); err != nil {
		t.Fatal(err)
	}
	if err := busy.Close(); err != nil {
		t.Fatal(err)
	}
	holds(t, s, one, "second")
}

func TestTwoTabs(t *testing.T) {
	disk, mine := twice(t)
	other := shelf.New(disk)
	release, err := mine.Hold(one)
	if err != nil {
		t.Fatal(err)
	}
	again, err := mine.Hold(one)
	if err != nil {
		t.Fatal(err)
	}
	again()
	again()
	_, copyErr := other.Duplicate(one)
	_, holdErr := other.Hold(one)
	for what, err := range map[string]error{"save": other.Save(one, shelftest.Writes(nil)), "copy": copyErr, "hold": holdErr,
		"rename": other.Rename(one, "x"), "delete": other.Delete(one), "undelete": other.Undelete(one)} {
		if !errors.Is(err, shelf.ErrBusy) {
			t.Errorf("%s while another tab holds the model: %v", what, err)
		}
	}
	holds(t, other, one, "second")
	save(t, mine, one, "third")
	if err := errors.Join(mine.Delete(one), mine.Purge(), other.Purge()); err != nil {
		t.Fatal(err)
	}
	holds(t, other, one, "third") // what is held is not purged
	release()
	if err := other.Purge(); err != nil {
		t.Fatal(err)
	}
	if _, err := mine.Open(one); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened what was purged: %v", err)
	}
}

// A half-made model is not listed, and not purged while somebody makes it.
func TestHalfMade(t *testing.T) {
	disk := shelftest.NewMemory(1)
	making, other := shelf.New(disk), shelf.New(disk)
	err := making.Save(one, func(to shelf.Sink) error {
		shelftest.Put(t, to, "weights", []byte("x"))
		if items, err := other.List(); err != nil || len(items) > 0 {
			t.Errorf("listed %+v (%v)", items, err)
		}
		return other.Purge()
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, other, one, "x")
}

var errGiveUp = errors.New("the writer gives up")

func TestSavesThatFail(t *testing.T) {
	for what, write := range map[string]func(shelf.Sink) error{
		"gives up": func(to shelf.Sink) error { _, err := to.Create("weights"); return errors.Join(errGiveUp, err) },
		"leaves a file open": func(to shelf.Sink) error {
			f, err := to.Create("weights")
			if err == nil {
				_, err = f.Write([]byte("x"))
			}
			return err
		},
		"creates a file twice": func(to shelf.Sink) error {
			shelftest.Put(t, to, "weights", nil)
			_, err := to.Create("weights")
			return err
		},
		"uses a bad name": func(to shelf.Sink) error { _, err := to.Create("../weights"); return err },
		"creates too many": func(to shelf.Sink) error {
			for i := range 1001 {
				shelftest.Put(t, to, fmt.Sprint(i), nil)
			}
			return nil
		},
	} {
		t.Run(what, func(t *testing.T) {
			disk, s := twice(t)
			if err := s.Save(one, write); err == nil {
				t.Error("saved")
			}
			holds(t, s, one, "second")
			if err := s.Save(two, write); err == nil {
				t.Error("saved a new model")
			}
			for _, name := range disk.Names() {
				if strings.Contains(name, two) || strings.Contains(name, "/a/") {
					t.Errorf("%s was left", name)
				}
			}
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := shelf.New(shelftest.NewMemory(1))
	for id, want := range map[string]error{one: fs.ErrNotExist, "../x": nil, "": nil} {
		_, openErr := s.Open(id)
		_, peekErr := s.Peek(id)
		_, copyErr := s.Duplicate(id)
		for what, err := range map[string]error{"open": openErr, "peek": peekErr, "copy": copyErr,
			"rename": s.Rename(id, "x"), "delete": s.Delete(id), "undelete": s.Undelete(id)} {
			if err == nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%s of %q: %v", what, id, err)
			}
		}
		if _, err := s.Text(id); err == nil {
			t.Errorf("there is a text %q", id)
		}
	}
	if err := s.Save("../x", shelftest.Writes(nil)); err == nil {
		t.Error("saved outside of the shelf")
	}
	if items, err := s.List(); err != nil || len(items) > 0 {
		t.Errorf("an empty shelf holds %v (%v)", items, err)
	}
}

func TestNames(t *testing.T) {
	_, s := twice(t)
	for _, name := range []string{strings.Repeat("x", shelf.MaxName+1), "\xff"} {
		if err := s.Rename(one, name); err == nil {
			t.Errorf("renamed to %q", name)
		}
	}
	copied, err := s.Duplicate(one)
	if err != nil || copied == one {
		t.Fatalf("copied to %s (%v)", copied, err)
	}
	save(t, s, one, "other")
	holds(t, s, copied, "second")
}

func TestDamagedText(t *testing.T) {
	disk := shelftest.NewMemory(1)
	s := shelf.New(disk)
	hash, err := s.KeepText([]byte("once"))
	if err != nil {
		t.Fatal(err)
	}
	disk.MapFS["texts/"+hash].Data = []byte("onc")
	if _, err := s.Text(hash); !errors.Is(err, shelf.ErrDamaged) {
		t.Errorf("a damaged text was read: %v", err)
	}
	if _, err := s.KeepText([]byte("once")); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Text(hash); err != nil || string(text) != "once" {
		t.Errorf("mended to %q (%v)", text, err)
	}
}
