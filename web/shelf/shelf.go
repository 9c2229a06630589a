package shelf

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"sync"
	"time"
)

// Shelf keeps models in a Storage. Its methods may be called from several
// goroutines; those that write take turns.
type Shelf struct {
	storage Storage
	writing sync.Mutex // held while a method writes

	facts sync.Mutex // guards what follows
	holds map[string]*hold
	whole map[string]int64 // by model, the number of a save that is known to be whole
	sizes map[string]int64 // and that of the newest when one had all its files in their sizes
}

// hold is a model's lock that lasts longer than a method.
type hold struct {
	count   int
	release func()
}

// New is the shelf that lies in a storage.
func New(s Storage) *Shelf {
	return &Shelf{storage: s, holds: map[string]*hold{}, whole: map[string]int64{}, sizes: map[string]int64{}}
}

// NewID is a name for a new model that no other has.
func NewID() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

const idBytes = 16

// Space is how much the shelf's storage holds.
func (s *Shelf) Space() (Space, error) { return s.storage.Space() }

// slots are the two places of a model's saves and labels.
var slots = [2]string{"a", "b"}

const modelsFolder, textsFolder = "models", "texts"

func folder(id string) string             { return path.Join(modelsFolder, id) }
func slotFolder(id, slot string) string   { return path.Join(modelsFolder, id, slot) }
func manifestFile(id, slot string) string { return path.Join(modelsFolder, id, slot+".manifest.json") }
func labelFile(id, slot string) string    { return path.Join(modelsFolder, id, slot+".label.json") }

// wrap says what failed on which model.
func wrap(what, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("shelf: %s model %s: %w", what, id, err)
}

// Hold keeps other tabs from writing a model, until it is released, for as
// long as this one works on it. Methods of this Shelf go on as ever. The error
// is ErrBusy while another has it.
func (s *Shelf) Hold(id string) (release func(), err error) {
	release, err = s.hold(id)
	return release, wrap("hold", id, err)
}

func (s *Shelf) hold(id string) (release func(), err error) {
	if !isHex(id, idBytes) {
		return nil, fmt.Errorf("%q is no id of a model", id)
	}
	s.facts.Lock()
	defer s.facts.Unlock()
	h := s.holds[id]
	if h == nil {
		free, ok := s.storage.Lock(folder(id))
		if !ok {
			return nil, ErrBusy
		}
		h = &hold{release: free}
		s.holds[id] = h
	}
	h.count++
	return sync.OnceFunc(func() { s.letGo(id) }), nil
}

func (s *Shelf) isHeld(id string) bool {
	s.facts.Lock()
	defer s.facts.Unlock()
	return s.holds[id] != nil
}

func (s *Shelf) letGo(id string) {
	s.facts.Lock()
	defer s.facts.Unlock()
	h := s.holds[id]
	if h.count--; h.count == 0 {
		delete(s.holds, id)
		h.release()
	}
}

// lock is for a method that writes a model.
func (s *Shelf) lock(id string) (release func(), err error) {
	s.writing.Lock()
	free, err := s.hold(id)
	if err != nil {
		s.writing.Unlock()
		return nil, err
	}
	return func() {
		free()
		s.writing.Unlock()
	}, nil
}

// save is a save with a readable manifest; its files may be damaged.
type save struct {
	slot string
	manifest
}

// saves lists a model's saves, the newest first. Without any the error is
// fs.ErrNotExist; if one is of a newer version, ErrNewer.
func (s *Shelf) saves(id string) (found []save, err error) {
	if !isHex(id, idBytes) {
		return nil, fmt.Errorf("%q is no id of a model", id)
	}
	for _, slot := range slots {
		text, err := readSmall(s.storage, manifestFile(id, slot), maxSealed)
		if err == nil {
			var m manifest
			if m, err = readManifest(text); err == nil {
				found = append(found, save{slot, m})
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no save of it: %w", fs.ErrNotExist)
	}
	slices.SortFunc(found, func(a, b save) int { return cmp.Compare(b.Number, a.Number) })
	return found, nil
}

// Item is a model on the shelf.
type Item struct {
	ID      string
	Name    string    // as Rename left it, or ""
	Deleted bool      // Undelete can bring it back
	Saved   time.Time // the newest save, as what follows
	Bytes   int64
	Files   []File
	Damaged bool // it cannot be read; it can be deleted
	Newer   bool // it was saved by a newer Hornbook, which can read it
}

// List is what lies on the shelf, the newest first, with what is deleted and not
// yet purged. The files themselves are not read; a save that Open finds damaged
// may still be listed. What has not changed since the last List costs two small
// files each of manifests and labels.
func (s *Shelf) List() (items []Item, err error) {
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		item, err := s.item(id)
		if !errors.Is(err, fs.ErrNotExist) { // half-made, or just removed
			items = append(items, item)
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return b.Saved.Compare(a.Saved) })
	return items, nil
}

// Name is what Rename left a model with, or "".
func (s *Shelf) Name(id string) string {
	if !isHex(id, idBytes) {
		return ""
	}
	label, _ := s.label(id)
	return label.Name
}

// ids are the models' folders.
func (s *Shelf) ids() (ids []string, err error) {
	entries, err := fs.ReadDir(s.storage, modelsFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("shelf: list: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() && isHex(e.Name(), idBytes) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// item describes a model. The error is of its saves; whatever else is wrong
// makes it Damaged.
func (s *Shelf) item(id string) (Item, error) {
	label, labelErr := s.label(id)
	saves, err := s.saves(id)
	item := Item{ID: id, Name: label.Name, Deleted: label.Deleted, Newer: errors.Is(err, ErrNewer) || errors.Is(labelErr, ErrNewer)}
	item.Damaged = !item.Newer && (err != nil || labelErr != nil || !s.anySized(id, saves))
	if err == nil {
		newest := saves[0]
		item.Saved, item.Bytes, item.Files = newest.Saved, newest.bytes(), newest.Files
	}
	return item, err
}

// anySized tells whether one of the saves has all its files in their sizes, by
// asking once as long as there is no newer one.
func (s *Shelf) anySized(id string, saves []save) bool {
	s.facts.Lock()
	asked := s.sizes[id] == saves[0].Number
	s.facts.Unlock()
	if asked || !slices.ContainsFunc(saves, func(c save) bool { return s.sized(id, c) == nil }) {
		return asked
	}
	s.facts.Lock()
	s.sizes[id] = saves[0].Number
	s.facts.Unlock()
	return true
}

// sized checks that a save's files are there in their sizes.
func (s *Shelf) sized(id string, c save) error {
	for _, f := range c.Files {
		name := path.Join(slotFolder(id, c.slot), f.Name)
		info, err := fs.Stat(s.storage, name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != f.Bytes {
			return fmt.Errorf("%w: %s is missing or has another size", ErrDamaged, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// textFile is where a text lies.
func textFile(hash string) (string, error) {
	if !isHex(hash, sha256.Size) {
		return "", fmt.Errorf("%q is no SHA-256 of a text", hash)
	}
	return path.Join(textsFolder, hash), nil
}
