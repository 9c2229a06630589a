package exchange

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format/safetensors"
	"hornbook/tokenizer"
)

// rewritten is folder whose JSON file has other values under some keys; nil takes a key
// away.
func rewritten(t testing.TB, folder fstest.MapFS, file string, changes map[string]any) fstest.MapFS {
	t.Helper()
	fields := map[string]any{}
	if f, has := folder[file]; has {
		if err := json.Unmarshal(f.Data, &fields); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range changes {
		if fields[key] = value; value == gone {
			delete(fields, key)
		}
	}
	out := maps.Clone(folder)
	out[file] = &fstest.MapFile{Data: asJSON(t, fields)}
	return out
}

// gone is the value of a key that is taken away.
const gone = "(gone)"

// Configurations as people have them: with keys of older and newer versions, without
// what classes know by themselves. They open with the same logits, or are refused by
// the name of what is not done.
func TestReportedConfigs(t *testing.T) {
	type change = map[string]any
	base := checkpointtest.Forms["llama"].RoPEBase
	rope := func(more change) change {
		all := change{"rope_theta": base, "rope_type": "default"}
		maps.Copy(all, more)
		return all
	}
	for _, c := range []struct {
		form   string
		change change
		says   string // note or refusal; "" for none
		fails  bool
	}{
		{"llama", change{"torch_dtype": "float16", "dtype": gone}, "", false},
		{"llama", change{"dtype": "bfloat16"}, "", false},
		{"llama", change{"rope_theta": gone, "rope_parameters": rope(nil)}, "", false},
		{"llama", change{"rope_theta": gone, "rope_parameters": change{"full_attention": rope(nil)}}, "", false},
		{"llama", change{"rope_theta": gone, "rope_parameters": change{"full_attention": rope(nil), "sliding_attention": rope(change{"rope_theta": 500.0})}}, "rope_parameters", true},
		{"llama", change{"rope_scaling": nil, "rope_parameters": nil}, "", false},
		{"llama", change{"rope_scaling": change{"rope_type": "default"}}, "", false},
		{"llama", change{"rope_scaling": change{"type": "linear", "factor": 1.0}}, "", false},
		{"llama", change{"rope_scaling": change{"type": "dynamic", "factor": 2.0}}, `"dynamic"`, true},
		{"llama", change{"rope_scaling": change{"type": "su", "long_factor": []float64{1}}}, `"su"`, true},
		{"llama", change{"rope_scaling": change{"type": "mrope", "mrope_section": []int{1}}}, `"mrope"`, true},
		{"llama", change{"num_key_value_heads": gone}, "", false},
		{"llama", change{"num_key_value_heads": nil, "head_dim": nil}, "", false},
		{"llama", change{"attention_bias": false, "mlp_bias": false, "pretraining_tp": 2, "use_cache": false}, "", false},
		{"llama", change{"quantization_config": nil}, "", false},
		{"llama", change{"quantization_config": change{}}, "", false},
		{"llama", change{"quantization_config": change{"quant_method": "bitsandbytes", "load_in_4bit": true}}, "bitsandbytes", true},
		{"llama", change{"max_position_embeddings": gone}, "", false},
		{"llama", change{"architectures": nil, "model_type": "llama"}, "", false},
		{"llama", change{"architectures": []string{}, "model_type": "llama"}, "", false},
		{"llama", change{"architectures": []string{"LlamaForSequenceClassification"}}, "LlamaForSequenceClassification", true},
		{"llama", change{"architectures": []string{"LlamaModel"}}, "", false},
		{"llama", change{"sliding_window": 4, "use_sliding_window": true}, "", false},
		{"llama", change{"head_dim": 5}, "head", true},
		{"llama", change{"is_llama_config": true, "auto_map": change{"AutoModelForCausalLM": "modeling_x.X"}}, "", false},
		{"llama", change{"tie_word_embeddings": nil}, "", false},
		{"llama", change{"eos_token_id": []int{1, 2}, "pad_token_id": -1}, "", false},
		{"llama", change{"hidden_act": "gelu"}, `"gelu"`, true},
		{"qwen3", change{"sliding_window": 4, "use_sliding_window": false, "max_window_layers": 1}, "", false},
		{"qwen3", change{"sliding_window": nil, "use_sliding_window": false, "layer_types": []string{"full_attention", "full_attention"}}, "", false},
		{"qwen3", change{"num_key_value_heads": gone}, "", false},
		{"llama", change{"architectures": []string{"MistralForCausalLM"}, "model_type": "mistral", "sliding_window": nil, "layer_types": []string{"sliding_attention", "sliding_attention"}}, "", false},
		{"gpt2", change{"n_positions": gone, "n_ctx": 16}, "", false},
		{"gpt2", change{"reorder_and_upcast_attn": true, "summary_type": "cls_index"}, "", false},
		{"gpt2", change{"activation_function": "gelu_pytorch_tanh"}, "", false},
		{"gpt2", change{"scale_attn_by_inverse_layer_idx": true}, "scale_attn_by_inverse_layer_idx", true},
		{"gpt2", change{"architectures": []string{"GPT2Model"}}, "", false},
	} {
		run := checkpointtest.Fresh(t, checkpointtest.Forms[c.form], checkpointtest.Chars(t))
		got, notes, err := Import(rewritten(t, folderOf(t, run), layout.ConfigFile, c.change), generous)
		switch said := strings.Join(notes, "\n"); {
		case c.fails && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s with %v: %v, want %q", c.form, c.change, err, c.says)
		case c.fails:
		case err != nil:
			t.Errorf("%s with %v: %v", c.form, c.change, err)
		case !strings.Contains(said, c.says) || (said == "") != (c.says == ""):
			t.Errorf("%s with %v says %q", c.form, c.change, said)
		case !slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(run)):
			t.Errorf("%s with %v: its logits are others", c.form, c.change)
		}
	}
}

