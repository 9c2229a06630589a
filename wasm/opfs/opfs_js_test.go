package opfs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"hornbook/wasm/jsrt"
	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

// These tests run in a worker of a browser (cmd/hornbook, opfs_test.go).
// Elsewhere, as in Node, there is no storage.
func storage(t *testing.T) *Storage {
	t.Helper()
	s, err := Open()
	if err != nil && os.Getenv("HORNBOOK_BROWSER") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// empty is the storage without what earlier tests left.
func empty(t *testing.T) *Storage {
	t.Helper()
	s := storage(t)
	entries, err := fs.ReadDir(s, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := s.Remove(e.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestStorage(t *testing.T) { shelftest.Run(t, empty(t), 25) }

// A browser without the storage is told in a sentence.
func TestNone(t *testing.T) {
	navigator := js.Global().Get("navigator")
	if !navigator.Truthy() {
		if _, err := Open(); err == nil || !strings.Contains(err.Error(), "has no storage") {
			t.Errorf("opened where there is nothing: %v", err)
		}
		return
	}
	refuse := js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("Promise").Call("reject", js.Global().Get("DOMException").New("not in this window", "SecurityError"))
	})
	defer refuse.Release()
	manager := navigator.Get("storage")
	for says, value := range map[string]any{"has no storage": js.Null(), "private window": refuse} {
		manager.Set("getDirectory", value)
		if _, err := Open(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error with %q", err, says)
		}
	}
	manager.Delete("getDirectory")
}

// What is open for writing cannot be written by another, and can be read as it
// was.
func TestWriterAndReaders(t *testing.T) {
	s := empty(t)
	shelftest.Put(t, s, "file", []byte("before"))
	w, err := s.Create("file")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create("file"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("created twice: %v", err)
	}
	if err := s.Remove("file"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("removed while it was written: %v", err)
	}
	if _, err := w.Write([]byte("after")); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open("file")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("wrote to a closed file: %v", err)
	}
	if err := w.Close(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if text, err := fs.ReadFile(s, "file"); err != nil || string(text) != "after" {
		t.Errorf("read %q (%v)", text, err)
	}
	r.Close()
}

// Large files are read by handles that are shared, and as Blobs where a handle
// is refused.
func TestLargeFiles(t *testing.T) {
	s := empty(t)
	content := bytes.Repeat([]byte("0123456789"), 300_000)
	shelftest.Put(t, s, "large", content)
	parent, err := s.folder(".", false)
	if err != nil {
		t.Fatal(err)
	}
	file, err := await(parent, "getFileHandle", "large")
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"read-only", "readwrite"} { // the latter as in browsers without shared ones
		other, err := await(file, "createSyncAccessHandle", object("mode", mode))
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Open("large")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("beside a %s handle: read %d bytes (%v)", mode, len(got), err)
		}
		if shared := !f.(*reader).handle.IsUndefined(); shared != (mode == "read-only") {
			t.Errorf("beside a %s handle another is had: %v", mode, shared)
		}
		other.Call("close")
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.(*reader).ReadAt(make([]byte, 1), 0); err == nil {
			t.Error("read a closed file")
		}
	}
	shelftest.Put(t, s, "large", nil) // nothing is left open
}

// Every function that JavaScript was given is released, and what Go knew of
// JavaScript goes with the garbage.
func TestFunctionsAreReleased(t *testing.T) {
	s := empty(t)
	work := func() {
		shelftest.Put(t, s, "some/file", []byte("x"))
		if _, err := fs.ReadFile(s, "some/file"); err != nil {
			t.Fatal(err)
		}
		if _, err := fs.ReadDir(s, "some"); err != nil {
			t.Fatal(err)
		}
		release, ok := s.Lock("x")
		if !ok {
			t.Fatal("no lock")
		}
		release()
	}
	work()
	before := values()
	for range 20 {
		work()
	}
	if after := values(); after >= before+20 {
		t.Errorf("%d values of JavaScript are kept, before %d", after, before)
	}
}

// values counts what Go holds of JavaScript, by the script of the worker.
func values() int {
	for range 3 { // finalizers run after a collection
		runtime.GC()
		jsrt.Yield()
	}
	return js.Global().Call("hornbookValues").Int()
}

