package recipe

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
)

func TestPresetsAreSound(t *testing.T) {
	names := map[string]bool{}
	for _, r := range append(Presets(), Further()...) {
		names[r.Preset] = true
		r.Model.Vocab = 65
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", r.Preset, err)
		}
		if again, known := ByName(r.Preset); !known || again.Preset != r.Preset {
			t.Errorf("%s is not found by its name", r.Preset)
		}
		text, err := json.Marshal(r)
		var back Recipe
		if err != nil || json.Unmarshal(text, &back) != nil || back != r {
			t.Errorf("%s does not survive JSON: %v", r.Preset, err)
		}
	}
	for _, name := range []string{"nanogpt-cpu", "tiny", "quick", "small", "speedrun", Default} {
		if !names[name] {
			t.Errorf("there is no preset %s", name)
		}
	}
}

// nanoGPT reports 0.80M parameters for this setting (positions left out).
func TestNanoGPTHasItsSize(t *testing.T) {
	r, _ := ByName("nanogpt-cpu")
	r.Model.Vocab = 65
	if n := r.Model.Parameters() - 64*128; n != 795904 {
		t.Errorf("it has %d parameters without positions", n)
	}
}

func TestSpeedrunIsSmall(t *testing.T) {
	r, _ := ByName("speedrun")
	r.Model.Vocab = 65
	if n := r.Model.Parameters(); n > 900_000 {
		t.Errorf("it has %d parameters, more than its rules allow", n)
	}
}

func TestWrongNumbersAreNamed(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Recipe)
	}{
		{"layers", func(r *Recipe) { r.Model.Layers = 0 }},
		{"layers", func(r *Recipe) { r.Model.Layers = 1 << 40 }},
		{"context", func(r *Recipe) { r.Model.Context = -5 }},
		{"heads", func(r *Recipe) { r.Model.Heads = 0 }},
		{"kv_heads", func(r *Recipe) { r.Model.KVHeads = 3 }},
		{"lookback", func(r *Recipe) { r.Model.Lookback = 9 }},
		{"trigrams", func(r *Recipe) { r.Model.Trigrams = -1 }},
		{"channels", func(r *Recipe) { r.Model.Channels = 130 }},
		{"head_dim", func(r *Recipe) { r.Model.HeadDim = 7 }},
		{"head_dim", func(r *Recipe) { r.Model.HeadDim = 1 << 40 }},
		{"vocab", func(r *Recipe) { r.Model.Vocab = 1 << 40 }},
		{"channels", func(r *Recipe) { r.Model.Channels, r.Model.Heads, r.Model.KVHeads = 12, 4, 4 }},
		{"learning_rate", func(r *Recipe) { r.LearningRate = math.NaN() }},
		{"learning_rate", func(r *Recipe) { r.LearningRate = -1 }},
		{"batch", func(r *Recipe) { r.Batch = 0 }},
		{"steps", func(r *Recipe) { r.Steps = 0 }},
		{"optimizer", func(r *Recipe) { r.Optimizer = "sgd" }},
		{"mlp", func(r *Recipe) { r.Model.MLP = "" }},
		{"vocab_size", func(r *Recipe) { r.Tokenizer, r.VocabSize = "bpe", 100 }},
	} {
		r, _ := ByName("quick")
		r.Model.Vocab = 65
		c.change(&r)
		var wrong *Wrong
		if err := r.Check(); !errors.As(err, &wrong) || wrong.Key != c.key {
			t.Errorf("a wrong %s gave %v", c.key, err)
		}
	}
}

