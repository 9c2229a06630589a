package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
)

// newSuffix marks a file that is being saved, or was and waits to be renamed.
const newSuffix = ".new"

// disk is what Save does to a folder. Whatever it does can be the last thing
// that happens.
type disk interface {
	fs.FS
	Create(name string) (syncer, error)
	Rename(from, to string) error
	Remove(name string) error
	Sync() error // makes renames last
}

// syncer is a file that is written and made to last.
type syncer interface {
	io.WriteCloser
	Sync() error
}

// Save writes run into the folder dir, which is made if it is missing. At
// whatever moment it is cut off, Load finds either this save or, whole, the one
// before: files are written as NAME.new, run.json is renamed, which is the
// moment, and then the others are.
func Save(dir string, run Run) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	return save(osDisk{os.DirFS(dir), dir}, run)
}

// Load reads the run that Save wrote to dir.
func Load(dir string) (Run, error) { return LoadWithin(dir, noLimit) }

// LoadWithin is Load of a run that takes at most limit bytes.
func LoadWithin(dir string, limit float64) (Run, error) {
	run, err := ReadWithin(os.DirFS(dir), limit)
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", dir, err)
	}
	return run, nil
}

func save(d disk, run Run) error {
	if err := ours(d); err != nil {
		return err
	}
	if err := settle(d); err != nil {
		return fmt.Errorf("checkpoint: finish the save before: %w", err)
	}
	if err := Write(newFiles{d}, run); err != nil {
		settle(d) // what was written of it takes room
		return err
	}
	if err := d.Sync(); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	if err := d.Rename(RunFile+newSuffix, RunFile); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	if err := d.Sync(); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	if err := settle(d); err != nil {
		return fmt.Errorf("checkpoint: save: %w", err)
	}
	return nil
}

// Spare says why Save would refuse a folder: another program keeps a model there.
func Spare(dir string) error { return ours(osDisk{os.DirFS(dir), dir}) }

// ours refuses a folder that another program keeps a model in: a save of ours
// has no file of its plain name before it has a run.json.
func ours(d disk) error {
	if format.Exists(d, RunFile) {
		return nil
	}
	for _, name := range ourFiles {
		if format.Exists(d, name) {
			return format.Wrong(format.Unsupported, name, "it is there already, and not of a run that Hornbook saved; save to another folder, or move it away")
		}
	}
	return nil
}

// settle renames the files that wait for it, so that run.json goes with files
// of their plain names only, and removes what belongs to no save.
func settle(d disk) error {
	var f folder
	m, err := readManifest(d)
	if err == nil {
		if f, err = newFolder(d, m.SHA256); err != nil {
			return err
		}
	}
	var p *format.Problem
	if errors.As(err, &p) && p.Kind == format.Unsupported { // a newer Hornbook's save
		return err
	}
	// Without a readable run.json there is no save to be kept.
	for _, name := range ourFiles {
		switch at, belongs := f.names[name]; {
		case belongs && at != name:
			err = d.Rename(at, name)
		case format.Exists(d, name+newSuffix):
			err = d.Remove(name + newSuffix)
		default:
			err = nil
		}
		if err != nil {
			return err
		}
		if _, belongs := f.names[name]; !belongs && f.names != nil && name != RunFile && format.Exists(d, name) {
			if err := d.Remove(name); err != nil {
				return err
			}
		}
	}
	return d.Sync()
}

// ourFiles are all that a run's folder can hold.
var ourFiles = []string{RunFile, layout.ConfigFile, layout.WeightsFile, layout.TokenizerFile, layout.TokenizerConfigFile, optimizerFile, bestFile, frozenFile,
	layout.AdapterConfigFile, layout.AdapterFile, logFile, layout.GenerationFile, layout.SpecialsFile, layout.TemplateFile, layout.OldTemplateFile, layout.GGUFFile, "added_tokens.json"}

// newFiles is a Sink of files that are being saved.
type newFiles struct{ disk }

func (n newFiles) Create(name string) (io.WriteCloser, error) {
	f, err := n.disk.Create(name + newSuffix)
	if err != nil {
		return nil, err
	}
	return syncOnClose{f}, nil
}

// syncOnClose is a file that lasts when it is closed.
type syncOnClose struct{ syncer }

func (f syncOnClose) Close() error { return errors.Join(f.Sync(), f.syncer.Close()) }

// osDisk is a folder of the operating system.
type osDisk struct {
	fs.FS
	dir string
}

func (d osDisk) Create(name string) (syncer, error) { return os.Create(filepath.Join(d.dir, name)) }
func (d osDisk) Rename(from, to string) error {
	return os.Rename(filepath.Join(d.dir, from), filepath.Join(d.dir, to))
}
func (d osDisk) Remove(name string) error { return os.Remove(filepath.Join(d.dir, name)) }

// Sync makes renames last where the system lets a folder be synced.
func (d osDisk) Sync() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); runtime.GOOS != "windows" && runtime.GOOS != "js" {
		return err
	}
	return nil
}