// TestSpeed notes how long the storage takes.
func TestSpeed(t *testing.T) {
	s := empty(t)
	content := make([]byte, 32<<20)
	for _, size := range []int{0, 32 << 10, 1 << 20, len(content)} {
		began := time.Now()
		shelftest.Put(t, s, "models/id/a/file", content[:size])
		wrote := time.Since(began)
		f, err := s.Open("models/id/a/file")
		if err != nil {
			t.Fatal(err)
		}
		opened := time.Since(began) - wrote
		if n, err := io.Copy(io.Discard, bufio.NewReaderSize(f, 1<<20)); err != nil || n != int64(size) {
			t.Errorf("read %d of %d bytes: %v", n, size, err)
		}
		t.Logf("%d kB: written in %v, opened in %v, read in %v", size>>10, wrote, opened, time.Since(began)-wrote-opened)
		f.Close()
	}
}

const (
	one = "11111111111111111111111111111111"
	two = "22222222222222222222222222222222"
)

// TestQuota fills the storage, whose quota the browser's test has made small:
// HORNBOOK_QUOTA bytes.
func TestQuota(t *testing.T) {
	quota, err := strconv.Atoi(os.Getenv("HORNBOOK_QUOTA"))
	if err != nil {
		t.Skip("there is no small quota")
	}
	storage := empty(t)
	s := shelf.New(storage)
	files := map[string]string{"weights": strings.Repeat("w", quota/5)}
	if err := s.Save(one, shelftest.Writes(files)); err != nil {
		t.Fatal(err)
	}
	before, err := storage.Space()
	if err != nil {
		t.Fatal(err)
	}
	large := shelftest.Writes(map[string]string{"weights": strings.Repeat("w", quota)})
	for _, id := range []string{one, two} {
		if err := s.Save(id, large); !errors.Is(err, shelf.ErrFull) {
			t.Errorf("saved over the quota: %v", err)
		}
	}
	if _, err := s.KeepText(bytes.Repeat([]byte("t"), quota)); !errors.Is(err, shelf.ErrFull) {
		t.Errorf("kept a text over the quota: %v", err)
	}
	got, err := shelftest.Observe(s)
	if err != nil || len(got) != 1 || got[one].Files["weights"] != files["weights"] {
		t.Fatalf("on the full disk there are %d models (%v)", len(got), err)
	}
	if after, err := storage.Space(); err != nil || after.Used > before.Used+1<<16 {
		t.Errorf("%d bytes are used, before %d (%v)", after.Used, before.Used, err)
	}
	fill(t, storage)
	if err := errors.Join(s.Delete(one), s.Undelete(one), s.Rename(one, "full"), s.Delete(one), s.Purge()); err != nil {
		t.Errorf("on the full disk: %v", err)
	}
}

// fill uses up what space there is.
func fill(t *testing.T, s *Storage) {
	t.Helper()
	for i, size := 0, 1<<20; size > 0; i++ {
		f, err := s.Create(fmt.Sprint("filling/", i))
		if err == nil {
			_, err = f.Write(make([]byte, size))
			f.Close()
		}
		if errors.Is(err, shelf.ErrFull) {
			size /= 4
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestLastsAndGoesOn is run again and again by the browser's test, which kills
// the browser meanwhile: it checks what the last run left, then saves without
// end and says which saves are done.
func TestLastsAndGoesOn(t *testing.T) {
	done, err := strconv.Atoi(os.Getenv("HORNBOOK_SAVED"))
	if err != nil {
		t.Skip("nobody kills this browser")
	}
	if done < 0 {
		empty(t)
	}
	s := shelf.New(storage(t))
	began := time.Now()
	release, err := s.Hold(one)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	fmt.Println("waited for the lock", time.Since(began))
	number := 0
	if done >= 0 {
		number = whole(t, s)
	}
	if number < done {
		t.Fatalf("save %d was done, but the newest is %d", done, number)
	}
	for {
		number++
		text := strconv.Itoa(number)
		files := map[string]string{"number": text, "weights": strings.Repeat(text+" ", 40_000)}
		if err := s.Save(one, shelftest.Writes(files)); err != nil {
			t.Fatal(err)
		}
		if err := s.Rename(one, text); err != nil {
			t.Fatal(err)
		}
		fmt.Println("saved", number, "after", time.Since(began))
		jsrt.Yield()
	}
}

// whole checks that the newest save and the name are whole, and returns the
// save's number.
func whole(t *testing.T, s *shelf.Shelf) int {
	t.Helper()
	models, err := shelftest.Observe(s)
	if err != nil {
		t.Fatal(err)
	}
	m := models[one]
	number, err := strconv.Atoi(m.Files["number"])
	named, nameErr := strconv.Atoi(m.Name)
	if err != nil || nameErr != nil || len(models) != 1 || m.Files["weights"] != strings.Repeat(m.Files["number"]+" ", 40_000) ||
		named != number && named != number-1 {
		t.Fatalf("the shelf holds save %q called %q among %d", m.Files["number"], m.Name, len(models))
	}
	return number
}
