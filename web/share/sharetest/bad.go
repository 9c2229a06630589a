package sharetest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// bad is an upload that must be refused.
type bad struct {
	name, kind string
	body       []byte
	status     int
	code       string
}

// files are those of a zip by name.
type files map[string][]byte

// folder is a run's, as it is shared; or an adapter's alone.
func folder(t testing.TB, kind string) files {
	t.Helper()
	sink := checkpointtest.Files{}
	if kind == "adapter" {
		if err := exchange.WriteAdapter(sink, adapted(t)); err != nil {
			t.Fatal(err)
		}
	} else {
		sink = checkpointtest.Files(checkpointtest.InMemory(t, exchange.Shared(aRun(t))))
	}
	list := files{}
	for name, file := range sink {
		list[name] = file.Data
	}
	return list
}

// with is the folder with other contents in a file; nil takes it out.
func (f files) with(name string, data []byte) files {
	f = maps.Clone(f)
	if f[name] = data; data == nil {
		delete(f, name)
	}
	return f
}

// swap is the folder with new for old in a file, where it must stand.
func (f files) swap(t testing.TB, name, old, new string) files {
	t.Helper()
	if !bytes.Contains(f[name], []byte(old)) {
		t.Fatalf("%s does not hold %s:\n%.600s", name, old, f[name])
	}
	return f.with(name, bytes.Replace(f[name], []byte(old), []byte(new), 1))
}

