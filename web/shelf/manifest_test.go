package shelf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func good() manifest {
	return manifest{Number: 3, Saved: time.Date(2026, 11, 24, 12, 0, 0, 5, time.UTC), Texts: []string{sum([]byte("text"))},
		Files: []File{{"weights", 1 << 40, sum(nil)}, {"config.json", 0, sum([]byte("{}"))}}}
}

func TestManifestComesBack(t *testing.T) {
	text, err := seal(good())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readManifest(text); err != nil || !reflect.DeepEqual(got, good()) {
		t.Errorf("came back as %+v (%v)", got, err)
	}
	for n := range text {
		if _, err := readManifest(text[:n]); n < len(text)-1 && !errors.Is(err, ErrDamaged) { // the last is a new line
			t.Errorf("cut after %d bytes: %v", n, err)
		}
		changed := bytes.Clone(text)
		changed[n] ^= 1
		if got, err := readManifest(changed); err == nil && !reflect.DeepEqual(got, good()) {
			t.Errorf("with a changed byte %d it is read as %+v", n, got)
		}
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	for says, change := range map[string]func(*manifest){
		"number 0":   func(m *manifest) { m.Number = 0 },
		"number -":   func(m *manifest) { m.Number = math.MinInt64 },
		"number 9":   func(m *manifest) { m.Number = math.MaxInt64 },
		"twice":      func(m *manifest) { m.Files = append(m.Files, m.Files[0]) },
		"size":       func(m *manifest) { m.Files[0].Bytes = -1 },
		"impossible": func(m *manifest) { m.Files[0].Bytes, m.Files[1].Bytes = math.MaxInt64, 1 },
		"sum":        func(m *manifest) { m.Files[0].SHA256 = strings.ToUpper(sum(nil)) },
		"..":         func(m *manifest) { m.Files[0].Name = "../other" },
		"no SHA-256": func(m *manifest) { m.Texts[0] = "../x" },
		"1001 files": func(m *manifest) { m.Files = make([]File, 1001) },
		"1001 texts": func(m *manifest) { m.Texts = make([]string, 1001) },
	} {
		m := good()
		change(&m)
		text, err := seal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readManifest(text); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error with %q", err, says)
		}
	}
}

func TestManifestsOfOtherVersions(t *testing.T) {
	for body, want := range map[string]error{
		`{"version":2,"content":{"surprise":1}}`: ErrNewer,
		`{"version":1,"content":{"surprise":1}}`: ErrDamaged,
		`{"version":1}`:                          ErrDamaged,
		`[]`:                                     ErrDamaged,
	} {
		if _, err := readManifest(fmt.Appendf(nil, `{"sha256":%q,"body":%s}`, sum([]byte(body)), body)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", body, err, want)
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	for _, name := range []string{"", ".", "..", ".hidden", "a/b", `a\b`, "a b", "é", "a\x00", "C:", strings.Repeat("x", 101)} {
		if checkName(name) == nil {
			t.Errorf("%q is allowed", name)
		}
	}
	for _, name := range []string{"a", "run.json", "model-00001-of-00002.safetensors", "A_b", strings.Repeat("x", 100)} {
		if err := checkName(name); err != nil {
			t.Error(err)
		}
	}
}

// A label has always the same size, so that it can be replaced on a full disk.
func TestLabelsFit(t *testing.T) {
	for _, name := range []string{"", strings.Repeat("\x01", MaxName), strings.Repeat("<", MaxName), strings.Repeat("\u2028", MaxName/3)} {
		text, err := seal(label{math.MaxInt64, name, true})
		if err != nil || len(text) > labelBytes {
			t.Errorf("a label of %q has %d bytes (%v)", name, len(text), err)
		}
		if l, err := unseal[label](append(text, bytes.Repeat([]byte{' '}, labelBytes-len(text))...)); err != nil || l.Name != name {
			t.Errorf("%q came back as %q (%v)", name, l.Name, err)
		}
	}
}

// Whatever a manifest says, it is refused or keeps its promises; the sum is
// made right, so that the fuzzer gets behind it.
func FuzzManifest(f *testing.F) {
	text, _ := seal(good())
	f.Add(text)
	f.Add([]byte(`{"version":1,"content":{"number":1,"saved":"2026-11-24T12:00:00Z","files":[]}}`))
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, text := range [][]byte{body, fmt.Appendf(nil, `{"sha256":%q,"body":%s}`, sum(body), body)} {
			m, err := readManifest(text)
			if err != nil {
				if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
					t.Errorf("an error of no kind: %v", err)
				}
				continue
			}
			if m.Number < 1 || m.bytes() < 0 || len(m.Files) > maxFiles {
				t.Errorf("accepted %+v", m)
			}
			for _, f := range m.Files {
				if strings.ContainsAny(f.Name, `/\:`) || f.Name == "" || strings.HasPrefix(f.Name, ".") {
					t.Errorf("accepted the name %q", f.Name)
				}
			}
			again, err := seal(m)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := readManifest(again); err != nil || !back.Saved.Equal(m.Saved) || back.Number != m.Number {
				t.Errorf("%+v came back as %+v (%v)", m, back, err)
			}
		}
	})
}
