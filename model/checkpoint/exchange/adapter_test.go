package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// adapted is a run whose model has an adapter that says something.
func adapted(t testing.TB, shape recipe.Model, targets string) checkpoint.Run {
	t.Helper()
	run := checkpointtest.Fresh(t, shape, tokenizer.NewBytes())
	run.Recipe.SetMethod(recipe.Lora)
	run.Recipe.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 6, Targets: targets}
	run.Model.Adapt(run.Recipe.Tuning.LoRA)
	run.Model.InitAdapter(3)
	for _, p := range run.Model.Parameters[len(run.Model.Base()):] {
		weights := p.Numbers()
		for i := range weights {
			weights[i] += float32(i%5-2) * 0.01
		}
		p.Upload(weights)
	}
	return run
}

const allButHead = "query,key,value,output,gate,up,down"

// The files are as PEFT writes them: its names, its shapes, its configuration.
func TestAdapterIsPEFTs(t *testing.T) {
	files := checkpointtest.Files{}
	if err := WriteAdapter(files, adapted(t, checkpointtest.Forms["qwen3"], allButHead+",head")); err != nil {
		t.Fatal(err)
	}
	raw := files[layout.AdapterFile].Data
	tensors, _, err := safetensors.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range tensors {
		names = append(names, x.Name)
	}
	for _, want := range []string{"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "base_model.model.model.layers.1.self_attn.o_proj.lora_B.weight",
		"base_model.model.model.layers.1.mlp.down_proj.lora_A.weight", "base_model.model.lm_head.lora_B.weight"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no %s among %q", want, names)
		}
	}
	var c struct {
		Type    string   `json:"peft_type"`
		Rank    int      `json:"r"`
		Alpha   float64  `json:"lora_alpha"`
		Targets []string `json:"target_modules"`
		Bias    string   `json:"bias"`
	}
	if err := json.Unmarshal(files[layout.AdapterConfigFile].Data, &c); err != nil {
		t.Fatal(err)
	}
	want := []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head"}
	if c.Type != "LORA" || c.Rank != 2 || c.Alpha != 6 || c.Bias != "none" || !slices.Equal(c.Targets, want) {
		t.Errorf("the configuration is %+v", c)
	}
}

// An adapter comes back bit by bit, alone and in the run's folder, in every form.
func TestAdapterComesBack(t *testing.T) {
	for form, shape := range checkpointtest.Forms {
		for _, targets := range []string{"query,value", "up,down"} {
			together := targets == "query,value" // which some have in one module with both A
			if shape.Latent.Rank > 0 && together {
				targets = "query,key" // no adapter is on what makes values
			}
			run := adapted(t, shape, targets)
			alone, folder := checkpointtest.Files{}, checkpointtest.Files{}
			if err := errors.Join(WriteAdapter(alone, run), checkpoint.Write(folder, run)); err != nil {
				t.Fatal(err)
			}
			bare := run.Model.Clone()
			bare.DropAdapter()
			again, err := ReadAdapter(fstest.MapFS(alone), bare)
			if err != nil {
				t.Fatalf("%s, %s: %v", form, targets, err)
			}
			whole, err := checkpoint.Read(fstest.MapFS(folder))
			if err != nil {
				t.Fatalf("%s, %s: %v", form, targets, err)
			}
			for what, m := range map[string]*model.GPT{"alone": again, "in its folder": whole.Model} {
				l, _ := m.Adapter()
				if f, _ := layout.FamilyOf(shape); what == "alone" && together && (f == layout.GPT2 || f == layout.NeoX || f == layout.DeepSeek) {
					with := run
					with.Model = m
					if off := largestOff(checkpointtest.Logits(with), checkpointtest.Logits(run)); off > 1e-6 {
						t.Errorf("%s, %s: logits are off by %.2g of the largest", form, targets, off)
					}
					continue
				}
				if !slices.Equal(m.Weights.Numbers(), run.Model.Weights.Numbers()) || l != run.Recipe.Tuning.LoRA {
					t.Errorf("%s, %s, %s: it came back as %+v, or with other weights", form, targets, what, l)
				}
			}
		}
	}
}

