package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/format/safetensors"
	"hornbook/tokenizer"
)

// stranger is a folder as someone else makes it, of a model that talks in its own way
// and ends with <|im_end|>; its ids are those of chatML's tokens behind 256 bytes.
func stranger(t testing.TB, form string) fstest.MapFS {
	t.Helper()
	tok := tokenizer.NewBytes("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<s>")
	folder := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms[form], tok))
	delete(folder, cardFile)
	delete(folder, layout.TokenizerConfigFile)
	var config map[string]any
	if err := json.Unmarshal(folder[layout.ConfigFile].Data, &config); err != nil {
		t.Fatal(err)
	}
	maps.Copy(config, map[string]any{"eos_token_id": 258, "bos_token_id": 259, "pad_token_id": 256, "torch_dtype": "bfloat16", "transformers_version": "4.51.0", "_name_or_path": "someone/tiny", "initializer_range": 0.02})
	delete(config, "dtype")
	put := func(name string, v any) { folder[name] = &fstest.MapFile{Data: asJSON(t, v)} }
	put(layout.ConfigFile, config)
	put(layout.GenerationFile, map[string]any{"eos_token_id": []int{258, 256}, "pad_token_id": 256, "do_sample": true, "top_p": 0.8})
	put(layout.TokenizerConfigFile, map[string]any{"eos_token": "<|im_end|>", "bos_token": map[string]any{"content": "<s>", "lstrip": false}, "pad_token": "<|endoftext|>",
		"add_bos_token": false, "chat_template": "{% for m in messages %}{{'<|im_start|>' + m.role}}{% endfor %}", "model_max_length": 131072, "tokenizer_class": "Qwen2Tokenizer"})
	put(layout.SpecialsFile, map[string]any{"eos_token": "<|im_end|>"})
	folder[layout.TemplateFile] = &fstest.MapFile{Data: []byte("{# as it is #}\n{{ messages }}")}
	var raw map[string]any
	if err := json.Unmarshal(folder[layout.TokenizerFile].Data, &raw); err != nil {
		t.Fatal(err)
	}
	raw["truncation"] = map[string]any{"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0} // left by a trainer
	put(layout.TokenizerFile, raw)
	return folder
}

// same compares folders key by key, but for the model card and the type of weights.
func same(t *testing.T, what string, got, want fstest.MapFS) {
	t.Helper()
	names := func(files fstest.MapFS) []string {
		return slices.Sorted(maps.Keys(maps.Collect(func(yield func(string, bool) bool) {
			for name := range files {
				if name != cardFile && !yield(name, true) {
					return
				}
			}
		})))
	}
	if !slices.Equal(names(got), names(want)) {
		t.Fatalf("%s: files %q, want %q", what, names(got), names(want))
	}
	for name, f := range want {
		switch {
		case strings.HasSuffix(name, ".json"):
			var a, b map[string]any
			if err := errors.Join(json.Unmarshal(got[name].Data, &a), json.Unmarshal(f.Data, &b)); err != nil {
				t.Fatalf("%s: %s: %v", what, name, err)
			}
			for _, key := range slices.Sorted(maps.Keys(a)) {
				if _, has := b[key]; !has {
					t.Errorf("%s: %s: %q was added", what, name, key)
				}
			}
			for key, x := range b {
				if y, has := a[key]; !has || key != "torch_dtype" && key != "dtype" && !reflect.DeepEqual(x, y) {
					t.Errorf("%s: %s: %q is %v, was %v", what, name, key, y, x)
				}
			}
		case strings.HasSuffix(name, ".safetensors"):
			byName := func(data []byte) []safetensors.Tensor {
				return slices.SortedFunc(slices.Values(weightsOf(t, data)), func(a, b safetensors.Tensor) int { return strings.Compare(a.Name, b.Name) })
			}
			if !reflect.DeepEqual(byName(got[name].Data), byName(f.Data)) {
				t.Errorf("%s: other weights", what)
			}
		case name != cardFile && !bytes.Equal(got[name].Data, f.Data):
			t.Errorf("%s: %s is %q, was %q", what, name, got[name].Data, f.Data)
		}
	}
}

// A model from elsewhere goes out as it came in, key by key, through a folder of
// ours and through a zip too.
func TestImportThenExportIsTheSame(t *testing.T) {
	for _, form := range []string{"qwen3", "llama", "gpt2", "qwen2", "mistral", "llama 3", "gpt-neo", "gpt-neox"} {
		folder := stranger(t, form)
		run, notes, err := Import(folder, generous)
		if err != nil || len(notes) > 0 {
			t.Fatal(form, err, notes)
		}
		if m := run.Manner(); !slices.Equal(m.Ends, []int32{258, 256}) || m.Begin != 259 || m.Pad != 256 {
			t.Errorf("%s: it is taken to begin and end with %+v", form, m)
		}
		kept, err := checkpoint.Read(checkpointtest.InMemory(t, run))
		if err != nil {
			t.Fatal(err)
		}
		zipped := checkpointtest.Files{}
		if err := exports["zip"].write(zipped, run); err != nil {
			t.Fatal(err)
		}
		unzipped, _, err := Import(fstest.MapFS(zipped), generous)
		if err != nil {
			t.Fatal(err)
		}
		for what, run := range map[string]checkpoint.Run{"at once": run, "kept": kept, "zipped": unzipped} {
			out := checkpointtest.Files{}
			if err := WriteHF(out, run, format.F32); err != nil {
				t.Fatal(err)
			}
			same(t, form+", "+what, fstest.MapFS(out), folder)
		}
	}
}

