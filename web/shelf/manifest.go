package shelf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"time"
)

// version is that of manifests and labels; a newer one is refused.
const version = 1

// Limits on what is read and written.
const (
	maxSealed = 1 << 20 // bytes of a manifest or label
	maxFiles  = 1000    // of a save
	maxTexts  = 1000
	maxName   = 100 // bytes of a file's name
)

// File is a file of a save.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// manifest says what a save holds.
type manifest struct {
	Number int64     `json:"number"` // of the save, growing
	Saved  time.Time `json:"saved"`
	Files  []File    `json:"files"`
	Texts  []string  `json:"texts,omitempty"` // hashes of the texts that it needs
}

// bytes is the size of all files.
func (m manifest) bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// check finds what no manifest of ours has.
func (m manifest) check() error {
	if m.Number < 1 || m.Number == math.MaxInt64 {
		return fmt.Errorf("%w: its save has the number %d", ErrDamaged, m.Number)
	}
	if len(m.Files) > maxFiles || len(m.Texts) > maxTexts {
		return fmt.Errorf("%w: a save of %d files and %d texts is over the limit of %d and %d", ErrDamaged, len(m.Files), len(m.Texts), maxFiles, maxTexts)
	}
	known, total := map[string]bool{}, int64(0)
	for _, f := range m.Files {
		if err := checkName(f.Name); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if known[f.Name] || f.Bytes < 0 || f.Bytes > math.MaxInt64-total || !isHex(f.SHA256, sha256.Size) {
			return fmt.Errorf("%w: its save lists the file %q twice, or with an impossible size or sum", ErrDamaged, f.Name)
		}
		known[f.Name] = true
		total += f.Bytes
	}
	for _, t := range m.Texts {
		if !isHex(t, sha256.Size) {
			return fmt.Errorf("%w: its save needs the text %q, which is no SHA-256", ErrDamaged, t)
		}
	}
	return nil
}

// checkName allows plain names that every file system takes.
func checkName(name string) error {
	plain := name != "" && len(name) <= maxName && name[0] != '.'
	for _, c := range []byte(name) {
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-')
	}
	if !plain {
		return fmt.Errorf("shelf: a file cannot be called %q; use up to %d letters, digits, dots, dashes and underscores", name, maxName)
	}
	return nil
}

// isHex tells whether s is n bytes in lower-case hexadecimal.
func isHex(s string, n int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == n && hex.EncodeToString(b) == s
}

// sealed is a JSON text with the sum of itself.
type sealed struct {
	SHA256 string          `json:"sha256"` // of Body as it stands
	Body   json.RawMessage `json:"body"`
}

// seal writes a body, a manifest or a label, with its version and its sum.
func seal[T manifest | label](body T) ([]byte, error) {
	text, err := json.Marshal(struct {
		Version int `json:"version"`
		Content T   `json:"content"`
	}{version, body})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "{\"sha256\":%q,\"body\":%s}\n", sum(text), text), nil
}

// unseal reads what seal wrote. Its errors are ErrDamaged and ErrNewer.
func unseal[T manifest | label](text []byte) (content T, err error) {
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil {
		return content, fmt.Errorf("%w: it cannot be read: %w", ErrDamaged, err)
	}
	if sum(s.Body) != s.SHA256 {
		return content, fmt.Errorf("%w: its sum is another; the saving was cut off", ErrDamaged)
	}
	var head struct {
		Version int             `json:"version"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(s.Body, &head); err != nil {
		return content, fmt.Errorf("%w: it cannot be read: %w", ErrDamaged, err)
	}
	if head.Version > version {
		return content, fmt.Errorf("%w (version %d, this one knows %d)", ErrNewer, head.Version, version)
	}
	strict := json.NewDecoder(bytes.NewReader(head.Content))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&content); err != nil {
		return content, fmt.Errorf("%w: it cannot be read: %w", ErrDamaged, err)
	}
	return content, nil
}

// readManifest reads a manifest and checks it.
func readManifest(text []byte) (manifest, error) {
	m, err := unseal[manifest](text)
	if err == nil {
		err = m.check()
	}
	return m, err
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// readSmall reads a file of at most limit bytes; a larger one is damaged.
func readSmall(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%w: %s has more than %d bytes", ErrDamaged, name, limit)
	}
	return b, err
}

// write writes a whole file.
func write(s Storage, name string, content []byte) error {
	f, err := s.Create(name)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close() // the error of Write says more
		return err
	}
	return f.Close()
}
