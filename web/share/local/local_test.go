//go:build !js

package local

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hornbook/web/share"
	"hornbook/web/share/sharetest"
)

// place is a folder, served.
func place(t *testing.T) (sharetest.Place, *share.Server, string) {
	t.Helper()
	dir := t.TempDir()
	files, db, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := share.New(files, db)
	s.Log = func(err error) { t.Errorf("the server says %v", err) }
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sharetest.Obey(s, r).ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	return sharetest.Place{URL: web.URL, Quick: true,
		Sweep: func(t testing.TB, ahead time.Duration) {
			if err := s.Sweep(t.Context(), time.Now().Add(ahead)); err != nil {
				t.Error(err)
			}
		},
		Show: func(t testing.TB, id string) {
			if err := s.Show(t.Context(), id); err != nil {
				t.Error(err)
			}
		},
		Count: func(t testing.TB) (c sharetest.Count) {
			entries, err := os.ReadDir(filepath.Join(dir, things))
			if err != nil {
				t.Fatal(err)
			}
			c.Objects = len(entries)
			for _, table := range []string{"things", "classes", "results"} {
				var n int
				db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n) // no table yet: none
				c.Rows += n
			}
			return c
		}}, s, dir
}

// Files without a row, as a put that ended between the two leaves them, are swept up
// when they are an hour old; others in the folder are not touched.
func TestSweepsFiles(t *testing.T) {
	p, s, dir := place(t)
	id := strings.Repeat("a", 26)
	for _, name := range []string{id, id[:25] + "e" + part, "diary.txt"} {
		if err := os.WriteFile(filepath.Join(dir, things, name), []byte("bytes"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.Sweep(t, 0)
	if c := p.Count(t); c.Objects != 3 {
		t.Errorf("at once: %+v", c)
	}
	p.Sweep(t, 2*time.Hour)
	if c := p.Count(t); c.Objects != 1 {
		t.Errorf("two hours later: %+v", c)
	}
	if err := s.Show(t.Context(), id); err == nil {
		t.Error("what never was is shown")
	}
}

func TestConforms(t *testing.T) {
	p, _, _ := place(t)
	sharetest.Run(t, p)
}