// Mistral's without a window is Llama's, and stays what it says it is.
func TestNameOfItsOwn(t *testing.T) {
	folder := stranger(t, "mistral")
	folder[layout.ConfigFile].Data = bytes.Replace(folder[layout.ConfigFile].Data, []byte(`"sliding_window":5`), []byte(`"sliding_window":null`), 1)
	run, _, err := Import(folder, generous)
	if err != nil || run.Recipe.Model.Window != 0 {
		t.Fatal(err, run.Recipe.Model.Window)
	}
	out := checkpointtest.Files{}
	if err := WriteHF(out, run, format.F32); err != nil || !bytes.Contains(out[layout.ConfigFile].Data, []byte("MistralForCausalLM")) {
		t.Errorf("%v: %s", err, out[layout.ConfigFile].Data)
	}
}

// Through GGUF and back a model begins, ends and talks as it did, and no token is
// added where there is an end.
func TestMannerThroughGGUF(t *testing.T) {
	run, _, err := Import(stranger(t, "qwen3"), generous)
	if err != nil {
		t.Fatal(err)
	}
	want := run.Manner()
	for range 3 {
		files := checkpointtest.Files{}
		if err := exports["gguf f32"].write(files, run); err != nil {
			t.Fatal(err)
		}
		data := files["a.gguf"].Data
		f, err := gguf.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range map[string]any{"tokenizer.ggml.eos_token_id": uint32(258), "tokenizer.ggml.eot_token_id": uint32(256), "tokenizer.ggml.bos_token_id": uint32(259),
			"tokenizer.ggml.padding_token_id": uint32(256), "tokenizer.ggml.add_bos_token": false, "tokenizer.chat_template": "{# as it is #}\n{{ messages }}", "qwen3.vocab_size": uint32(260)} {
			if got := f.Value(key); got != value {
				t.Errorf("%s is %v, want %v", key, got, value)
			}
		}
		if run, _, err = Import(fstest.MapFS(files), generous); err != nil {
			t.Fatal(err)
		}
		if got := run.Manner(); !reflect.DeepEqual(got, want) {
			t.Fatalf("it came back as %+v, was %+v", got, want)
		}
	}
	out := checkpointtest.Files{}
	if err := WriteHF(out, run, format.F32); err != nil {
		t.Fatal(err)
	}
	back, _, err := Import(fstest.MapFS(out), generous)
	if err != nil || !slices.Equal(back.Manner().Ends, []int32{258, 256}) || back.Manner().Template != want.Template {
		t.Errorf("of GGUF's in Hugging Face's files it is %+v (%v)", back.Manner(), err)
	}
}

// A GGUF file's own words go through, whatever the width of its numbers.
func TestGGUFSays(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tokenizer.NewBytes("<end>", "<pad>"))
	file := remade(t, run, func(f *gguf.File) {
		for key, value := range map[string]any{keyTokenizer: nil, keyEndAdded: nil, "tokenizer.ggml.eos_token_id": int16(256), "tokenizer.ggml.bos_token_id": uint64(257), "tokenizer.ggml.padding_token_id": int64(257),
			"tokenizer.ggml.add_bos_token": true, "general.license": "mit", "general.tags": []string{"a", "b"}, "general.name": "Someone's"} {
			set(f, key, value)
		}
	})
	got, notes, err := Import(fstest.MapFS{"a.gguf": {Data: file}}, generous)
	if err != nil {
		t.Fatal(err, notes)
	}
	if m := got.Manner(); !slices.Equal(m.Ends, []int32{256}) || m.Begin != 257 || m.Pad != 257 || m.AddBegin == nil || !*m.AddBegin {
		t.Errorf("it is %+v", m)
	}
	out := checkpointtest.Files{}
	if err := exports["gguf f32"].write(out, got); err != nil {
		t.Fatal(err)
	}
	again, err := gguf.Open(bytes.NewReader(out["a.gguf"].Data), int64(len(out["a.gguf"].Data)))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]any{"general.license": "mit", "general.name": "Someone's", "tokenizer.ggml.eos_token_id": uint32(256), "tokenizer.ggml.add_bos_token": true} {
		if got := again.Value(key); got != value {
			t.Errorf("%s is %v, want %v", key, got, value)
		}
	}
	if !reflect.DeepEqual(again.Value("general.tags"), []string{"a", "b"}) {
		t.Errorf("general.tags are %v", again.Value("general.tags"))
	}
}