// Weights as people save them: with or without the head, in doubles, with buffers of
// whatever type.
func TestReportedWeights(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))
	folder := folderOf(t, run)
	plain := weightsOf(t, folder[layout.WeightsFile].Data)
	at := slices.IndexFunc(plain, func(x safetensors.Tensor) bool { return x.Name == "lm_head.weight" })
	if at < 0 {
		t.Fatal("no head")
	}
	headless := slices.Delete(slices.Clone(plain), at, at+1)
	with := func(list []safetensors.Tensor, tied any) fstest.MapFS {
		out := rewritten(t, folder, layout.ConfigFile, map[string]any{"tie_word_embeddings": tied})
		out[layout.WeightsFile] = asFile(t, list)
		return out
	}
	for name, c := range map[string]struct {
		files fstest.MapFS
		note  string
	}{
		"tied, saved without its head":         {with(headless, true), ""},
		"not tied, saved without its head":     {with(headless, false), "lm_head"},
		"tied, saved with a head of its own":   {with(plain, true), "lm_head"},
		"not tied, with a head":                {with(plain, false), ""},
		"biases that the configuration denies": {rewritten(t, with(append(slices.Clone(plain), biasOf(plain, "self_attn.q_proj")...), false), layout.ConfigFile, map[string]any{"attention_bias": false}), "bias"},
	} {
		_, notes, err := Import(c.files, generous)
		if said := strings.Join(notes, "\n"); err != nil || !strings.Contains(said, c.note) || (said == "") != (c.note == "") {
			t.Errorf("%s: %v, it says %q, want %q", name, err, said, c.note)
		}
	}
}

// biasOf are biases for the modules of a name.
func biasOf(list []safetensors.Tensor, module string) (out []safetensors.Tensor) {
	for _, x := range list {
		if base, is := strings.CutSuffix(x.Name, module+".weight"); is {
			out = append(out, safetensors.Tensor{Name: base + module + ".bias", Shape: x.Shape[:1], Data: slices.Repeat([]float32{1}, x.Shape[0])})
		}
	}
	return out
}

