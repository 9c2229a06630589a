package exchange

import (
	"errors"
	"runtime"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// manyLayers is small on disk, and takes much when it writes: 64 layers with one
// wide head each.
var manyLayers = recipe.Model{Context: 4096, Layers: 64, Heads: 1, KVHeads: 1, HeadDim: 512, Channels: 8, Hidden: 8, Norm: "rmsnorm", NormEps: 1e-6,
	Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true}

// manyFiles is a GGUF file of that shape.
func manyFiles(t *testing.T, shape recipe.Model) fstest.MapFS {
	t.Helper()
	files := checkpointtest.Files{}
	if err := writtenGGUF(files, checkpointtest.Fresh(t, shape, checkpointtest.Chars(t)), format.F16); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS(files)
}

// A small file whose model would take gigabytes as soon as it writes is not
// opened where there are fewer.
func TestCachesAreNeeded(t *testing.T) {
	files := manyFiles(t, manyLayers)
	need, err := Need(files)
	if err != nil {
		t.Fatal(err)
	}
	size, caches := len(files["a.gguf"].Data), 2*manyLayers.CacheBytes(1, manyLayers.Context)
	if size > 3<<20 || caches < 2e9 || need.Bytes < caches {
		t.Errorf("a file of %d bytes is said to need %.0f MB; two caches take %.0f", size, need.Bytes/1e6, caches/1e6)
	}
	took, err := peak(func() error {
		_, _, err := Import(files, 1.5*(1<<30))
		return err
	})
	var large *checkpoint.TooLarge
	if !errors.As(err, &large) || took > badMemory {
		t.Errorf("got %v after %d bytes", err, took)
	}
}

// What Need says is what opening takes with two writers that have read as much
// as they can, and not much more.
func TestNeedHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("memory is the same whatever computes")
	}
	shape := manyLayers
	shape.Layers, shape.Context = 8, 1024
	files := manyFiles(t, shape)
	need, err := Need(files)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	run, _, err := Import(files, need.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	writers := [recipe.Writers]*model.Generator{}
	for i := range writers {
		writers[i] = model.NewGenerator(run.Model)
		writers[i].Prompt(make([]int32, shape.Context))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(writers)
	if took := float64(after.HeapAlloc) - float64(before.HeapAlloc); took > need.Bytes || took < need.Bytes/2 {
		t.Errorf("it took %.0f MB, and Need says %.0f", took/1e6, need.Bytes/1e6)
	}
}
