package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const aTask = `{"prompt":"2 + 3","answer":"5"}` + "\n"

// asked is an answer's status and JSON.
func asked(t *testing.T, r *http.Request) (status int, said map[string]any) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	json.Unmarshal(text, &said)
	return answer.StatusCode, said
}

// sharingAt opens a folder of what is shared, and serves it.
func sharingAt(t *testing.T, s sharing) (url string, f sharedFolder) {
	t.Helper()
	builtPage(t)
	f, err := s.open(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	server, url, err := startWith("127.0.0.1:0", "", "", f.beside)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); f.close() })
	return url, f
}

func putTask(t *testing.T, url string) (status int, said map[string]any) {
	t.Helper()
	r, _ := http.NewRequest("POST", url+"/api/share?kind=task", strings.NewReader(aTask))
	sum := sha256.Sum256([]byte(aTask))
	r.Header.Set("Hornbook-SHA256", hex.EncodeToString(sum[:]))
	return asked(t, r)
}

// What is shared lies beside the page, outlives the server, and can be hidden and
// shown again.
func TestServeShare(t *testing.T) {
	s := sharing{dir: filepath.Join(t.TempDir(), "shared"), uploads: true, room: 1}
	url, f := sharingAt(t, s)
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/api/": "application/json"} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || got != kind {
			t.Errorf("%s: %d %s", path, answer.StatusCode, got)
		}
	}
	status, thing := putTask(t, url)
	if status != 201 {
		t.Fatalf("a put: %d %v", status, thing)
	}
	id := thing["id"].(string)
	f.close()

	s.uploads = false
	url, _ = sharingAt(t, s)
	get := func() int {
		r, _ := http.NewRequest("GET", url+"/api/share/"+id, nil)
		status, _ := asked(t, r)
		return status
	}
	if got := get(); got != 200 {
		t.Errorf("another server at the same folder: %d", got)
	}
	if status, said := putTask(t, url); status != 503 {
		t.Errorf("-uploads=false: %d %v", status, said)
	}
	r, _ := http.NewRequest("POST", url+"/api/share/"+id+"/report", strings.NewReader(`{"reason":"It is rude."}`))
	if status, said := asked(t, r); status != 200 || get() != 410 {
		t.Errorf("a report: %d %v, then %d", status, said, get())
	}
	var out bytes.Buffer
	if code := run([]string{"serve", "-share", s.dir, "-reported"}, &out, os.Stderr); code != 0 || !strings.Contains(out.String(), id) || !strings.Contains(out.String(), `"It is rude."`) {
		t.Errorf("-reported: %d %s", code, out.String())
	}
	if code := run([]string{"serve", "-share", s.dir, "-show", id}, &out, os.Stderr); code != 0 || get() != 200 {
		t.Errorf("-show: %d %s, then %d", code, out.String(), get())
	}
	if code := run([]string{"serve", "-share", s.dir, "-show", id}, io.Discard, io.Discard); code != 1 {
		t.Errorf("-show of what is shown: %d", code)
	}
}

// No room is told, and nothing is left of what found none.
func TestServeRoom(t *testing.T) {
	url, f := sharingAt(t, sharing{dir: t.TempDir(), uploads: true, room: 1})
	f.Room = int64(len(aTask))
	if status, said := putTask(t, url); status != 201 {
		t.Fatalf("the first: %d %v", status, said)
	}
	if status, said := putTask(t, url); status != 507 || said["error"] != "no_room" {
		t.Errorf("the second: %d %v", status, said)
	}
	if err := f.Sweep(t.Context(), time.Now().Add(31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if status, said := putTask(t, url); status != 201 {
		t.Errorf("after a sweep: %d %v", status, said)
	}
}

// Without -share there is nothing to share with, and the page hears so.
func TestServeWithoutShare(t *testing.T) {
	builtPage(t)
	server, url, err := start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r, _ := http.NewRequest("GET", url+"/api/", nil)
	if status, said := asked(t, r); status != 200 || said["share"] != false {
		t.Errorf("%d %v", status, said)
	}
	for _, args := range [][]string{{"-show", "x"}, {"-reported"}, {"-share", "x", "-room", "0"}, {"-cert", "x"}} {
		if code := run(append([]string{"serve"}, args...), io.Discard, io.Discard); code != 2 {
			t.Errorf("serve %v: %d", args, code)
		}
	}
}
