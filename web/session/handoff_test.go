package session

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"runtime"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/format"
	"hornbook/web/protocol"
)

// A run leaves for PyTorch with its model, its tokens and its text; a model whose
// text nobody knows does not.
func TestHandOff(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the scripts are files beside the page")
	}
	d, _ := learned(t, folder(t))
	weights := d.weights()
	d.commands <- &protocol.Export{Format: "handoff", DType: "f32"}
	file := next[*protocol.File](d)
	z, err := zip.NewReader(bytes.NewReader(file.Data), file.Size)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "continue.py", "handoff.json", "data/ids.bin", "trl/sft.yaml"} {
		if _, err := fs.Stat(z, name); err != nil {
			t.Error(err)
		}
	}
	if text, err := fs.ReadFile(z, "data/text.txt"); err != nil || !bytes.Equal(text, unify([]byte(own))) {
		t.Errorf("the text is %.40q, %v", text, err)
	}
	run, err := fs.Sub(z, "run")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := checkpoint.Read(run)
	if err != nil {
		t.Fatal(err)
	}
	var handed bytes.Buffer
	if err := exchange.WriteSafetensors(&handed, kept, format.F32); err != nil || !bytes.Equal(handed.Bytes(), weights) {
		t.Errorf("the model is another one: %v", err)
	}
	d.commands <- &protocol.Export{Format: "hf", DType: "f32"}
	alone := next[*protocol.File](d)
	d.commands <- &protocol.Import{Names: []string{alone.Name}, Files: zipped(alone)}
	d.state("idle")
	if !bytes.Equal(d.weights(), weights) {
		t.Error("the model changed")
	}
	d.commands <- &protocol.Export{Format: "handoff", DType: "f32"}
	d.problem(protocol.TextGone)
}