// Where writing stops is found in whichever file says it, as transformers do.
func TestReportedEnds(t *testing.T) {
	tok := tokenizer.NewBytes("<|endoftext|>", "<|im_end|>")
	base := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tok))
	for _, name := range []string{layout.TokenizerConfigFile, layout.GenerationFile, layout.SpecialsFile} {
		delete(base, name)
	}
	base = rewritten(t, base, layout.ConfigFile, map[string]any{"eos_token_id": gone, "bos_token_id": gone})
	token := func(content string) map[string]any {
		return map[string]any{"content": content, "lstrip": false, "normalized": false, "rstrip": false, "single_word": false}
	}
	plainWord := rewritten(t, base, layout.TokenizerFile, map[string]any{"added_tokens": []any{}})
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  []int32
	}{
		"a list in config.json":         {rewritten(t, base, layout.ConfigFile, map[string]any{"eos_token_id": []int{257, 256}}), []int32{257, 256}},
		"one in config.json":            {rewritten(t, base, layout.ConfigFile, map[string]any{"eos_token_id": 257}), []int32{257}},
		"tokenizer_config's name":       {rewritten(t, base, layout.TokenizerConfigFile, map[string]any{"eos_token": "<|im_end|>"}), []int32{257}},
		"tokenizer_config's object":     {rewritten(t, base, layout.TokenizerConfigFile, map[string]any{"eos_token": token("<|im_end|>")}), []int32{257}},
		"special_tokens_map alone":      {rewritten(t, base, layout.SpecialsFile, map[string]any{"eos_token": token("<|im_end|>")}), []int32{257}},
		"a word of the vocabulary":      {rewritten(t, plainWord, layout.TokenizerConfigFile, map[string]any{"eos_token": "<|im_end|>"}), []int32{257}},
		"generation_config before":      {rewritten(t, rewritten(t, base, layout.ConfigFile, map[string]any{"eos_token_id": 256}), layout.GenerationFile, map[string]any{"eos_token_id": 257}), []int32{257}},
		"generation_config that is nil": {rewritten(t, rewritten(t, base, layout.ConfigFile, map[string]any{"eos_token_id": 257}), layout.GenerationFile, map[string]any{"eos_token_id": nil}), []int32{257}},
	} {
		run, _, err := Import(c.files, generous)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := run.Manner().Ends; !slices.Equal(got, c.want) {
			t.Errorf("%s: writing ends with %v, want %v", name, got, c.want)
		}
	}
	listed := rewritten(t, base, layout.TokenizerConfigFile, map[string]any{"chat_template": []any{map[string]any{"name": "tool_use", "template": "x"}, map[string]any{"name": "default", "template": "y"}}})
	if run, _, err := Import(listed, generous); err != nil || run.Manner().Template != "y" {
		t.Errorf("of several templates it takes %q: %v", run.Manner().Template, err)
	}
}

// Tokens that tokenizer_config.json adds, as transformers do when they load it, are
// tokens here.
func TestReportedAddedTokens(t *testing.T) {
	tok := tokenizer.NewBytes("<|endoftext|>", "<|im_end|>")
	base := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tok))
	delete(base, layout.TokenizerConfigFile)
	base = rewritten(t, base, layout.TokenizerFile, map[string]any{"added_tokens": []any{}})
	decoder := map[string]any{"257": map[string]any{"content": "<|im_end|>", "special": true, "lstrip": false, "rstrip": false, "normalized": false, "single_word": false}}
	for name, c := range map[string]map[string]any{
		"added_tokens_decoder":      {"added_tokens_decoder": decoder},
		"the vocabulary's id":       {"added_tokens_decoder": map[string]any{"5": decoder["257"]}},
		"eos_token":                 {"eos_token": "<|im_end|>"},
		"additional_special_tokens": {"additional_special_tokens": []string{"<|im_end|>"}},
		"extra_special_tokens":      {"extra_special_tokens": []string{"<|im_end|>"}},
		"extra, by name":            {"extra_special_tokens": map[string]any{"end_token": "<|im_end|>"}},
	} {
		run, _, err := Import(rewritten(t, base, layout.TokenizerConfigFile, c), generous)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kept, err := checkpoint.Read(checkpointtest.InMemory(t, run))
		if err != nil {
			t.Fatalf("%s, kept: %v", name, err)
		}
		for _, run := range []checkpoint.Run{run, kept} {
			if ids := run.Tokenizer.EncodeSpecial([]byte("a<|im_end|>")); !slices.Equal(ids, []int32{tok.Encode([]byte("a"))[0], 257}) {
				t.Errorf("%s: the ids are %v", name, ids)
			}
		}
	}
	for name, c := range map[string]map[string]any{
		"without a row":    {"pad_token": "[PAD]"},
		"further than all": {"added_tokens_decoder": map[string]any{"300": map[string]any{"content": "[PAD]", "special": true}}},
	} {
		run, notes, err := Import(rewritten(t, base, layout.TokenizerConfigFile, c), generous)
		if said := strings.Join(notes, "\n"); err != nil || !strings.Contains(said, "[PAD]") {
			t.Fatalf("%s: %v, it says %q", name, err, said)
		}
		kept, err := checkpoint.Read(checkpointtest.InMemory(t, run))
		if err != nil || kept.Tokenizer.Size() != tok.Size() {
			t.Errorf("%s, kept: %v", name, err)
		}
	}
}

