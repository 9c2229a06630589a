package recipe

import "slices"

// Default is the preset that the page opens with.
const Default = "stories"

// Presets returns the recipes that the page and the command offer, in the
// order in which they are shown.
func Presets() []Recipe { return []Recipe{stories(), quick(), tiny(), speedrun(), nanoGPT(), small()} }

// Labs are the recipes that come with Hornbook beside the presets: of new models that
// are taught by rewards.
func Labs() []Recipe { return []Recipe{r1(), silent(), cheat()} }

// Further are recipes of new models that are offered behind the presets.
func Further() []Recipe { return []Recipe{deepSeek(), twin()} }

// ByName returns the preset, or the recipe of a lab or a further one, called name.
func ByName(name string) (Recipe, bool) {
	for _, r := range slices.Concat(Presets(), Labs(), Further()) {
		if r.Preset == name {
			return r, true
		}
	}
	return Recipe{}, false
}

// nanoGPT is nanoGPT's setting for a CPU, to the letter
// (config/train_shakespeare_char.py with the README's flags for a laptop).
func nanoGPT() Recipe {
	return Recipe{
		Preset: "nanogpt-cpu", Tokenizer: "chars", VocabSize: 512, Objective: LM, Trains: All, From: New, Seed: 1337, Init: "gpt2",
		Model: Model{
			Context: 64, Layers: 4, Heads: 4, KVHeads: 4, Channels: 128, Hidden: 512,
			Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu", Tied: true,
		},
		Batch: 12, Steps: 2000, Optimizer: "adamw", LearningRate: 1e-3, MuonRate: 0.02, FinalFraction: 0.1,
		WarmUp: 100, Schedule: "cosine", Beta1: 0.9, Beta2: 0.99, Momentum: 0.95, WeightDecay: 0.1, Clip: 1,
		EvalEvery: 250, EvalBatches: 20, LastEvalBatches: 200, SampleEvery: 100,
	}
}

// quick is our best recipe at about nanogpt-cpu's size, in Qwen3's form, on
// the same batches of characters (LOG.md has what was tried).
func quick() Recipe {
	return Recipe{
		Preset: "quick", Tokenizer: "chars", VocabSize: 1024, Objective: LM, Trains: All, From: New, Seed: 1337, Init: "unit",
		Model: Model{
			Context: 64, Layers: 4, Heads: 4, KVHeads: 4, Channels: 128, Hidden: 344,
			Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true,
		},
		Batch: 12, Steps: 600, Optimizer: "muon", LearningRate: 0.006, MuonRate: 0.025, FinalFraction: 0,
		WarmUp: 0, Schedule: "linear", Hold: 0.2, Beta1: 0.8, Beta2: 0.95, Momentum: 0.95, WeightDecay: 0, Clip: 0,
		EvalEvery: 50, EvalBatches: 10, LastEvalBatches: 200, SampleEvery: 50,
	}
}

// stories is quick with pieces of words, which make whole sentences in a
// minute: on Village Tales 1,024 pieces reach 0.27 bits a byte in the time in
// which characters reach 0.86 (RATIONALE.md has the figures).
func stories() Recipe {
	r := quick()
	r.Preset, r.Tokenizer = "stories", "bpe"
	r.Model.Context, r.Batch, r.Steps, r.LastEvalBatches = 128, 6, 480, 40
	r.LearningRate, r.FinalFraction, r.WarmUp, r.Hold = 4e-3, 0.05, 20, 0.3
	return r
}

// speedrun reaches a validation loss of 1.90 on Tiny Shakespeare in the least
// time that we know (LOG.md has what was tried). One block is enough where the
// embeddings of the tokens just before do the work of further ones.
func speedrun() Recipe {
	r := quick()
	r.Preset = "speedrun"
	r.Model.Layers, r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = 1, 2, 2, 64, 172
	r.Model.Lookback, r.Model.Trigrams = 3, 4096
	r.Steps, r.LearningRate, r.MuonRate, r.Hold = 220, 0.03, 0.035, 0.5
	r.EvalEvery, r.SampleEvery = 110, 110
	return r
}

// tiny is for the slowest machines, and for seeing all of a model at once.
func tiny() Recipe {
	r := quick()
	r.Preset = "tiny"
	r.Model.Layers, r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = 2, 2, 2, 64, 172
	r.Batch, r.Steps, r.LastEvalBatches = 16, 1000, 40
	return r
}

// small is the largest that a laptop trains while one waits. With so few tokens
// a step Muon's iteration would cost as much again as all the rest.
func small() Recipe {
	r := stories()
	r.Preset = "small"
	r.Model.Layers, r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = 6, 6, 6, 384, 1024
	r.Model.Context, r.Batch, r.Steps = 256, 4, 2000
	r.Optimizer, r.LearningRate, r.WarmUp, r.Beta1, r.Beta2, r.WeightDecay, r.Clip = "adamw", 1e-3, 100, 0.9, 0.95, 0.1, 1
	return r
}

// deepSeek is stories in DeepSeek V3's form (Latent, Experts, Ahead): a million weights,
// of which a token meets two thirds, beside the quarter of a million that learn the word
// after the next.
func deepSeek() Recipe {
	r := stories()
	r.Preset = "deepseek"
	m := &r.Model
	m.QKNorm, m.Tied, m.Ahead = false, true, 1
	m.Latent = Latent{Query: 64, Rank: 32, Plain: 32, Turned: 16, Value: 32}
	m.Experts = Experts{Count: 8, Chosen: 2, Shared: 1, Hidden: 48, Dense: 1, Normed: true, Scale: 1}
	return r
}

// Base is the recipe of the model that comes with the page: stories grown to
// what fits in 4 MB at two bytes a weight, with room for a whole tale before
// it. It is no preset, since it takes ten minutes natively.
func Base() Recipe {
	r := stories()
	r.Preset = "base"
	r.Model.Layers, r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = 5, 5, 5, 160, 432
	r.Model.Context, r.Batch, r.Steps = 256, 8, 2000
	r.LearningRate, r.MuonRate, r.WarmUp, r.Hold, r.FinalFraction = 3e-3, 0.02, 40, 0.4, 0.02
	r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 100, 10, 100, 0
	return r
}

// Asked is the recipe of the base model's second stage, in which it is asked
// about the tales that it reads: shorter, and at a third of the rates, so that it
// tells tales as well as before.
func Asked(base Recipe) Recipe {
	r := base
	r.From, r.Steps = Existing, 800
	r.LearningRate, r.MuonRate, r.WarmUp, r.Hold, r.FinalFraction = 8e-4, 0.006, 20, 0.1, 0.02
	return r
}
