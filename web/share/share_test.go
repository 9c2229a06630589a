//go:build !js

package share_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"hornbook/web/share"
	"hornbook/web/share/local"
)

const aTask = `{"prompt":"2 + 3","answer":"5"}` + "\n"

// open is a server in a folder of its own.
func open(t *testing.T) (*share.Server, string) {
	t.Helper()
	dir := t.TempDir()
	files, db, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return share.New(files, db), dir
}

// ask asks as somebody at an address.
func ask(s *share.Server, method, path, body, address string) (status int, said map[string]any) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = address + ":4321"
	r.Header.Set("Content-Length", "set") // as it stands there when a request comes by the network
	sum := sha256.Sum256([]byte(body))
	r.Header.Set("Hornbook-SHA256", hex.EncodeToString(sum[:]))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	json.Unmarshal(w.Body.Bytes(), &said)
	return w.Code, said
}

// What panics is told as broken, with the headers of every answer; what panicked is in
// the log alone.
func TestPanic(t *testing.T) {
	s, _ := open(t)
	var logged error
	s.Objects, s.Log = nil, func(err error) { logged = err }
	status, said := ask(s, "POST", "/api/share?kind=task", aTask, "192.0.2.1")
	if status != 500 || said["error"] != "broken" || strings.Contains(said["sentence"].(string), "nil") {
		t.Errorf("%d %v", status, said)
	}
	if logged == nil || !strings.Contains(logged.Error(), "panic") {
		t.Errorf("the log has %v", logged)
	}
}

// Neither addresses nor keys are anywhere in the folder.
func TestKeepsNoNames(t *testing.T) {
	s, dir := open(t)
	status, thing := ask(s, "POST", "/api/share?kind=task", aTask, "198.51.100.77")
	if status != 201 {
		t.Fatalf("%d %v", status, thing)
	}
	_, class := ask(s, "POST", "/api/class", "", "198.51.100.77")
	seen := 0
	fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(dir + "/" + path)
		if seen++; err != nil {
			t.Error(err)
		}
		for _, secret := range []string{"198.51.100", thing["key"].(string), class["key"].(string)} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		if strings.HasSuffix(path, "share.db-wal") && !bytes.Contains(text, []byte(thing["id"].(string))) {
			t.Errorf("%s does not even hold the id: the test looks at nothing", path)
		}
		return nil
	})
	if seen < 2 {
		t.Errorf("there are %d files", seen)
	}
}

// An address is another one the day after; what counted it goes with the sweeps.
func TestAddressesAreForgotten(t *testing.T) {
	s, _ := open(t)
	now := time.Now()
	s.Now = func(*http.Request) time.Time { return now }
	seen := map[string]bool{}
	for day := range 3 {
		now = now.Add(24 * time.Hour)
		ask(s, "POST", "/api/class", "", "198.51.100.77")
		rows, err := s.DB.Query("SELECT who FROM counts")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var who string
			rows.Scan(&who)
			seen[who] = true
		}
		if rows.Close(); len(seen) != day+1 {
			t.Errorf("after %d days the address was %d ones", day+1, len(seen))
		}
	}
	if err := s.Sweep(t.Context(), now.Add(72*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var n int
	if s.DB.QueryRow("SELECT (SELECT COUNT(*) FROM counts) + (SELECT COUNT(*) FROM salts)").Scan(&n); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{strings.Repeat("a", 26): true, strings.Repeat("7", 25) + "4": true, strings.Repeat("a", 25) + "b": false,
		strings.Repeat("a", 25): false, strings.Repeat("a", 27): false, "": false, strings.Repeat("A", 26): false, strings.Repeat("a", 24) + "/a": false, strings.Repeat("a", 25) + "\n": false} {
		if got := share.ValidID(id); got != want {
			t.Errorf("%q: %t", id, got)
		}
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "": "", "x": "x"} {
		if got := share.Network(address); got != want {
			t.Errorf("%s counts as %s", address, got)
		}
	}
}

// Where only some lines are looked at, they are whole lines, and at least one.
func TestLines(t *testing.T) {
	s, _ := open(t)
	for name, c := range map[string]struct {
		lines int64
		body  string
		want  int
	}{
		"all, bad at the end":        {0, strings.Repeat(aTask, 10) + "diary", 422},
		"some, bad at the end":       {100, strings.Repeat(aTask, 10) + "diary", 201},
		"some, bad at the beginning": {100, "diary\n" + strings.Repeat(aTask, 10), 422},
		"more than there are":        {1000, aTask + "diary", 422},
		"not even one":               {5, aTask + strings.Repeat("diary ", 20) + "\n", 201},
		"one, a bad one":             {5, "a long diary, all in a line", 422},
	} {
		s.Lines = c.lines
		if status, said := ask(s, "POST", "/api/share?kind=task", c.body, "192.0.2.1"); status != c.want {
			t.Errorf("%s: %d %v", name, status, said)
		}
	}
}
