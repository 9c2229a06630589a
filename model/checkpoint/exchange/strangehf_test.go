package exchange

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format/safetensors"
)

// folderOf is the Hugging Face folder of run.
func folderOf(t testing.TB, run checkpoint.Run) fstest.MapFS {
	t.Helper()
	files := checkpointtest.Files{}
	if err := exports["hf f32"].write(files, run); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS(files)
}

// weightsOf are the tensors of a file.
func weightsOf(t testing.TB, data []byte) []safetensors.Tensor {
	t.Helper()
	tensors, _, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return tensors
}

func asFile(t testing.TB, tensors []safetensors.Tensor) *fstest.MapFile {
	t.Helper()
	var out bytes.Buffer
	if err := safetensors.Write(&out, tensors, nil); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: out.Bytes()}
}

// renamed are tensors under other names.
func renamed(tensors []safetensors.Tensor, name func(string) string) []safetensors.Tensor {
	out := slices.Clone(tensors)
	for i := range out {
		out[i].Name = name(out[i].Name)
	}
	return out
}

// and adds a tensor of two numbers.
func and(tensors []safetensors.Tensor, names ...string) []safetensors.Tensor {
	for _, name := range names {
		tensors = append(slices.Clone(tensors), safetensors.Tensor{Name: name, Shape: []int{2}, Data: []float32{1, 2}})
	}
	return tensors
}

