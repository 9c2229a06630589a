package exchange

import (
	"bytes"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// deepFiles are a small run of DeepSeek's form as folders of ours and of Hugging Face's,
// and as a GGUF.
func deepFiles(t testing.TB) (folder, hf fstest.MapFS, gguf []byte) {
	t.Helper()
	run := spoilt(t)
	shape := checkpointtest.Forms["deepseek"]
	shape.Layers, shape.Channels, shape.Hidden, shape.Ahead = 1, 8, 8, 0
	shape.Latent = recipe.Latent{Query: 4, Rank: 4, Plain: 2, Turned: 2, Value: 2}
	shape.Experts = recipe.Experts{Count: 3, Chosen: 2, Shared: 1, Hidden: 4, Normed: true, Scale: 1}
	run = checkpointtest.Fresh(t, shape, run.Tokenizer)
	theirs, one := checkpointtest.Files{}, checkpointtest.Files{}
	for name, files := range map[string]checkpointtest.Files{"hf f32": theirs, "gguf f32": one} {
		if err := exports[name].write(files, run); err != nil {
			t.Fatal(err)
		}
	}
	return checkpointtest.InMemory(t, run), fstest.MapFS(theirs), one["a.gguf"].Data
}

// deepSeeks are spoilt files of DeepSeek's form.
func (m *maker) deepSeeks() {
	folder, hf, gguf := deepFiles(m.t)
	for name, change := range map[string][2]string{
		"deepseek-activation":    {`"silu"`, `"gelu"`},
		"deepseek-by-groups":     {`"n_group": 1`, `"n_group": 4`},
		"deepseek-by-softmax":    {`"scoring_func": "sigmoid"`, `"scoring_func": "softmax"`},
		"deepseek-chosen":        {`"num_experts_per_tok": 2`, `"num_experts_per_tok": 7`},
		"deepseek-epsilon":       {`"rms_norm_eps": 0.000001`, `"rms_norm_eps": 0.00001`},
		"deepseek-halves":        {`"rope_interleave": true`, `"rope_interleave": false`},
		"deepseek-many-experts":  {`"n_routed_experts": 3`, `"n_routed_experts": 1000000000`},
		"deepseek-odd":           {`"qk_rope_head_dim": 2`, `"qk_rope_head_dim": 3`},
		"deepseek-without-ranks": {`"q_lora_rank": 4`, `"q_lora_rank": null`},
		"deepseek-yarn":          {`"rope_scaling": null`, `"rope_scaling": {"rope_type": "yarn", "factor": 40}`},
	} {
		m.add(name, hf, map[string][]byte{layout.ConfigFile: m.replaced(hf, layout.ConfigFile, change[0], change[1])})
	}
	m.add("deepseek-missing-expert", hf, map[string][]byte{layout.WeightsFile: m.replaced(hf, layout.WeightsFile, "experts.1.up_proj", "experts.9.up_proj")})
	m.add("deepseek-run-experts", folder, map[string][]byte{checkpoint.RunFile: m.replaced(folder, checkpoint.RunFile, `"count": 3`, `"count": 256`)})
	for name, change := range map[string][2]string{
		"deepseek-gguf-missing": {"attention.kv_lora_rank", "attention.kv_lora_zank"},
		"deepseek-gguf-softmax": {"expert_gating_func\x04\x00\x00\x00\x02", "expert_gating_func\x04\x00\x00\x00\x01"},
		"deepseek-gguf-wide":    {"attention.value_length_mla\x04\x00\x00\x00\x02\x00", "attention.value_length_mla\x04\x00\x00\x00\x00\x01"},
	} {
		m.bad[name] = fstest.MapFS{"model.gguf": {Data: m.replaced(fstest.MapFS{"a": {Data: gguf}}, "a", change[0], change[1])}}
	}
}

// A model that looks ahead keeps that in Hugging Face's files, where PyTorch passes over
// it, and says that llama.cpp's has no place for it. What its block shares with the model
// may lie there too.
func TestAheadIsKept(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["deepseek"], checkpointtest.Chars(t))
	files := checkpointtest.Files{}
	if err := exports["hf f32"].write(files, run); err != nil {
		t.Fatal(err)
	}
	back, notes, err := Import(fstest.MapFS(files), generous)
	if err != nil || len(notes) > 0 || back.Recipe.Model.Ahead != 1 {
		t.Fatal(err, notes, back.Recipe.Model)
	}
	if off := largestOff(back.Model.Weights.Numbers(), run.Model.Weights.Numbers()); off > 0 {
		t.Errorf("weights are off by %.2g", off)
	}
	var out bytes.Buffer
	if notes, err := WriteGGUF(&out, run, format.F32); err != nil || len(notes) != 1 || notes[0] != NoteAhead {
		t.Errorf("GGUF says %q, %v", notes, err)
	}
	back, _, err = Import(fstest.MapFS{"a.gguf": {Data: out.Bytes()}}, generous)
	if err != nil || back.Recipe.Model.Ahead != 0 {
		t.Errorf("from GGUF it came back as %+v, %v", back.Recipe.Model, err)
	}
	if off := largestOff(checkpointtest.Logits(back), checkpointtest.Logits(run)); off > 1e-6 {
		t.Errorf("from GGUF logits are off by %.2g", off)
	}
}

// FuzzDeepSeek: whatever the configuration of a folder of the form says, and whatever a
// GGUF of it holds, Import gives a run that can be saved and read, or an error of the
// kinds that are told apart.
func FuzzDeepSeek(f *testing.F) {
	_, hf, gguf := deepFiles(f)
	f.Add(hf[layout.ConfigFile].Data)
	f.Add(gguf)
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("GGUF")) {
			tryImport(t, fstest.MapFS{"model.gguf": {Data: data}})
			return
		}
		files := fstest.MapFS{}
		for name, file := range hf {
			files[name] = file
		}
		files[layout.ConfigFile] = &fstest.MapFile{Data: data}
		tryImport(t, files)
	})
}
