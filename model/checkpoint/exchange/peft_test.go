package exchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format/safetensors"
)

// The adapters here are put together as PEFT writes them, and merged into the files
// of their model by the formula, tensor by tensor; nothing of ours is used for it.

// lora is A and B of some modules, by name, and by which settings.
type lora struct {
	modules  map[string]int     // rank of each
	scales   map[string]float64 // what B·A counts; otherwise that of the rest
	scale    float64
	settings map[string]any
}

// made is the adapter on the tensors of a model, and those with it merged into them.
func (l lora) made(t *testing.T, plain []safetensors.Tensor, turned bool) (adapter fstest.MapFS, merged []safetensors.Tensor) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, uint64(len(l.modules))))
	var tensors []safetensors.Tensor
	merged = slices.Clone(plain)
	for _, module := range slices.Sorted(maps.Keys(l.modules)) {
		rank := l.modules[module]
		i := slices.IndexFunc(plain, func(x safetensors.Tensor) bool { return x.Name == module+".weight" })
		if i < 0 {
			t.Fatalf("the model has no %s", module)
		}
		out, in := plain[i].Shape[0], plain[i].Shape[1]
		if turned {
			out, in = in, out
		}
		a, b := make([]float32, rank*in), make([]float32, out*rank)
		for _, x := range [][]float32{a, b} {
			for k := range x {
				x[k] = float32(rng.NormFloat64() * 0.2)
			}
		}
		scale := l.scale
		if s, has := l.scales[module]; has {
			scale = s
		}
		w := slices.Clone(plain[i].Data)
		for o := range out {
			for n := range in {
				var sum float64
				for k := range rank {
					sum += float64(b[o*rank+k]) * float64(a[k*in+n])
				}
				at := o*in + n
				if turned {
					at = n*out + o
				}
				w[at] += float32(scale * sum)
			}
		}
		merged[i].Data = w
		tensors = append(tensors, safetensors.Tensor{Name: "base_model.model." + module + ".lora_A.weight", Shape: []int{rank, in}, Data: a},
			safetensors.Tensor{Name: "base_model.model." + module + ".lora_B.weight", Shape: []int{out, rank}, Data: b})
	}
	return fstest.MapFS{layout.AdapterConfigFile: {Data: asJSON(t, l.settings)}, layout.AdapterFile: asFile(t, tensors)}, merged
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// peftSettings are what PEFT 0.17 writes, with changes.
func peftSettings(changes map[string]any) map[string]any {
	all := map[string]any{
		"alpha_pattern": map[string]any{}, "auto_mapping": nil, "base_model_name_or_path": "someone/tiny", "bias": "none", "corda_config": nil,
		"eva_config": nil, "exclude_modules": nil, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
		"layer_replication": nil, "layers_pattern": nil, "layers_to_transform": nil, "loftq_config": map[string]any{}, "lora_alpha": 16,
		"lora_bias": false, "lora_dropout": 0.05, "megatron_config": nil, "megatron_core": "megatron.core", "modules_to_save": nil,
		"peft_type": "LORA", "qalora_group_size": 16, "r": 2, "rank_pattern": map[string]any{}, "revision": nil, "target_modules": []string{},
		"target_parameters": nil, "task_type": "CAUSAL_LM", "trainable_token_indices": nil, "use_dora": false, "use_qalora": false, "use_rslora": false,
	}
	maps.Copy(all, changes)
	return all
}

// in are modules of two blocks, of rank r.
func in(pattern string, r int, names ...string) map[string]int {
	all := map[string]int{}
	for _, name := range names {
		for block := range 2 {
			all[fmt.Sprintf(pattern, block, name)] = r
		}
	}
	return all
}

