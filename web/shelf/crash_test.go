package shelf_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

// tries is how many seeds are tried: a tenth under -short.
func tries(n uint64) uint64 {
	if testing.Short() {
		return max(1, n/10)
	}
	return n
}

// start is a storage of three models: one with two saves, one that was saved
// once and never renamed, and one that is deleted.
func start(t *testing.T) (*shelftest.Memory, shelftest.Models) {
	t.Helper()
	disk := shelftest.NewMemory(1)
	s, models := shelf.New(disk), shelftest.Models{}
	for i, id := range []string{two, one, gone} {
		m := shelftest.Model{Files: map[string]string{"weights": "of before"}}
		if err := s.Save(id, shelftest.Writes(m.Files)); err != nil {
			t.Fatal(err)
		}
		if id != one {
			m = shelftest.Model{Name: "model " + id[:1], Deleted: i == 2,
				Files: map[string]string{"config.json": "{}", "weights": "the weights of " + id, "log": ""}}
			if err := errors.Join(s.Save(id, shelftest.Writes(m.Files)), s.Rename(id, m.Name)); err != nil {
				t.Fatal(err)
			}
		}
		models[id] = m
	}
	if err := s.Delete(gone); err != nil {
		t.Fatal(err)
	}
	return disk, models
}

const (
	two  = "22222222222222222222222222222222"
	one  = "11111111111111111111111111111111"
	gone = "00000000000000000000000000000000"
	none = "ffffffffffffffffffffffffffffffff"
)

// everyStep is each thing that can be done to the shelf of start.
func everyStep(models shelftest.Models) (steps []shelftest.Step) {
	text := []byte("a text to learn from")
	files := map[string]string{"config.json": "{}", "weights": "newer weights", "extra": "x"}
	with := func(id string, m shelftest.Model) shelftest.Models {
		then := maps.Clone(models)
		then[id] = m
		return then
	}
	add := func(does string, then shelftest.Models, do func(*shelf.Shelf) error) {
		steps = append(steps, shelftest.Step{Does: does, Do: do, Then: then})
	}
	for _, id := range []string{two, one, gone, none} {
		m := models[id]
		m.Files = files
		add("save "+id, with(id, m), func(s *shelf.Shelf) error { return s.Save(id, shelftest.Writes(files)) })
	}
	renamed, deleted, back := models[two], models[one], models[gone]
	renamed.Name, deleted.Deleted, back.Deleted = "other", true, false
	add("rename", with(two, renamed), func(s *shelf.Shelf) error { return s.Rename(two, "other") })
	add("delete", with(one, deleted), func(s *shelf.Shelf) error { return s.Delete(one) })
	add("undelete", with(gone, back), func(s *shelf.Shelf) error { return s.Undelete(gone) })
	purged := maps.Clone(models)
	delete(purged, gone)
	add("purge", purged, (*shelf.Shelf).Purge)
	add("keep a text", models, func(s *shelf.Shelf) error {
		_, err := s.KeepText(text)
		return err
	})
	add("duplicate", with(shelftest.Copy, models[two]), func(s *shelf.Shelf) error {
		_, err := s.Duplicate(two)
		return err
	})
	return steps
}

// Wherever a step is cut off, what is found then is all as before or all as
// after, and everything still works.
func TestStopAnywhere(t *testing.T) {
	disk, before := start(t)
	for _, step := range everyStep(before) {
		t.Run(step.Does, func(t *testing.T) {
			finished := false
			for fuel := 0; !finished; fuel++ {
				for seed := range tries(8) { // each leaves other things behind
					running := disk.Clone(seed)
					running.Fuel = fuel
					err := step.Do(shelf.New(running))
					if finished = err == nil; !finished && !errors.Is(err, shelftest.ErrStopped) {
						t.Fatalf("stopped after %d: %v", fuel, err)
					}
					found := running.Restart()
					got, err := shelftest.Observe(shelf.New(found))
					if err != nil {
						t.Fatalf("stopped after %d: %v", fuel, err)
					}
					if !step.Allows(before, got, finished) {
						t.Fatalf("stopped after %d: the shelf holds %v", fuel, got)
					}
					worksOn(t, found, got)
				}
			}
		})
	}
}

// worksOn checks that a shelf that holds these models goes on.
func worksOn(t *testing.T, disk *shelftest.Memory, models shelftest.Models) {
	t.Helper()
	s := shelf.New(disk)
	if hash, err := s.KeepText([]byte("a text to learn from")); err != nil {
		t.Fatal(err)
	} else if _, err := s.Text(hash); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"weights": "after"}
	for id, m := range models {
		if err := s.Save(id, shelftest.Writes(files)); err != nil {
			t.Fatal(err)
		}
		models[id] = shelftest.Model{Name: m.Name, Deleted: m.Deleted, Files: files}
	}
	got, err := shelftest.Observe(s)
	if err != nil || !got.Equal(models) {
		t.Fatalf("afterwards the shelf holds %v (%v)", got, err)
	}
}

