package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"
)

// MaxText is how long a text may be, in bytes.
const MaxText = 256 << 20

// KeepText keeps a text, once however often it is given, and returns its
// SHA-256, by which Save mentions it. A text that no save mentions stays for a
// day.
func (s *Shelf) KeepText(text []byte) (hash string, err error) {
	if len(text) > MaxText {
		return "", fmt.Errorf("shelf: a text of %d bytes is over the limit of %d", len(text), MaxText)
	}
	hash = sum(text)
	name, err := textFile(hash)
	if err != nil {
		return "", err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	release, ok := s.storage.Lock(name)
	if !ok {
		return "", fmt.Errorf("shelf: keep text %s: %w", hash, ErrBusy)
	}
	defer release()
	if kept, err := hashFile(s.storage, name, int64(len(text))); err == nil && kept == hash {
		return hash, nil
	}
	if err := write(s.storage, name, text); err != nil {
		s.storage.Remove(name) // if that fails too, Purge does it
		return "", fmt.Errorf("shelf: keep text %s: %w", hash, err)
	}
	return hash, nil
}

// Text is the text of a hash.
func (s *Shelf) Text(hash string) ([]byte, error) {
	name, err := textFile(hash)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	text, err := readSmall(s.storage, name, MaxText)
	if err == nil && sum(text) != hash {
		err = ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("shelf: text %s: %w", hash, err)
	}
	return text, nil
}

// textStays is how long a text stays that no save mentions yet.
const textStays = 24 * time.Hour

// purgeTexts removes texts that nothing mentions.
func (s *Shelf) purgeTexts(mentioned map[string]bool) error {
	entries, err := fs.ReadDir(s.storage, textsFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("shelf: purge: %w", err)
	}
	var problems error
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && !mentioned[e.Name()] && time.Since(info.ModTime()) > textStays {
			err = s.storage.Remove(path.Join(textsFolder, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = errors.Join(problems, fmt.Errorf("shelf: purge text %s: %w", e.Name(), err))
		}
	}
	return problems
}