// A space before a text is put where tokenizer_config.json says so, as transformers do.
func TestReportedPrefixSpace(t *testing.T) {
	bpe, err := tokenizer.TrainBPE([]byte(strings.Repeat(checkpointtest.Text, 9)), 280)
	if err != nil {
		t.Fatal(err)
	}
	folder := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], bpe))
	for _, wanted := range []bool{true, false} {
		run, _, err := Import(rewritten(t, folder, layout.TokenizerConfigFile, map[string]any{"add_prefix_space": wanted}), generous)
		if err != nil {
			t.Fatal(err)
		}
		text := "to be"
		if wanted {
			text = " to be"
		}
		if got, want := run.Tokenizer.Encode([]byte("to be")), bpe.Encode([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%v: the ids are %v, want %v", wanted, got, want)
		}
	}
}

// Of Llama's and Gemma's classes the keys of tokenizer_config.json say what stands around a
// text, whatever tokenizer.json says; of others they say nothing.
func TestReportedFrames(t *testing.T) {
	tok := tokenizer.NewBytes("<s>", "</s>")
	folder := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tok))
	for _, c := range []struct {
		class          string
		change         map[string]any
		before, behind []int32
	}{
		{"LlamaTokenizerFast", map[string]any{"add_bos_token": true}, []int32{256}, nil},
		{"LlamaTokenizer", map[string]any{"add_bos_token": true, "add_eos_token": true}, []int32{256}, []int32{257}},
		{"GemmaTokenizer", map[string]any{"add_bos_token": false, "add_eos_token": true}, nil, []int32{257}},
		{"LlamaTokenizer", map[string]any{"add_bos_token": true, "bos_token": nil}, nil, nil},
		{"LlamaTokenizer", map[string]any{}, nil, nil},
		{"Qwen2Tokenizer", map[string]any{"add_bos_token": true}, nil, nil},
	} {
		all := map[string]any{"tokenizer_class": c.class, "bos_token": "<s>", "eos_token": map[string]any{"content": "</s>"}}
		maps.Copy(all, c.change)
		run, notes, err := Import(rewritten(t, folder, layout.TokenizerConfigFile, all), generous)
		if err != nil {
			t.Fatal(err)
		}
		if before, behind := tokenizer.Frame(run.Tokenizer); !slices.Equal(before, c.before) || !slices.Equal(behind, c.behind) || (len(notes) > 0) != (len(before)+len(behind) > 0) {
			t.Errorf("%s with %v: %v and %v stand around a text; it says %q", c.class, c.change, before, behind, notes)
		}
	}
}

// What files ask of writing and of texts and is not done here is said.
func TestReportedUndone(t *testing.T) {
	folder := folderOf(t, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t)))
	for _, c := range []struct {
		file   string
		change map[string]any
		says   string
	}{
		{layout.GenerationFile, map[string]any{"temperature": 0.6, "top_p": 0.9, "do_sample": true, "max_new_tokens": 20, "repetition_penalty": 1.0, "suppress_tokens": nil, "bad_words_ids": []int{}}, ""},
		{layout.GenerationFile, map[string]any{"stop_strings": []string{"\n\n"}}, `stop_strings ["\n\n"]`},
		{layout.GenerationFile, map[string]any{"repetition_penalty": 1.1, "suppress_tokens": []int{3}}, "repetition_penalty 1.1, suppress_tokens [3]"},
		{layout.TokenizerConfigFile, map[string]any{"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": true, "clean_up_tokenization_spaces": true, "model_max_length": 1e30}, ""},
		{layout.TokenizerConfigFile, map[string]any{"split_special_tokens": true}, "split_special_tokens"},
	} {
		_, notes, err := Import(rewritten(t, folder, c.file, c.change), generous)
		if said := strings.Join(notes, "\n"); err != nil || !strings.Contains(said, c.says) || (said == "") != (c.says == "") {
			t.Errorf("%v: %v, it says %q, want %q", c.change, err, said, c.says)
		}
	}
}