// What a cut-off step leaves behind is had back by Purge.
func TestPurgeHasAllSpaceBack(t *testing.T) {
	for seed := range tries(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		disk, models := start(t)
		clean := disk.Clone(0)
		purge(t, clean)
		steps := everyStep(models)
		disk = disk.Clone(seed)
		disk.Fuel = r.IntN(25)
		steps[r.IntN(4)].Do(shelf.New(disk))
		found := disk.Restart()
		got, err := shelftest.Observe(shelf.New(found))
		if err != nil {
			t.Fatal(err)
		}
		purge(t, found)
		if got.Equal(models) && found.Bytes() > clean.Bytes() {
			t.Fatalf("seed %d: %d bytes stay, want %d: %v", seed, found.Bytes(), clean.Bytes(), found.Names())
		}
	}
}

func purge(t *testing.T, disk *shelftest.Memory) {
	t.Helper()
	if err := shelf.New(disk).Purge(); err != nil {
		t.Fatal(err)
	}
}

// Many steps, each of which may be cut off, one after the other.
func TestStopAgainAndAgain(t *testing.T) {
	for seed := range tries(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		disk, models := shelftest.NewMemory(seed), shelftest.Models{}
		for range 30 {
			step := shelftest.RandomStep(r, models)
			disk.Fuel = r.IntN(50)
			err := step.Do(shelf.New(disk))
			if err != nil && !errors.Is(err, shelftest.ErrStopped) {
				t.Fatalf("seed %d, %s: %v", seed, step.Does, err)
			}
			disk = disk.Restart()
			got, problem := shelftest.Observe(shelf.New(disk))
			if problem != nil {
				t.Fatalf("seed %d, %s (%v): %v", seed, step.Does, err, problem)
			}
			if !step.Allows(models, got, err == nil) {
				t.Fatalf("seed %d, %s (%v): the shelf held %v, should hold %v, holds %v", seed, step.Does, err, models, step.Then, got)
			}
			models = got
		}
	}
}

// However full the disk is, a step is done or leaves all as it was, with
// ErrFull and without taking space.
func TestFullAnywhere(t *testing.T) {
	disk, before := start(t)
	for _, step := range everyStep(before) {
		t.Run(step.Does, func(t *testing.T) {
			full := false
			for room := disk.Bytes(); ; room += 3 {
				running := disk.Clone(1)
				running.Room = room
				s := shelf.New(running)
				err := step.Do(s)
				got, problem := shelftest.Observe(s)
				if problem != nil {
					t.Fatalf("with room for %d: %v", room, problem)
				}
				if err == nil {
					if !step.Allows(before, got, true) {
						t.Fatalf("with room for %d the shelf holds %v", room, got)
					}
					break
				}
				full = true
				if !errors.Is(err, shelf.ErrFull) || !got.Equal(before) {
					t.Fatalf("with room for %d the shelf holds %v (%v)", room, got, err)
				}
				if running.Bytes() > disk.Bytes() {
					t.Fatalf("with room for %d: %d bytes are taken, before %d", room, running.Bytes(), disk.Bytes())
				}
			}
			if small := step.Does == "rename" || step.Does == "delete" || step.Does == "undelete" || step.Does == "purge"; full == small {
				t.Errorf("a full disk is in the way: %v", full)
			}
		})
	}
}

func TestTextsStayAsLongAsTheyAreMentioned(t *testing.T) {
	disk := shelftest.NewMemory(1)
	s := shelf.New(disk)
	texts := map[string]string{}
	for _, name := range []string{"used", "unused", "young"} {
		hash, err := s.KeepText([]byte(name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = hash
		if name != "young" {
			disk.MapFS["texts/"+hash].ModTime = time.Now().Add(-25 * time.Hour)
		}
	}
	if err := s.Save(one, shelftest.Writes(nil), texts["used"]); err != nil {
		t.Fatal(err)
	}
	copied, err := s.Duplicate(one)
	if err != nil {
		t.Fatal(err)
	}
	there := func(when string, want ...string) {
		t.Helper()
		purge(t, disk)
		for name, hash := range texts {
			_, err := s.Text(hash)
			if wanted := slices.Contains(want, name); wanted != (err == nil) {
				t.Errorf("%s: text %s is there: %v, want %v", when, name, err, wanted)
			}
		}
	}
	there("mentioned twice", "used", "young")
	if err := s.Delete(one); err != nil {
		t.Fatal(err)
	}
	there("mentioned by the copy", "used", "young")
	if err := s.Delete(copied); err != nil {
		t.Fatal(err)
	}
	there("mentioned no more", "young")
	if err := s.Save(one, shelftest.Writes(nil), texts["used"]); !errors.Is(err, shelf.ErrNoText) {
		t.Errorf("saved with a text that is gone: %v", err)
	}
}