// Weights open under whatever names and in whatever files programs have put them,
// and what is left out is said.
func TestStrangeWeights(t *testing.T) {
	for _, form := range []string{"gpt2", "llama"} {
		run := checkpointtest.Fresh(t, checkpointtest.Forms[form], checkpointtest.Chars(t))
		folder := folderOf(t, run)
		plain := weightsOf(t, folder[layout.WeightsFile].Data)
		half := len(plain) / 2
		other := renamed(plain, func(name string) string { return name })
		other[0].Data = make([]float32, len(other[0].Data))
		block := map[string]string{"gpt2": "transformer.h.0.", "llama": "model.layers.0."}[form]
		base := map[string]string{"gpt2": "transformer.", "llama": "model."}[form]
		one := func(list []safetensors.Tensor) fstest.MapFS { return fstest.MapFS{layout.WeightsFile: asFile(t, list)} }
		before := func(prefix string) fstest.MapFS {
			return one(renamed(plain, func(name string) string { return prefix + name }))
		}
		for name, c := range map[string]struct {
			files fstest.MapFS
			note  string
		}{
			"compiled":                 {before("_orig_mod."), ""},
			"compiled, of many":        {before("module._orig_mod."), ""},
			"parallel":                 {before("module."), ""},
			"a prefix of someone's":    {before("policy.net."), ""},
			"blocks compiled":          {one(renamed(plain, func(name string) string { return strings.Replace(name, ".0.", ".0._orig_mod.", 1) })), ""},
			"sharded by FSDP":          {one(renamed(plain, func(name string) string { return "_fsdp_wrapped_module." + name })), ""},
			"saved without its head":   {one(renamed(plain, func(name string) string { return strings.TrimPrefix(name, base) })), ""},
			"a value head":             {one(and(plain, "v_head.summary.weight", "v_head.summary.bias")), "are left out: v_head.summary.bias, v_head.summary.weight"},
			"a value head, wrapped":    {one(and(renamed(plain, func(name string) string { return "pretrained_model." + name }), "v_head.weight")), "are left out: v_head.weight"},
			"a reward's head":          {one(and(plain, "score.weight")), "are left out: score.weight"},
			"averages in the file":     {one(append(slices.Clone(plain), renamed(other, func(name string) string { return "ema." + name })...)), "more"},
			"buffers":                  {one(and(plain, block+"attn.bias", block+"attn.masked_bias", block+"self_attn.rotary_emb.inv_freq")), ""},
			"an average beside":        {fstest.MapFS{layout.WeightsFile: asFile(t, plain), "ema.safetensors": asFile(t, other)}, "the weights are those of model.safetensors; what lies beside is not looked at (ema.safetensors)"},
			"an average beside a name": {fstest.MapFS{"mine.safetensors": asFile(t, plain), "mine_ema.safetensors": asFile(t, other)}, "those of mine.safetensors;"},
			"the maker's own copy":     {fstest.MapFS{layout.WeightsFile: asFile(t, plain), "consolidated.safetensors": asFile(t, other)}, "consolidated.safetensors"},
			"in another program's":     {fstest.MapFS{layout.WeightsFile: asFile(t, plain), "pytorch_model.bin": {Data: []byte("\x80\x02")}}, ""},
			"parts without an index":   {fstest.MapFS{"model-00001-of-00002.safetensors": asFile(t, plain[:half]), "model-00002-of-00002.safetensors": asFile(t, plain[half:])}, ""},
			"whole and parts": {fstest.MapFS{layout.WeightsFile: asFile(t, plain), "model-00001-of-00002.safetensors": asFile(t, plain[:half]), "model-00002-of-00002.safetensors": asFile(t, plain[half:]),
				indexFile: {Data: fmt.Appendf(nil, `{"metadata": {"total_size": NaN}, "weight_map": {%q: "model-00001-of-00002.safetensors", %q: "model-00002-of-00002.safetensors"}}`, plain[0].Name, plain[half].Name)}}, "not looked at (model.safetensors)"},
			"whole, and an index": {fstest.MapFS{layout.WeightsFile: asFile(t, plain), indexFile: {Data: []byte(`{"weight_map": {"a": "model-00001-of-00002.safetensors"}}`)}}, ""},
		} {
			all := maps.Clone(folder)
			delete(all, layout.WeightsFile)
			maps.Copy(all, c.files)
			got, notes, err := Import(all, generous)
			if err != nil {
				t.Errorf("%s, %s: %v", form, name, err)
				continue
			}
			said := strings.Join(notes, "\n")
			if !strings.Contains(said, c.note) || (said == "") != (c.note == "") {
				t.Errorf("%s, %s: it says %q, want %q", form, name, said, c.note)
			}
			if !slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(run)) {
				t.Errorf("%s, %s: its logits are others", form, name)
			}
		}
		for name, c := range map[string]struct {
			list []safetensors.Tensor
			says string
		}{
			"a part more":     {and(plain, block+"attn.extra.weight"), "no place for the tensor"},
			"wrapped twice":   {append(slices.Clone(plain), safetensors.Tensor{Name: "_orig_mod." + plain[0].Name, Shape: plain[0].Shape, Data: plain[0].Data}), "lies in it twice"},
			"another's names": {renamed(plain, func(name string) string { return strings.Replace(name, plain[0].Name, "tok_embeddings.wght", 1) }), "are not called as those of"},
		} {
			all := maps.Clone(folder)
			all[layout.WeightsFile] = asFile(t, c.list)
			if _, _, err := Import(all, generous); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: %v, want %q", form, name, err, c.says)
			}
		}
	}
}

// Numbers that JSON lacks do not matter where nobody reads them.
func TestInfinityInConfig(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], checkpointtest.Chars(t))
	folder := folderOf(t, run)
	text := string(folder[layout.ConfigFile].Data)
	for _, more := range []string{`"time_step_limit": [0.0, Infinity]`, `"a": {"b": -Infinity, "c": NaN}`, `"a\"NaN": "Infinity\\"`, `"N": [NaN,NaN]`} {
		folder[layout.ConfigFile] = &fstest.MapFile{Data: []byte(strings.Replace(text, "{", "{"+more+",", 1))}
		if _, notes, err := Import(folder, generous); err != nil || len(notes) > 0 {
			t.Errorf("%s: %v %q", more, err, notes)
		}
	}
	for _, more := range []string{`"rms_norm_eps": NaN`, `"rope_theta": -Infinity`, `"rope_scaling": {"type": "linear", "factor": Infinity}`} {
		folder[layout.ConfigFile] = &fstest.MapFile{Data: []byte(strings.TrimRight(strings.TrimSpace(text), "}") + "," + more + "}")}
		if _, _, err := Import(folder, generous); err == nil {
			t.Errorf("%s is taken", more)
		}
	}
}