// What does not go together in DeepSeek's form is refused by its name.
func TestWrongFormsAreNamed(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Model)
	}{
		{"norm", func(m *Model) { m.Norm = "layernorm" }},
		{"position", func(m *Model) { m.Position = "learned" }},
		{"mlp", func(m *Model) { m.MLP = "relu2" }},
		{"bias", func(m *Model) { m.Bias = true }},
		{"qk_norm", func(m *Model) { m.QKNorm = true }},
		{"kv_heads", func(m *Model) { m.KVHeads = 2 }},
		{"window", func(m *Model) { m.Window = 8 }},
		{"latent_turned", func(m *Model) { m.Latent.Turned = 5 }},
		{"latent_rank", func(m *Model) { m.Latent.Rank = 0 }},
		{"latent_value", func(m *Model) { m.Latent.Value = 1 << 40 }},
		{"experts", func(m *Model) { m.Experts.Count = 1 << 40 }},
		{"experts", func(m *Model) { m.Experts.Count = 0 }},
		{"experts_chosen", func(m *Model) { m.Experts.Chosen = 9 }},
		{"experts_dense", func(m *Model) { m.Experts.Dense = 5 }},
		{"experts_scale", func(m *Model) { m.Experts.Scale = math.NaN() }},
		{"ahead", func(m *Model) { m.Ahead = 2 }},
	} {
		r, _ := ByName("deepseek")
		r.Model.Vocab = 65
		c.change(&r.Model)
		var wrong *Wrong
		if err := r.Check(); !errors.As(err, &wrong) || wrong.Key != c.key {
			t.Errorf("a wrong %s gave %v", c.key, err)
		}
	}
}

// A cache keeps less than a fifth of what plain attention's does.
func TestLatentCache(t *testing.T) {
	r, _ := ByName("deepseek")
	twin := r.Model
	twin.Latent = Latent{}
	if deep, plain := r.Model.CacheBytes(1, 100), twin.CacheBytes(1, 100); deep > plain/5 {
		t.Errorf("it keeps %v bytes, plain attention %v", deep, plain)
	}
}

// Every method's short name makes the recipe whose short name it is, and Check
// takes it; another word is refused.
func TestMethods(t *testing.T) {
	r := Base()
	r.Model.Vocab = 300
	for _, method := range Methods {
		tuned := r
		if method != Pretrain {
			tuned = FineTune(r, method, 1e4)
		}
		tuned.SetMethod(method)
		if got := tuned.Method(); got != method {
			t.Errorf("%s is called %s", method, got)
		}
		if err := tuned.Check(); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
	r.SetMethod("magic")
	if err := r.Check(); err == nil {
		t.Error("a method of magic passes")
	}
	r.From, r.Trains = New, Last
	if err := r.Check(); err == nil {
		t.Error("the last layers of a new model may train alone")
	}
}

func TestMeasures(t *testing.T) {
	m := Measures{{"val_loss", 2.5}, {"a \"name\"", -1}, {"diverged", math.NaN()}, {"train_loss", 1e-7}}
	text, err := json.Marshal(m)
	if want := `{"val_loss":2.5,"a \"name\"":-1,"train_loss":1e-7}`; err != nil || string(text) != want {
		t.Fatalf("written as %s, %v", text, err)
	}
	var again Measures
	if err := json.Unmarshal(text, &again); err != nil || !slices.Equal(again, slices.Delete(slices.Clone(m), 2, 3)) {
		t.Errorf("read as %v, %v", again, err)
	}
	if v, taken := again.Of("val_loss"); v != 2.5 || !taken {
		t.Errorf("the loss is %v, %t", v, taken)
	}
	if v, taken := again.Of("diverged"); v != 0 || taken {
		t.Errorf("what was not taken is %v, %t", v, taken)
	}
	if m.Finite() || !again.Finite() {
		t.Error("not a number passes for one")
	}
	for _, bad := range []string{`[]`, `{"a":"b"}`, `{"a":1,"a":2}`, `3`} {
		if err := json.Unmarshal([]byte(bad), &again); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

// The twin of deepseek takes as many operations a token, and keeps five times as much of it.
func TestTwin(t *testing.T) {
	deep, _ := ByName("deepseek")
	twin, _ := ByName("twin")
	deep.Model.Vocab, twin.Model.Vocab = deep.VocabSize, twin.VocabSize
	if ratio := twin.Model.FLOPsPerToken() / deep.Model.FLOPsPerToken(); ratio < 1 || ratio > 1.01 {
		t.Errorf("it takes %.3f of the operations", ratio)
	}
	if got, want := deep.Model.Kept(), twin.Model.Kept(); got != 48 || want < 5*got {
		t.Errorf("deepseek keeps %d numbers, its twin %d", got, want)
	}
	if !deep.Model.Formed() || !twin.Model.Formed() || twin.Model.Latent.Rank > 0 || twin.Model.Mixed(3) {
		t.Error("the twin has more of the form than looking ahead")
	}
}
