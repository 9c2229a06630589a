package shelf_test

import (
	"testing"

	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

func TestDir(t *testing.T) {
	s, err := shelf.Dir(t.TempDir() + "/new/folder")
	if err != nil {
		t.Fatal(err)
	}
	shelftest.Run(t, s, 60)
}

func TestMemory(t *testing.T) { shelftest.Run(t, shelftest.NewMemory(1), 300) }