// Adapters as people save them: under names of their own, wrapped twice.
func TestReportedAdapters(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], checkpointtest.Chars(t))
	folder := folderOf(t, run)
	plain := weightsOf(t, folder[layout.WeightsFile].Data)
	l := lora{modules: in("model.layers.%d.%s", 2, "self_attn.q_proj"), scale: 8, settings: peftSettings(map[string]any{"target_modules": []string{"q_proj"}})}
	adapter, merged := l.made(t, plain, false)
	tensors := weightsOf(t, adapter[layout.AdapterFile].Data)
	folder[layout.WeightsFile] = asFile(t, merged)
	whole, _, err := Import(folder, generous)
	if err != nil {
		t.Fatal(err)
	}
	want := checkpointtest.Logits(whole)
	naming := func(name func(string) string) fstest.MapFS {
		return fstest.MapFS{layout.AdapterConfigFile: adapter[layout.AdapterConfigFile], layout.AdapterFile: asFile(t, renamed(tensors, name))}
	}
	set := func(changes map[string]any) fstest.MapFS {
		return rewritten(t, adapter, layout.AdapterConfigFile, changes)
	}
	for name, files := range map[string]fstest.MapFS{
		"as it is":        adapter,
		"wrapped twice":   naming(func(name string) string { return "base_model.model." + name }),
		"not wrapped":     naming(func(name string) string { return strings.TrimPrefix(name, "base_model.model.") }),
		"default":         naming(func(name string) string { return strings.Replace(name, ".weight", ".default.weight", 1) }),
		"a name of one's": naming(func(name string) string { return strings.Replace(name, ".weight", ".my_adapter.weight", 1) }),
		"all-linear":      set(map[string]any{"target_modules": "all-linear"}),
		"an expression":   set(map[string]any{"target_modules": `.*\.q_proj`}),
		"alpha a float":   set(map[string]any{"lora_alpha": 16.0}),
		"excluded":        set(map[string]any{"exclude_modules": []string{"lm_head"}}),
		"fan_in_fan_out":  set(map[string]any{"fan_in_fan_out": true}),
		"no task":         set(map[string]any{"task_type": nil, "base_model_name_or_path": nil, "bias": gone, "lora_dropout": gone}),
		"newer keys":      set(map[string]any{"use_bdlora": nil, "arrow_config": nil, "alora_invocation_tokens": nil, "peft_version": "0.18.0", "lora_ga_config": nil}),
		"patterns null":   set(map[string]any{"rank_pattern": nil, "alpha_pattern": nil}),
		"bias lora_only":  set(map[string]any{"bias": "lora_only"}),
	} {
		m, err := ReadAdapter(files, run.Model)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if off := largestOff(checkpointtest.Logits(checkpoint.Run{Model: m, Recipe: run.Recipe, Tokenizer: run.Tokenizer}), want); off > 3e-6 {
			t.Errorf("%s: its logits are off by %g", name, off)
		}
	}
	for key, c := range map[string]struct{ value any }{
		"trainable_token_indices": {[]int{1, 2}}, "lora_bias": {true}, "init_lora_weights": {"pissa_niter_4"}, "target_parameters": {[]string{"mlp.experts.gate_up_proj"}}, "layer_replication": {[][]int{{0, 1}}},
		"use_dora": {true}, "alora_invocation_tokens": {[]int{1}}, "use_qalora": {true}, "peft_type": {"IA3"},
	} {
		if _, err := ReadAdapter(set(map[string]any{key: c.value}), run.Model); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