// A model that is taught Hornbook's conversations ends as they do.
func TestTaughtToTalk(t *testing.T) {
	run, _, err := Import(stranger(t, "llama"), generous)
	if err != nil {
		t.Fatal(err)
	}
	if run.Tokenizer, err = tokenizer.Extend(run.Tokenizer, chat.Specials[1:]...); err != nil {
		t.Fatal(err)
	}
	run.Model = run.Model.Grow(run.Tokenizer.Size() - run.Model.Vocab)
	run.Recipe.Model = run.Model.Config
	out := checkpointtest.Files{}
	if err := WriteHF(out, run, format.F32); err != nil {
		t.Fatal(err)
	}
	checkEnds(t, run.Tokenizer, out)
	if out[layout.TemplateFile] != nil || !bytes.Contains(out[layout.GenerationFile].Data, []byte("top_p")) {
		t.Error("the old template is there still, or how it samples is not")
	}
	back, _, err := Import(fstest.MapFS(out), generous)
	if err != nil || !slices.Equal(back.Manner().Ends, layout.Ends(run.Tokenizer)) {
		t.Errorf("it came back with %v (%v)", back.Manner().Ends, err)
	}
}

// What a paper says that it cannot be is refused, or passed over where nobody needs it.
func TestBadPapers(t *testing.T) {
	for name, c := range map[string]struct{ file, text, says string }{
		"cut off":        {layout.GenerationFile, `{"eos_token_id": [25`, "no JSON object"},
		"a list":         {layout.GenerationFile, `[1]`, "no JSON object"},
		"long":           {layout.GenerationFile, strings.Repeat(" ", 2<<20), "bytes"},
		"no such token":  {layout.GenerationFile, `{"eos_token_id": 999999}`, ""},
		"below zero":     {layout.GenerationFile, `{"eos_token_id": -1}`, ""},
		"a text":         {layout.GenerationFile, `{"eos_token_id": "x"}`, ""},
		"infinity":       {layout.GenerationFile, `{"eos_token_id": [Infinity, 258.5], "x": NaN}`, ""},
		"a list as name": {layout.TokenizerConfigFile, `{"eos_token": ["x"], "chat_template": [{"name": "default", "template": "x"}]}`, ""},
	} {
		folder := stranger(t, "llama")
		folder[c.file] = &fstest.MapFile{Data: []byte(c.text)}
		run, _, err := Import(folder, generous)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if err == nil && !slices.Equal(run.Manner().Ends, []int32{258}) && name != "a list as name" {
			t.Errorf("%s: it ends with %v", name, run.Manner().Ends)
		}
	}
}

// FuzzPapers: whatever a folder's papers hold, Import gives a run that can be saved
// and written for others, or an error of the kinds that are told apart.
func FuzzPapers(f *testing.F) {
	folder := stranger(f, "gpt2")
	for _, name := range []string{layout.GenerationFile, layout.TokenizerConfigFile, layout.SpecialsFile, layout.TemplateFile} {
		f.Add(name, folder[name].Data)
	}
	f.Add(layout.GenerationFile, []byte(`{"eos_token_id": [Infinity, -1, 1e30, 258]}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if folder[name] == nil || name == layout.WeightsFile {
			return
		}
		files := maps.Clone(folder)
		files[name] = &fstest.MapFile{Data: data}
		tryImport(t, files)
		if run, _, err := Import(files, fuzzLimit); err == nil {
			if err := WriteHF(checkpointtest.Files{}, run, format.F32); err != nil {
				t.Fatal(err)
			}
			if _, err := WriteGGUF(&bytes.Buffer{}, run, format.F32); err != nil && !errors.As(err, new(*format.Problem)) {
				t.Fatal(err)
			}
		}
	})
}

// checkEnds looks for the end tokens in files for Hugging Face.
func checkEnds(t *testing.T, tok tokenizer.Tokenizer, files checkpointtest.Files) {
	t.Helper()
	var config struct {
		BOS int32   `json:"bos_token_id"`
		EOS []int32 `json:"eos_token_id"`
	}
	var names struct {
		BOS string `json:"bos_token"`
		EOS string `json:"eos_token"`
	}
	if err := json.Unmarshal(files[layout.ConfigFile].Data, &config); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(files[layout.TokenizerConfigFile].Data, &names); err != nil {
		t.Fatal(err)
	}
	end, _ := tok.Special(chat.End)
	last, _ := tok.Special(chat.EndOfText)
	equal(t, "ends", config.EOS, []int32{end, last})
	equal(t, "beginning", config.BOS, last)
	equal(t, "names", []string{names.BOS, names.EOS}, []string{chat.EndOfText, chat.End})
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: theirs %#v, ours %#v", what, got, want)
	}
}
