package recipe

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
)

func TestPresetsAreSound(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Presets() {
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
		{"parameters", func(r *Recipe) { r.Model.Channels, r.Model.Hidden, r.Model.Layers = 1024, 4096, 24 }},
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

func TestCacheBytes(t *testing.T) {
	for _, c := range []struct {
		m                 Model
		sequences, tokens int
		want              float64
	}{
		{Model{Layers: 64, Heads: 2, KVHeads: 1, HeadDim: 512, Channels: 8}, 1, 4096, 1 << 30},
		{Model{Layers: 4, Heads: 4, KVHeads: 4, Channels: 128}, 64, 64, 4 * 2 * 4 * 128 * 64 * 64},
	} {
		if got := c.m.CacheBytes(c.sequences, c.tokens); got != c.want {
			t.Errorf("%d sequences of %d tokens take %.0f bytes, want %.0f", c.sequences, c.tokens, got, c.want)
		}
	}
}
