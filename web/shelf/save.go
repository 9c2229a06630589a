package shelf

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"time"
)

// Sink takes the files of a save. Each is to be closed before write returns.
type Sink interface {
	Create(name string) (io.WriteCloser, error)
}

// Save keeps a model, whose files write makes, in place of what was kept of it
// before; a new id makes a new model. Once it returns nil the save is whole;
// whatever goes wrong, the one before stays. The texts, by the hashes that
// KeepText gave, are kept for as long as the save is. Write must not call the
// shelf.
//
// Errors are ErrFull, ErrBusy, ErrNewer, those of write, and ErrNoText for a
// text that is not there (any more): KeepText it again.
func (s *Shelf) Save(id string, write func(Sink) error, texts ...string) error {
	release, err := s.lock(id)
	if err != nil {
		return wrap("save", id, err)
	}
	defer release()
	return wrap("save", id, s.save(id, "", write, texts))
}

// save saves under the model's lock; name is for a model that has none.
func (s *Shelf) save(id, name string, write func(Sink) error, texts []string) error {
	saves, err := s.saves(id)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kept, err := s.newestWhole(id, saves)
	if err != nil {
		return err
	}
	next := manifest{Number: 1, Saved: time.Now().UTC(), Texts: texts}
	if len(saves) > 0 {
		next.Number = saves[0].Number + 1
	}
	slot := slots[0]
	if kept == slot {
		slot = slots[1]
	}
	err = s.fill(id, slot, name, next, write)
	switch {
	case err == nil:
		s.know(id, next.Number)
	case len(saves) == 0:
		s.storage.Remove(folder(id)) // if that fails too, Purge does it
	default:
		s.drop(id, slot) // likewise
	}
	return err
}

// newestWhole is the slot of the newest whole save, "" if there is none. Files
// that cannot be read, for another reason than damage, are an error: they may
// be whole.
func (s *Shelf) newestWhole(id string, saves []save) (slot string, err error) {
	for _, c := range saves {
		if s.known(id, c.Number) {
			return c.slot, nil
		}
		if err = s.verify(id, c); err == nil {
			return c.slot, nil
		}
		if !errors.Is(err, ErrDamaged) {
			return "", err
		}
	}
	return "", nil
}

// know remembers a whole save.
func (s *Shelf) know(id string, number int64) {
	s.facts.Lock()
	defer s.facts.Unlock()
	s.whole[id] = number
}

func (s *Shelf) known(id string, number int64) bool {
	s.facts.Lock()
	defer s.facts.Unlock()
	return s.whole[id] == number
}

// drop removes a save, its manifest first, so that it is never taken for
// whole.
func (s *Shelf) drop(id, slot string) error {
	if err := s.storage.Remove(manifestFile(id, slot)); err != nil {
		return err
	}
	return s.storage.Remove(slotFolder(id, slot))
}

// fill puts a save in a slot, its manifest last.
func (s *Shelf) fill(id, slot, name string, m manifest, produce func(Sink) error) error {
	for _, t := range m.Texts {
		if file, err := textFile(t); err != nil {
			return err
		} else if _, err := fs.Stat(s.storage, file); err != nil {
			return fmt.Errorf("%w: %w", ErrNoText, err)
		}
	}
	if err := s.drop(id, slot); err != nil {
		return err
	}
	if err := s.prepare(id, name); err != nil {
		return err
	}
	files := &sink{storage: s.storage, folder: slotFolder(id, slot)}
	err := produce(files)
	if problem := files.close(); err == nil {
		err = problem
	}
	if err != nil {
		return err
	}
	for _, f := range files.files {
		m.Files = append(m.Files, File{f.name, f.bytes, hex.EncodeToString(f.hash.Sum(nil))})
	}
	if err := m.check(); err != nil {
		return err
	}
	text, err := seal(m)
	if err != nil {
		return err
	}
	return write(s.storage, manifestFile(id, slot), text)
}

// sink is the Sink of one save.
type sink struct {
	storage Storage
	folder  string
	files   []*file
}

// file is a file that is being saved, and what its manifest will say.
type file struct {
	io.WriteCloser
	name   string
	bytes  int64
	hash   hash.Hash
	closed bool
	err    error // the first one
}

func (s *sink) Create(name string) (io.WriteCloser, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	for _, f := range s.files {
		if f.name == name {
			return nil, fmt.Errorf("shelf: the file %s was created twice in one save", name)
		}
	}
	w, err := s.storage.Create(path.Join(s.folder, name))
	if err != nil {
		return nil, err
	}
	f := &file{WriteCloser: w, name: name, hash: sha256.New()}
	s.files = append(s.files, f)
	return f, nil
}

func (f *file) Write(b []byte) (int, error) {
	if f.closed {
		return 0, fs.ErrClosed
	}
	n, err := f.WriteCloser.Write(b)
	f.hash.Write(b[:n])
	f.bytes += int64(n)
	f.err = cmp.Or(f.err, err)
	return n, err
}

func (f *file) Close() error {
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	err := f.WriteCloser.Close()
	f.err = cmp.Or(f.err, err)
	return err
}

// close closes what was left open, which is a problem, as is any other that
// the files had, whether or not their writer minded.
func (s *sink) close() (problem error) {
	for _, f := range s.files {
		if !f.closed {
			f.Close()
			f.err = cmp.Or(f.err, fmt.Errorf("shelf: the file %s was not closed", f.name))
		}
		problem = cmp.Or(problem, f.err)
	}
	return problem
}

// Duplicate copies a model's newest whole save, and its name, to a new model.
func (s *Shelf) Duplicate(id string) (newID string, err error) {
	release, err := s.lock(id)
	if err != nil {
		return "", wrap("duplicate", id, err)
	}
	defer release()
	label, err := s.label(id)
	if err != nil {
		return "", wrap("duplicate", id, err)
	}
	from, err := s.open(id)
	if err != nil {
		return "", wrap("duplicate", id, err)
	}
	newID = NewID()
	free, err := s.hold(newID)
	if err != nil {
		return "", wrap("duplicate", id, err)
	}
	defer free()
	copies := func(to Sink) error {
		for _, f := range from.Files {
			if err := copyFile(to, f, s.storage, slotFolder(id, from.slot)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.save(newID, label.Name, copies, from.Texts); err != nil {
		return "", wrap("duplicate", id, err)
	}
	return newID, nil
}

func copyFile(to Sink, f File, fsys fs.FS, folder string) error {
	r, err := fsys.Open(path.Join(folder, f.Name))
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := to.Create(f.Name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, inChunks(r, f.Bytes)); err != nil {
		return err
	}
	return w.Close()
}
