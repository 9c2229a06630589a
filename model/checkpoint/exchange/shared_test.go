package exchange

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/format"
)

// zipBytes is what write writes.
func zipBytes(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func checkShared(b []byte) error { return CheckShared(bytes.NewReader(b), int64(len(b))) }

// Every form of model can be shared, and comes back.
func TestShared(t *testing.T) {
	for name, shape := range checkpointtest.Forms {
		run := checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))
		b := zipBytes(t, func(out *bytes.Buffer) error { return ZipShared(out, run) })
		if err := checkShared(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		z, err := openZip(bytes.NewReader(b), int64(len(b)), "")
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := Import(z, 1e9)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkpointtest.Equal(t, back, Shared(run))
	}
}

// A run that has all that it can have quotes its text, until it is shared: then
// neither the text's name nor a word of what was asked and said is in any file.
func TestSharedQuotesNothing(t *testing.T) {
	run := checkpointtest.Full(t)
	err := checkShared(zipBytes(t, func(out *bytes.Buffer) error { return WriteZip(out, run) }))
	var p *format.Problem
	if !errors.As(err, &p) || p.Kind != format.Unsupported || !strings.Contains(p.What, "questions") {
		t.Errorf("a run with questions: %v", err)
	}
	files := checkpointtest.InMemory(t, Shared(run))
	for name := range files {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{run.Text, run.TextSHA256, run.Questions[0].Prompt, "replies", "tally"} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s says %q", name, secret)
			}
		}
	}
	for _, name := range []string{"optimizer.safetensors", "best.safetensors", "reference.safetensors"} {
		if files[name] != nil {
			t.Errorf("%s is shared", name)
		}
	}
	if err := checkShared(zipBytes(t, func(out *bytes.Buffer) error { return ZipShared(out, run) })); err != nil {
		t.Error(err)
	}
	if len(run.Questions) == 0 || len(run.Log[1].Replies) == 0 {
		t.Error("sharing changed the run itself")
	}
}

func TestSharedAdapter(t *testing.T) {
	run := adapted(t, checkpointtest.Forms["qwen3"], "output,up,down")
	b := zipBytes(t, func(out *bytes.Buffer) error { return ZipAdapter(out, run) })
	if err := CheckSharedAdapter(bytes.NewReader(b), int64(len(b))); err != nil {
		t.Error(err)
	}
	whole := zipBytes(t, func(out *bytes.Buffer) error { return ZipShared(out, run) })
	if err := checkShared(whole); err != nil {
		t.Errorf("a whole model with an adapter: %v", err)
	}
	if err := checkShared(b); err == nil {
		t.Error("an adapter alone is taken for a model")
	}
	if err := CheckSharedAdapter(bytes.NewReader(whole), int64(len(whole))); err == nil {
		t.Error("a model is taken for an adapter")
	}
}

// FuzzCheckShared: whatever a stranger's zip holds, it is looked at without a panic
// and with little memory.
func FuzzCheckShared(f *testing.F) {
	var out bytes.Buffer
	if err := ZipShared(&out, checkpointtest.Full(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	out.Reset()
	if err := ZipAdapter(&out, adapted(f, checkpointtest.Forms["qwen3"], "up")); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		for _, err := range []error{CheckShared(r, r.Size()), CheckSharedAdapter(r, r.Size())} {
			var p *format.Problem
			if err != nil && !errors.As(err, &p) {
				t.Errorf("%v is no *format.Problem", err)
			}
		}
	})
}