// Adapters that do not belong to the model, or that are more than LoRA, are
// refused, and the model stays as it was.
func TestBadAdapters(t *testing.T) {
	run := adapted(t, checkpointtest.Forms["qwen3"], "query,up")
	bare := run.Model.Clone()
	bare.DropAdapter()
	before := bare.Weights.Numbers()
	for what, c := range map[string]struct {
		change func(files checkpointtest.Files)
		says   string
	}{
		"no weights":     {func(f checkpointtest.Files) { delete(f, layout.AdapterFile) }, "missing"},
		"no json":        {func(f checkpointtest.Files) { f[layout.AdapterConfigFile].Data = []byte("{") }, "cannot be read"},
		"another kind":   {swap(`"LORA"`, `"IA3"`), "IA3"},
		"DoRA":           {swap(`"use_dora": false`, `"use_dora": true`), "DoRA"},
		"another rank":   {swap(`"r": 2`, `"r": 3`), "shape"},
		"a huge rank":    {swap(`"r": 2`, `"r": 1000000000`), "its r is 1e+09"},
		"no rank":        {swap(`"r": 2`, `"r": 0`), "its r is 0"},
		"a negative one": {swap(`"r": 2`, `"r": -2`), "its r is -2"},
		"a large rank":   {swap(`"r": 2`, `"r": 256`), "shape"},
		"a huge alpha":   {swap(`"lora_alpha": 6`, `"lora_alpha": 1001`), "its lora_alpha is 1001"},
		"all dropped":    {swap(`"lora_dropout": 0`, `"lora_dropout": 0.95`), "its lora_dropout is 0.95"},
		"PiSSA":          {swap(`"r": 2`, `"r": 2, "init_lora_weights": "pissa_niter_4"`), "pissa_niter_4"},
		"OLoRA":          {swap(`"r": 2`, `"r": 2, "init_lora_weights": "olora"`), "changes the model's own weights"},
		"a pattern":      {swap(`"rank_pattern": {}`, `"rank_pattern": {"q_proj": 4}`), "has shape [2 16], but the model needs [4 16]"},
		"no expression":  {swap(`"rank_pattern": {}`, `"rank_pattern": {"q_(": 4}`), "no expression"},
		"a huge pattern": {swap(`"rank_pattern": {}`, `"rank_pattern": {"q_proj": 4000}`), "not from 1 to 256"},
		"other layers":   {weights(func(x *safetensors.Tensor) { x.Name = strings.Replace(x.Name, "layers.", "blocks.", 1) }), "another kind of model"},
		"a layer lacks":  {weights(func(x *safetensors.Tensor) { x.Name = strings.Replace(x.Name, "layers.1.", "layers.9.", 1) }), "missing"},
		"not a number":   {weights(func(x *safetensors.Tensor) { x.Data[0] = float32(math.NaN()) }), "finite"},
		"another width":  {weights(func(x *safetensors.Tensor) { x.Shape = []int{x.Shape[1], x.Shape[0]} }), "shape"},
		"cut off":        {func(f checkpointtest.Files) { f[layout.AdapterFile].Data = f[layout.AdapterFile].Data[:200] }, "cannot be read"},
		"too deep":       {func(f checkpointtest.Files) { f[layout.AdapterConfigFile].Data = bytes.Repeat([]byte("["), 200000) }, "cannot be read"},
		"a huge setting": {func(f checkpointtest.Files) { f[layout.AdapterConfigFile].Data = bytes.Repeat([]byte(" "), 2<<20) }, "bytes"},
	} {
		files := checkpointtest.Files{}
		if err := WriteAdapter(files, run); err != nil {
			t.Fatal(err)
		}
		c.change(files)
		if _, err := ReadAdapter(fstest.MapFS(files), bare); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error with %q", what, err, c.says)
		}
	}
	if _, has := bare.Adapter(); has || !slices.Equal(bare.Weights.Numbers(), before) {
		t.Error("the model has changed")
	}
}

// The other ways of beginning leave the model as it is, and a setting that is
// not there is PEFT's own.
func TestAdapterSettings(t *testing.T) {
	run := adapted(t, checkpointtest.Forms["qwen3"], "query,up")
	for to, alpha := range map[string]float64{
		`"init_lora_weights": true, "lora_alpha": 6`: 6, `"init_lora_weights": "Gaussian", "lora_alpha": 6`: 6, `"init_lora_weights": false`: 8,
	} {
		files := checkpointtest.Files{}
		if err := WriteAdapter(files, run); err != nil {
			t.Fatal(err)
		}
		swap(`"lora_alpha": 6`, to)(files)
		m, err := ReadAdapter(fstest.MapFS(files), run.Model)
		if err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		if l, _ := m.Adapter(); l.Alpha != alpha || l.Rank != 2 {
			t.Errorf("%s was read as %+v", to, l)
		}
	}
}

// In formats without adapters the adapter is part of the weights: what comes
// back computes what the run does, which stays as it was.
func TestAdapterInTheWeights(t *testing.T) {
	for _, form := range []string{"qwen3", "llama", "gpt2"} {
		run := adapted(t, checkpointtest.Forms[form], "query,up,down")
		want, bare := checkpointtest.Logits(run), run
		bare.Model = run.Model.Clone()
		bare.Model.DropAdapter()
		if off := largestOff(checkpointtest.Logits(bare), want); off < 1e-3 {
			t.Fatalf("%s: the adapter changes the logits by %.2g only", form, off)
		}
		for _, e := range []string{"hf f32", "hf zip", "gguf f32"} {
			m := checkpointtest.Files{}
			if err := exports[e].write(m, run); err != nil {
				t.Fatal(err)
			}
			got, _, err := Import(fstest.MapFS(m), generous)
			if err != nil {
				t.Fatalf("%s, %s: %v", form, e, err)
			}
			// Ten times the rounding of one weight, 2⁻²⁴, where the adapter was added.
			if off := largestOff(checkpointtest.Logits(got), want); off > 6e-7 {
				t.Errorf("%s, %s: logits are off by %.2g of the largest", form, e, off)
			}
		}
		m, alone := checkpointtest.Files{}, bytes.Buffer{}
		if err := errors.Join(WriteHF(m, run, format.F16), WriteSafetensors(&alone, run, format.F16)); err != nil || !bytes.Equal(alone.Bytes(), m[layout.WeightsFile].Data) {
			t.Errorf("%s: alone the weights are others (%v)", form, err)
		}
		if _, has := run.Model.Adapter(); !has {
			t.Errorf("%s: the run has lost its adapter", form)
		}
	}
}

func swap(old, to string) func(checkpointtest.Files) {
	return func(f checkpointtest.Files) {
		text := string(f[layout.AdapterConfigFile].Data)
		if !strings.Contains(text, old) {
			panic("the configuration has no " + old)
		}
		f[layout.AdapterConfigFile].Data = []byte(strings.Replace(text, old, to, 1))
	}
}

func weights(change func(*safetensors.Tensor)) func(checkpointtest.Files) {
	return func(f checkpointtest.Files) {
		raw := f[layout.AdapterFile].Data
		tensors, _, err := safetensors.Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			panic(err)
		}
		for i := range tensors {
			change(&tensors[i])
		}
		var out bytes.Buffer
		if err := safetensors.Write(&out, tensors, nil); err != nil {
			panic(err)
		}
		f[layout.AdapterFile].Data = out.Bytes()
	}
}
