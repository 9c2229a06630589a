package shelftest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"hornbook/web/shelf"
)

// ErrStopped is what a Memory answers once it has stopped.
var ErrStopped = errors.New("the storage has stopped")

// Memory is a shelf.Storage in memory that can be made to stop, as if the
// program were killed, and to be full. It is for one goroutine.
type Memory struct {
	fstest.MapFS
	shelf.Locks
	Fuel    int   // operations until it stops; negative: it does not
	Room    int64 // bytes that it holds at most
	stopped bool
	rand    *rand.Rand
	open    map[string]*memoryFile // that are being written
}

// NewMemory is an empty storage; the seed is for what a stop leaves behind.
func NewMemory(seed uint64) *Memory {
	return &Memory{MapFS: fstest.MapFS{}, Fuel: -1, Room: 1 << 40, rand: rand.New(rand.NewPCG(seed, 0)), open: map[string]*memoryFile{}}
}

// Restart is what a program finds that starts after this one was killed: each
// file that was being written is as it was before, torn, garbled, or missing.
func (m *Memory) Restart() *Memory {
	next := m.Clone(m.rand.Uint64())
	for _, name := range slices.Sorted(maps.Keys(m.open)) {
		f := m.open[name]
		switch kept := slices.Clone(f.content[:m.rand.IntN(len(f.content)+1)]); m.rand.IntN(4) {
		case 0:
			if f.before != nil {
				next.MapFS[name] = f.before
			}
		case 1:
			next.put(name, kept)
		case 2:
			next.put(name, append(kept, make([]byte, m.rand.IntN(50))...))
		}
	}
	return next
}

// Clone is another storage with the same files.
func (m *Memory) Clone(seed uint64) *Memory {
	next := NewMemory(seed)
	next.Room = m.Room
	maps.Copy(next.MapFS, m.MapFS)
	return next
}

// Names are those of all files.
func (m *Memory) Names() []string { return slices.Sorted(maps.Keys(m.MapFS)) }

// Bytes is what the files take up.
func (m *Memory) Bytes() (n int64) {
	for _, f := range m.MapFS {
		n += int64(len(f.Data))
	}
	for _, f := range m.open {
		n += int64(len(f.content))
	}
	return n
}

// burn takes one of the fuel and tells whether there was one. With none left
// the storage has stopped.
func (m *Memory) burn() bool {
	if m.Fuel > 0 {
		m.Fuel--
		return true
	}
	m.stopped = m.Fuel == 0
	return !m.stopped
}

func (m *Memory) put(name string, content []byte) {
	m.MapFS[name] = &fstest.MapFile{Data: content, Mode: 0o666, ModTime: time.Now()}
}

// Open opens a file for reading. One that is being written cannot be opened,
// as in a browser.
func (m *Memory) Open(name string) (fs.File, error) {
	if m.stopped {
		return nil, ErrStopped
	}
	if m.open[name] != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return m.MapFS.Open(name)
}

// Stat, ReadDir, ReadFile, Glob and Sub go by Open.
func (m *Memory) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(opener{m}, name) }
func (m *Memory) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(opener{m}, name) }
func (m *Memory) ReadFile(name string) ([]byte, error)       { return fs.ReadFile(opener{m}, name) }
func (m *Memory) Glob(pattern string) ([]string, error)      { return fs.Glob(opener{m}, pattern) }
func (m *Memory) Sub(name string) (fs.FS, error)             { return fs.Sub(opener{m}, name) }

// opener is a Memory of which only Open is known.
type opener struct{ m *Memory }

func (o opener) Open(name string) (fs.File, error) { return o.m.Open(name) }

// Create is Storage's.
func (m *Memory) Create(name string) (io.WriteCloser, error) {
	if !m.burn() {
		return nil, ErrStopped
	}
	if !fs.ValidPath(name) || m.open[name] != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrInvalid}
	}
	f := &memoryFile{memory: m, name: name, before: m.MapFS[name]}
	delete(m.MapFS, name)
	m.open[name] = f
	return f, nil
}

// Remove is Storage's. Of a folder it removes the files in any order.
func (m *Memory) Remove(name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrInvalid}
	}
	var names []string
	for at := range m.MapFS {
		if at == name || strings.HasPrefix(at, name+"/") {
			names = append(names, at)
		}
	}
	for at := range m.open {
		if at == name || strings.HasPrefix(at, name+"/") {
			return fmt.Errorf("%s is being written", at)
		}
	}
	slices.Sort(names)
	m.rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, at := range append(names, "") {
		if !m.burn() {
			return ErrStopped
		}
		delete(m.MapFS, at)
	}
	return nil
}

// Space is Storage's.
func (m *Memory) Space() (shelf.Space, error) {
	return shelf.Space{Used: m.Bytes(), Left: m.Room - m.Bytes()}, nil
}

// memoryFile is a file that is being written.
type memoryFile struct {
	memory  *Memory
	name    string
	before  *fstest.MapFile
	content []byte
}

// Write writes what there is room for; one that is stopped, a part.
func (f *memoryFile) Write(b []byte) (int, error) {
	m := f.memory
	if m.stopped {
		return 0, ErrStopped
	}
	n := int(min(m.Room-m.Bytes(), int64(len(b))))
	going := m.burn()
	if !going {
		n = m.rand.IntN(n + 1)
	}
	f.content = append(f.content, b[:n]...)
	switch {
	case !going:
		return n, ErrStopped
	case n < len(b):
		return n, fmt.Errorf("write %s: %w", f.name, shelf.ErrFull)
	}
	return n, nil
}

func (f *memoryFile) Close() error {
	if !f.memory.burn() {
		return ErrStopped
	}
	delete(f.memory.open, f.name)
	f.memory.put(f.name, f.content)
	return nil
}
