package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
)

// A run with an adapter lies in a zip without the weights that the model under it has:
// together they are the run. An adapter of 16 bits comes back rounded, and no more.
func TestReadOver(t *testing.T) {
	run := adapted(t, checkpointtest.Forms["qwen3"], allButHead)
	bare := run
	bare.Model = run.Model.Clone()
	bare.Model.DropAdapter()
	bare.Recipe.SetMethod("full")
	under, whole := checkpointtest.Files{}, checkpointtest.Files{}
	if err := errors.Join(checkpoint.WriteAs(under, bare, format.F16), checkpoint.WriteAs(whole, run, format.F16)); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z, names := zip.NewWriter(&zipped), []string{}
	for name, f := range whole {
		if !bytes.Equal(f.Data, dataOf(under, name)) {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(f.Data)
			names = append(names, name)
		}
	}
	z.Close()
	if slices.Contains(names, layout.WeightsFile) || !slices.Contains(names, layout.AdapterFile) {
		t.Fatalf("the zip has %v", names)
	}
	got, err := ReadOver(zipped.Bytes(), fstest.MapFS(under))
	if err != nil {
		t.Fatal(err)
	}
	want, err := checkpoint.Read(fstest.MapFS(whole))
	if err != nil {
		t.Fatal(err)
	}
	if _, has := got.Model.Adapter(); !has || !slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(want)) {
		t.Error("it is another model")
	}
	if slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(run)) {
		t.Error("nothing was rounded to 16 bits")
	}
	delete(under, layout.WeightsFile)
	if _, err := ReadOver(zipped.Bytes(), fstest.MapFS(under)); err == nil || !strings.Contains(err.Error(), layout.WeightsFile) {
		t.Errorf("without the model under it: %v", err)
	}
	if _, err := ReadOver([]byte("no zip"), fstest.MapFS(under)); err == nil {
		t.Error("rubbish is read")
	}
}

// dataOf is what a file holds, nil for none.
func dataOf(files checkpointtest.Files, name string) []byte {
	if f, has := files[name]; has {
		return f.Data
	}
	return nil
}