// zip packs the folder as Hornbook does; change may spoil an entry's header.
func (f files) zip(t testing.TB, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		h := &zip.FileHeader{Name: strings.TrimPrefix(name, "again "), Method: zip.Deflate}
		if strings.HasSuffix(name, ".safetensors") {
			h.Method = zip.Store
		}
		if change != nil {
			change(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(f[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// weights are a file of weights of that header.
func weights(header string, data int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, data)...)
}

// badZips are of models.
func badZips(t testing.TB) []bad {
	ours, good := folder(t, "model"), goodModel(t)
	mid := len(good) / 2
	flipped := bytes.Clone(good)
	flipped[len(flipped)-40] ^= 0xFF
	plain := func(f files) []byte { return f.zip(t, nil) }
	list := map[string][]byte{
		"text":               []byte(strings.Repeat("no zip at all. ", 20)),
		"shorter than a zip": []byte("PK"),
		"an empty zip":       plain(files{}),
		"half a zip":         good[:mid],
		"a zip without end":  good[:len(good)-1],
		"a zip without head": good[1:],
		"bytes behind":       append(bytes.Clone(good), "more"...),
		"bytes before":       append([]byte(strings.Repeat("#!/bin/sh\n", 1000)), good...),
		"a damaged list":     flipped,
		"a comment":          commented(t, good),
		"a page":             []byte("<!doctype html><script>alert(1)</script>" + strings.Repeat(" ", 100)),
		"one more file":      plain(ours.with("text.txt", []byte("a diary"))),
		"a program":          plain(ours.with("run.exe", []byte("MZ"))),
		"a way out":          plain(ours.with("../run.json", ours["run.json"])),
		"from the root":      plain(ours.with("/run.json", ours["run.json"])),
		"a backslash":        plain(ours.with(`..\run.json`, ours["run.json"])),
		"a folder":           plain(ours.with("run/run.json", ours["run.json"])),
		"a file twice":       plain(ours.with("again run.json", ours["run.json"])),
		"a zip in a zip":     plain(files{"model.zip": good}),
		"a model of others":  plain(ours.with("run.json", nil)),
		"no weights":         plain(ours.with("model.safetensors", nil)),
		"no tokenizer":       plain(ours.with("tokenizer.json", nil)),
		"an adapter":         goodAdapter(t),
		"weights packed":     ours.zip(t, func(h *zip.FileHeader) { h.Method = zip.Deflate }),
		"nothing packed":     ours.zip(t, func(h *zip.FileHeader) { h.Method = zip.Store }),
		"encrypted":          ours.zip(t, func(h *zip.FileHeader) { h.Flags |= 1 }),
		"comments":           ours.zip(t, func(h *zip.FileHeader) { h.Comment = "a diary" }),
		"long extras":        ours.zip(t, func(h *zip.FileHeader) { h.Extra = make([]byte, 1000) }),
		"many entries":       plain(many(300)),
		"a bomb":             plain(ours.with("log.jsonl", bytes.Repeat([]byte("\n"), 32<<20))),
		"a long log":         plain(ours.with("log.jsonl", bytes.Repeat([]byte(`{"step":1,"loss":1}`+"\n"), 80000))),

		"run.json is text":         plain(ours.with("run.json", []byte("a diary"))),
		"run.json is a list":       plain(ours.with("run.json", []byte("[1]"))),
		"run.json is deep":         plain(ours.with("run.json", []byte(strings.Repeat("[", 100000)))),
		"run.json is of tomorrow":  plain(ours.swap(t, "run.json", `"version": 4`, `"version": 99`)),
		"run.json knows more":      plain(ours.swap(t, "run.json", `"version": 4`, `"diary": "dear", "version": 4`)),
		"steps below zero":         plain(ours.swap(t, "run.json", `"step": 12`, `"step": -12`)),
		"a huge model":             plain(ours.swap(t, "run.json", `"channels": 16`, `"channels": 1600000000`)),
		"no vocabulary":            plain(ours.swap(t, "run.json", `"layers": 2`, `"layers": 0`)),
		"more layers than weights": plain(ours.swap(t, "run.json", `"layers": 2`, `"layers": 12`)),
		"questions":                plain(ours.swap(t, "run.json", `"version": 4`, `"questions": [{"prompt": "Dear diary", "answer": "yes"}], "version": 4`)),
		"replies":                  plain(ours.with("log.jsonl", []byte(`{"step":1,"measures":{"val_loss":1},"replies":[{"text":"Dear diary"}]}`+"\n"))),
		"a log of others":          plain(ours.with("log.jsonl", []byte(`{"step":1,"text":"Dear diary"}`+"\n"))),
		"a log of text":            plain(ours.with("log.jsonl", []byte("Dear diary"))),

		"weights are text":       plain(ours.with("model.safetensors", []byte("a diary, a long one"))),
		"weights are nothing":    plain(ours.with("model.safetensors", []byte{})),
		"a header of 1 EB":       plain(ours.with("model.safetensors", weights("", 0)[:0]).with("model.safetensors", append(bytes.Repeat([]byte{0xFF}, 7), 0x0F, '{', '}'))),
		"a header of 2 MB":       plain(ours.with("model.safetensors", weights("{"+strings.Repeat(" ", 2<<20)+"}", 0))),
		"a header of text":       plain(ours.with("model.safetensors", weights("a diary", 0))),
		"no tensors":             plain(ours.with("model.safetensors", weights("{}", 0))),
		"one tensor":             plain(ours.with("model.safetensors", weights(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))),
		"weights cut off":        plain(ours.with("model.safetensors", ours["model.safetensors"][:900])),
		"weights and more":       plain(ours.with("model.safetensors", append(bytes.Clone(ours["model.safetensors"]), "diary"...))),
		"numbers of other kinds": plain(ours.swap(t, "model.safetensors", `"F32"`, `"I32"`)),
		"a diary as metadata":    plain(ours.with("model.safetensors", weights(`{"__metadata__":{"diary":"`+strings.Repeat("dear ", 100)+`"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))),
	}
	return listed("model", list)
}

func many(n int) files {
	f := files{}
	for i := range n {
		f[strings.Repeat("a", i+1)] = []byte("x")
	}
	return f
}

func commented(t testing.TB, good []byte) []byte {
	out := bytes.Clone(good)
	binary.LittleEndian.PutUint16(out[len(out)-2:], 7)
	return append(out, "a diary"...)
}

// listed are the bad uploads of a kind whose contents are at fault.
func listed(kind string, bodies map[string][]byte) (list []bad) {
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		list = append(list, bad{kind + ": " + name, kind, bodies[name], 422, "unfit"})
	}
	return list
}

func badAdapters(t testing.TB) []bad {
	ours := folder(t, "adapter")
	plain := func(f files) []byte { return f.zip(t, nil) }
	config, tensors := layout.AdapterConfigFile, layout.AdapterFile
	return listed("adapter", map[string][]byte{
		"a model":           goodModel(t),
		"text":              []byte("a diary, a long one, longer than a zip's end"),
		"no configuration":  plain(ours.with(config, nil)),
		"no tensors":        plain(ours.with(tensors, nil)),
		"not LoRA":          plain(ours.swap(t, config, "LORA", "IA3")),
		"of another rank":   plain(ours.swap(t, config, `"r": 2`, `"r": 3`)),
		"of a huge rank":    plain(ours.swap(t, config, `"r": 2`, `"r": 2000000000`)),
		"of text":           plain(ours.with(config, []byte("a diary"))),
		"with a file more":  plain(ours.with("diary.txt", []byte("dear"))),
		"of other tensors":  plain(ours.with(tensors, weights(`{"diary":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}`, 16))),
		"with tensors cut":  plain(ours.with(tensors, ours[tensors][:200])),
		"in a form of ours": plain(folder(t, "model")),
	})
}

func badCards(t testing.TB) []bad {
	card := func(change func(*protocol.Outcome)) []byte {
		o := outcome()
		change(&o)
		return inJSON(t, o)
	}
	good := string(inJSON(t, outcome()))
	return listed("card", map[string][]byte{
		"text":               []byte("a diary"),
		"a list":             []byte("[]"),
		"null":               []byte("null"),
		"deep":               []byte(strings.Repeat(`{"after":`, 1000)),
		"a deep list":        []byte(strings.Repeat("[", 16<<10)),
		"two":                []byte(good + good),
		"a field more":       []byte(strings.Replace(good, "{", `{"diary":"dear",`, 1)),
		"a text as a number": []byte(strings.Replace(good, `"tokens":1000`, `"tokens":"1000"`, 1)),
		"half":               []byte(good[:len(good)/2]),
		"questions":          card(func(o *protocol.Outcome) { o.Questions = []recipe.Question{{Prompt: "Dear diary"}} }),
		"replies":            card(func(o *protocol.Outcome) { o.After.Replies = []recipe.Replied{{Text: "Dear diary"}} }),
		"no objective":       card(func(o *protocol.Outcome) { o.Objective = "" }),
		"a script":           card(func(o *protocol.Outcome) { o.Method = "<script>alert(1)</script>" }),
		"a script for an id": card(func(o *protocol.Outcome) { o.ModelID = "<script>" }),
		"a script measured":  card(func(o *protocol.Outcome) { o.After.Measures = recipe.Measures{{Name: "<script>", Value: 1}} }),
		"tokens below zero":  card(func(o *protocol.Outcome) { o.Tokens = -1 }),
		"a loss of 1e300":    card(func(o *protocol.Outcome) { o.After.Measures = recipe.Measures{{Name: "val_loss", Value: 1e300}} }),
		"nothing measured":   card(func(o *protocol.Outcome) { o.After.Measures = nil }),
	})
}

func badTexts() []bad {
	return slices.Concat(listed("task", map[string][]byte{
		"text":            []byte("a diary\n"),
		"empty lines":     []byte("\n\n\n"),
		"a field more":    []byte(`{"prompt":"a","answer":"b","diary":"c"}`),
		"no answer":       []byte(`{"prompt":"a","answer":""}`),
		"two in a line":   []byte(`{"prompt":"a","answer":"b"}{"prompt":"a","answer":"b"}`),
		"a line too long": []byte(`{"prompt":"` + strings.Repeat("a", 70000) + `","answer":"b"}`),
		"bad in line 3":   []byte(goodTask + "{"),
	}), listed("pairs", map[string][]byte{
		"text":          []byte("a diary\n"),
		"empty lines":   []byte("\n\n\n"),
		"no rejected":   []byte(`{"prompt":"a","chosen":"b"}`),
		"all the same":  []byte(`{"prompt":"a","chosen":"b","rejected":"b"}`),
		"an empty side": []byte(`{"prompt":"a","chosen":"","rejected":"b"}`),
		"bad in line 2": []byte(goodPairs + "{"),
		"bad numbers":   []byte(`{"prompt":1,"chosen":2,"rejected":3}`),
	}))
}

func testBadUploads(t *testing.T, p Place) {
	all := slices.Concat(badZips(t), badAdapters(t), badCards(t), badTexts(), []bad{
		{"an empty body", "task", nil, 400, "wrong_length"},
		{"no kind", "", []byte(goodTask), 400, "wrong_kind"},
		{"a kind of none", "diary", []byte(goodTask), 400, "wrong_kind"},
		{"a kind in capitals", "Task", []byte(goodTask), 400, "wrong_kind"},
		{"two kinds", "task,pairs", []byte(goodTask), 400, "wrong_kind"},
		{"a long card", "card", append(inJSON(t, outcome()), bytes.Repeat([]byte(" "), 16<<10)...), 413, "too_long"},
		{"a long task", "task", bytes.Repeat([]byte(goodTask), 5000), 413, "too_long"},
		{"long pairs", "pairs", bytes.Repeat([]byte(goodPairs), 5000), 413, "too_long"},
	})
	before, asked := p.Count(t), 0
	refused := func(name string, s said, status int, code string) {
		t.Helper()
		s.want(t, name, status, code)
		if asked++; !p.Quick && asked%10 != 0 {
			return // Run counts at the end
		}
		if after := p.Count(t); after != before {
			t.Errorf("%s leaves %+v where %+v was", name, after, before)
			before = after
		}
	}
	for i, b := range all {
		refused(b.name, p.visitor().put(t, b.kind, b.body), b.status, b.code)
		if t.Failed() && i > 20 {
			break
		}
	}
	sum := sha256.Sum256([]byte(goodTask))
	other := sha256.Sum256([]byte(goodPairs))
	for name, c := range map[string]struct {
		header string
		code   string
	}{
		"no hash":             {"", "no_hash"},
		"half a hash":         {hex.EncodeToString(sum[:16]), "no_hash"},
		"a hash of letters":   {strings.Repeat("xy", 32), "no_hash"},
		"a hash of two":       {hex.EncodeToString(sum[:]) + "," + hex.EncodeToString(sum[:]), "no_hash"},
		"the hash of another": {hex.EncodeToString(other[:]), "wrong_hash"},
	} {
		refused(name, p.visitor().with("Hornbook-SHA256", c.header).do(t, "POST", "/api/share?kind=task", []byte(goodTask)), 400, c.code)
	}
	refused("no length", p.visitor().chunked(t, []byte(goodTask)), 411, "length_required")
	if n := len(all) + 6; n < 60 {
		t.Errorf("only %d bad uploads", n)
	} else {
		t.Logf("%d bad uploads", n)
	}
}

// chunked puts a task whose length is not said.
func (f from) chunked(t testing.TB, body []byte) said {
	t.Helper()
	sum := sha256.Sum256(body)
	r, err := f.with("Hornbook-SHA256", hex.EncodeToString(sum[:])).request(t.Context(), "POST", "/api/share?kind=task", bytes.NewBuffer(body))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	text.ReadFrom(answer.Body)
	return read(answer, text.Bytes())
}