// peftCases are adapters as people have them, on forms of checkpointtest.
var peftCases = map[string]struct {
	form string
	lora
}{
	"GPT-2's usual":   {"gpt2", lora{modules: in("transformer.h.%d.%s", 2, "attn.c_attn"), scale: 8, settings: map[string]any{"target_modules": []string{"c_attn"}, "fan_in_fan_out": true}}},
	"GPT-2, all":      {"gpt2", lora{modules: in("transformer.h.%d.%s", 2, "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"), scale: 8, settings: map[string]any{"target_modules": "all-linear"}}},
	"the last layer":  {"qwen3", lora{modules: map[string]int{"model.layers.1.self_attn.q_proj": 2, "model.layers.1.self_attn.v_proj": 2}, scale: 8, settings: map[string]any{"target_modules": []string{"q_proj", "v_proj"}, "layers_to_transform": []int{1}, "layers_pattern": "layers"}}},
	"one layer":       {"qwen3", lora{modules: map[string]int{"model.layers.0.mlp.up_proj": 2}, scale: 8, settings: map[string]any{"target_modules": []string{"up_proj"}, "layers_to_transform": 0}}},
	"rank-stabilised": {"llama", lora{modules: in("model.layers.%d.%s", 4, "self_attn.q_proj", "mlp.down_proj"), scale: 8, settings: map[string]any{"r": 4, "use_rslora": true, "target_modules": []string{"q_proj", "down_proj"}}}},
	"patterns": {"llama", lora{modules: map[string]int{"model.layers.0.self_attn.q_proj": 4, "model.layers.1.self_attn.q_proj": 2, "model.layers.0.mlp.up_proj": 2, "model.layers.1.mlp.up_proj": 3},
		scales: map[string]float64{"model.layers.0.self_attn.q_proj": 4, "model.layers.0.mlp.up_proj": 2.5, "model.layers.1.mlp.up_proj": 5.0 / 3}, scale: 8,
		settings: map[string]any{"target_modules": []string{"q_proj", "up_proj"}, "rank_pattern": map[string]int{"layers.0.self_attn.q_proj": 4, "model.layers.1.mlp.up_proj": 3}, "alpha_pattern": map[string]float64{`.*\.up_proj`: 5}}}},
	"an expression":     {"qwen2", lora{modules: map[string]int{"model.layers.1.self_attn.k_proj": 2}, scale: 8, settings: map[string]any{"target_modules": `.*\.1\..*k_proj`}}},
	"the head":          {"llama", lora{modules: map[string]int{"lm_head": 2}, scale: 8, settings: map[string]any{"target_modules": []string{"lm_head"}}}},
	"GPT-NeoX's usual":  {"gpt-neox", lora{modules: in("gpt_neox.layers.%d.%s", 2, "attention.query_key_value"), scale: 8, settings: map[string]any{"target_modules": []string{"query_key_value"}}}},
	"GPT-NeoX, all":     {"gpt-neox", lora{modules: in("gpt_neox.layers.%d.%s", 2, "attention.query_key_value", "attention.dense", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h"), scale: 8, settings: map[string]any{"target_modules": "all-linear"}}},
	"GPT-Neo":           {"gpt-neo", lora{modules: in("transformer.h.%d.%s", 2, "attn.attention.q_proj", "attn.attention.out_proj", "mlp.c_proj"), scale: 8, settings: map[string]any{"target_modules": []string{"q_proj", "out_proj", "mlp.c_proj"}}}},
	"keys to come":      {"qwen3", lora{modules: in("model.layers.%d.%s", 2, "self_attn.q_proj"), scale: 8, settings: map[string]any{"target_modules": []string{"q_proj"}, "new_thing": nil, "use_new_thing": false, "new_things": []int{}, "peft_version": "0.18.1"}}},
	"begun by loadings": {"qwen3", lora{modules: in("model.layers.%d.%s", 2, "self_attn.q_proj"), scale: 8, settings: map[string]any{"target_modules": []string{"q_proj"}, "init_lora_weights": "eva", "eva_config": map[string]any{"rho": 2.0}}}},
}

// An adapter adds what the weights have where it is merged into them, and so does what
// we write of it.
func TestPEFTAdds(t *testing.T) {
	for name, c := range peftCases {
		t.Run(name, func(t *testing.T) {
			run := checkpointtest.Fresh(t, checkpointtest.Forms[c.form], checkpointtest.Chars(t))
			folder := folderOf(t, run)
			c.settings = peftSettings(c.settings)
			adapter, merged := c.made(t, weightsOf(t, folder[layout.WeightsFile].Data), c.form == "gpt2")
			whole := maps.Clone(folder)
			whole[layout.WeightsFile] = asFile(t, merged)
			want, _, err := Import(whole, generous)
			if err != nil {
				t.Fatal(err)
			}
			logits := checkpointtest.Logits(want)
			if off := largestOff(checkpointtest.Logits(run), logits); off < 1e-3 {
				t.Fatalf("it changes the logits by %.2g only", off)
			}
			with := run
			if with.Model, err = ReadAdapter(adapter, run.Model); err != nil {
				t.Fatal(err)
			}
			near := func(what string, run checkpoint.Run) {
				if off := largestOff(checkpointtest.Logits(run), logits); !(off <= 3e-6) {
					t.Errorf("%s: logits are off by %.2g of the largest", what, off)
				}
			}
			near("read", with)
			near("merged", merging(with))
			again, written := with, checkpointtest.Files{}
			if err := WriteAdapter(written, with); err != nil {
				t.Fatal(err)
			}
			if again.Model, err = ReadAdapter(fstest.MapFS(written), run.Model); err != nil {
				t.Fatal(err)
			}
			near("written", again)
			with.Recipe.SetMethod("lora")
			with.Recipe.Tuning.LoRA, _ = with.Model.Adapter()
			kept, err := checkpoint.Read(checkpointtest.InMemory(t, with))
			if err != nil {
				t.Fatal(err)
			}
			near("kept", kept)
		})
	}
}

// merging is run with its adapter in the weights.
func merging(run checkpoint.Run) checkpoint.Run {
	run.Model = run.Model.Clone()
	run.Model.Merge()
	return run
}

// What cannot be added is refused by its name.
func TestPEFTRefuses(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], checkpointtest.Chars(t))
	plain := weightsOf(t, folderOf(t, run)[layout.WeightsFile].Data)
	l, row := lora{modules: in("model.layers.%d.%s", 2, "self_attn.q_proj"), scale: 8}, make([]float32, checkpointtest.Forms["qwen3"].Channels)
	make := func(changes map[string]any, more ...safetensors.Tensor) fstest.MapFS {
		l.settings = peftSettings(map[string]any{"target_modules": []string{"q_proj"}})
		maps.Copy(l.settings, changes)
		adapter, _ := l.made(t, plain, false)
		adapter[layout.AdapterFile] = asFile(t, append(weightsOf(t, adapter[layout.AdapterFile].Data), more...))
		return adapter
	}
	called := func(name string) safetensors.Tensor {
		return plain[slices.IndexFunc(plain, func(x safetensors.Tensor) bool { return x.Name == name })]
	}
	as := func(x safetensors.Tensor, name string) safetensors.Tensor {
		x.Name = "base_model.model." + name
		return x
	}
	embedding, head := called("model.embed_tokens.weight"), called("lm_head.weight")
	changed, larger := embedding, embedding
	changed.Data = slices.Clone(changed.Data)
	changed.Data[3] += 0.01
	larger.Shape, larger.Data = []int{embedding.Shape[0] + 1, embedding.Shape[1]}, append(slices.Clone(embedding.Data), row...)
	two := func(name string) safetensors.Tensor {
		return safetensors.Tensor{Name: "base_model.model." + name, Shape: []int{2}, Data: []float32{1, 2}}
	}
	for name, c := range map[string]struct {
		adapter fstest.MapFS
		says    string
	}{
		"DoRA":                   {make(map[string]any{"use_dora": true}), "DoRA adapter (use_dora)"},
		"DoRA by its tensors":    {make(nil, two("model.layers.0.self_attn.q_proj.lora_magnitude_vector")), "DoRA"},
		"aLoRA":                  {make(map[string]any{"alora_invocation_tokens": []int{1, 2}}), "alora_invocation_tokens is [1,2]"},
		"replicated layers":      {make(map[string]any{"layer_replication": [][]int{{0, 2}, {0, 2}}}), "layer_replication is [[0,2],[0,2]]"},
		"biases of A and B":      {make(map[string]any{"lora_bias": true}), "lora_bias is true"},
		"single tokens":          {make(map[string]any{"trainable_token_indices": []int{3}}), "trainable_token_indices is [3]"},
		"parameters":             {make(map[string]any{"target_parameters": []string{"x"}}), "target_parameters"},
		"something to come":      {make(map[string]any{"use_something": true}), "use_something is true"},
		"another kind":           {make(map[string]any{"peft_type": "IA3"}), "IA3"},
		"begun by PiSSA":         {make(map[string]any{"init_lora_weights": "pissa"}), "pissa"},
		"an embedding adapted":   {make(nil, two("model.embed_tokens.lora_embedding_A")), "adapts the embedding"},
		"a layer more":           {make(nil, two("model.layers.9.self_attn.q_proj.lora_A.weight")), "adapts what the model has not"},
		"another embedding":      {make(map[string]any{"modules_to_save": []string{"embed_tokens"}}, as(changed, "model.embed_tokens.weight")), "trained further than the model's"},
		"a larger embedding":     {make(nil, as(larger, "model.embed_tokens.weight")), "had other tokens"},
		"the embedding":          {make(nil, as(embedding, "model.embed_tokens.weight")), ""},
		"embedding and head":     {make(map[string]any{"modules_to_save": []string{"lm_head"}}, as(embedding, "model.embed_tokens.base_layer.weight"), as(head, "lm_head.modules_to_save.default.weight")), ""},
		"a norm":                 {make(nil, as(called("model.norm.weight"), "model.norm.weight")), ""},
		"biases that are not":    {make(map[string]any{"bias": "all"}), ""},
		"a bias":                 {make(map[string]any{"bias": "all"}, two("model.layers.0.self_attn.q_proj.bias")), "no place for its tensor"},
		"the adapter's own name": {fstest.MapFS{layout.AdapterConfigFile: make(nil)[layout.AdapterConfigFile], layout.AdapterFile: asFile(t, renamed(weightsOf(t, make(nil)[layout.AdapterFile].Data), func(name string) string { return strings.Replace(name, ".weight", ".default.weight", 1) }))}, ""},
	} {
		_, err := ReadAdapter(c.adapter, run.Model)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	old := make(nil)
	delete(old, layout.AdapterFile)
	old["adapter_model.bin"] = &fstest.MapFile{Data: []byte("PK\x03\x04")}
	pointer := make(nil)
	pointer[layout.AdapterFile] = &fstest.MapFile{Data: []byte("version https://git-lfs.github.com/spec/v1\nsize 99\n")}
	for says, adapter := range map[string]fstest.MapFS{"adapter_model.bin: the adapter's weights are in PyTorch's own format": old, "Git LFS's pointer": pointer} {
		if _, err := ReadAdapter(adapter, run.Model); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// Names of PEFT's stand for ours.
func TestOwnTargets(t *testing.T) {
	for list, want := range map[string]string{
		"q_proj,v_proj": "query,value", "c_attn": "query,key,value", "query_key_value,dense": "query,key,value,output", "c_proj": "output,down", "lm_head": "head",
		"all-linear": "query,key,value,output,gate,up,down", "query, up": "query,up", "everything": "everything", "mlp.c_proj": "down", "": "",
	} {
		if got := layout.OwnTargets(list); got != want {
			t.Errorf("%q is %q, want %q", list, got, want)
		}
	}
}
