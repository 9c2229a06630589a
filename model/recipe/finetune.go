package recipe

import (
	"slices"
	"strings"
)

// Tuning is what a recipe that trains a finished model further says besides.
type Tuning struct {
	LastLayers int    `json:"last_layers"` // Trains "last": blocks that train, with the last norm and a head of its own
	Patience   int    `json:"patience"`    // evaluations without a better validation loss before the run ends; 0: never
	LoRA       LoRA   `json:"lora"`        // Trains "adapter"
	Old        string `json:"old"`         // the text by which forgetting is measured: a sample's name, "own" for the model's own writing, "" for what it learned from where that is known
}

// LoRA is low-rank adaptation (Hu et al. 2021): y = x·wᵀ + α/r · (x·Aᵀ)·Bᵀ, in
// which only A (r,in) and B (out,r) train. B begins at zero.
type LoRA struct {
	Rank    int     `json:"rank"`
	Alpha   float64 `json:"alpha"`   // α
	Dropout float64 `json:"dropout"` // part of x that A does not see at a step
	Targets string  `json:"targets"` // matrices, of LoRATargets, with commas between
}

// LoRATargets are the matrices that can be adapted: those of every block, and
// the head where it is not the embedding.
var LoRATargets = []string{"query", "key", "value", "output", "gate", "up", "down", "head"}

// inBlock are those of LoRATargets that every block has.
var inBlock = LoRATargets[:len(LoRATargets)-1]

// Target is the one of LoRATargets that a linear layer of a model, by its name, is
// adapted by.
func Target(layer string) string {
	switch last := layer[strings.LastIndex(layer, ".")+1:]; last {
	case "query_down", "query_turned":
		return "query"
	case "latent", "key_turned":
		return "key"
	default:
		return last
	}
}

// Adapts tells whether a matrix of this name is adapted.
func (l LoRA) Adapts(matrix string) bool {
	return slices.Contains(strings.Split(l.Targets, ","), matrix)
}

// Weights counts the numbers that the model of the recipe computes with, an
// adapter's included.
func (r Recipe) Weights() int {
	if r.Trains == Adapter {
		return r.Model.Parameters() + r.Trained()
	}
	return r.Model.Parameters()
}

// Trained counts those of the recipe's weights that train.
func (r Recipe) Trained() int {
	m := r.Model
	switch r.Trains {
	case Last:
		m.Experts.Dense = max(0, m.Experts.Dense-(m.Layers-r.Tuning.LastLayers))
		m.Layers = r.Tuning.LastLayers
		return m.sum(Tensor.besideTables)
	case Adapter:
		return m.sum(func(t Tensor) int { return Count(r.Tuning.LoRA.of(t)) })
	}
	return m.Parameters()
}

func (l LoRA) check(m Model) error {
	if len(l.On(m)) == 0 {
		return wrong("lora_targets", l.Targets, "matrices_it_has")
	}
	for target := range strings.SplitSeq(l.Targets, ",") {
		if !slices.Contains(LoRATargets, target) {
			return wrong("lora_targets", l.Targets, "some_of", strings.Join(LoRATargets, " "))
		}
	}
	return nil
}

// FineTune is the recipe by which a model that from describes is trained
// further on a text of tokens: numbers that suit small texts. The optimizer and the
// schedule of from are left behind; its shape, tokenizer and seed stay. An adapter
// learns by Muon, by which it learns more and forgets less (LOG.md).
func FineTune(from Recipe, method string, tokens int) Recipe {
	r := from
	r.Objective = LM
	r.SetMethod(method)
	r.Optimizer, r.Beta1, r.Beta2, r.WeightDecay, r.Clip = "adamw", 0.9, 0.98, 0, 1
	r.Schedule, r.Hold, r.FinalFraction = "linear", 0, 0.05
	r.Batch = max(1, min(8, 768/r.Model.Context))
	r.Steps = min(400, max(60, 12*tokens/r.TokensPerStep()))
	r.WarmUp, r.EvalEvery, r.SampleEvery = r.Steps/20, max(1, r.Steps/20), r.Steps/5
	r.EvalBatches, r.LastEvalBatches = 8, 8
	r.LearningRate = map[string]float64{Full: 1e-3, Last: 1.5e-3, Lora: 5e-4}[method]
	if method == Lora {
		r.Optimizer, r.MuonRate, r.Momentum = "muon", 0.0025, 0.95
	}
	r.Tuning = Tuning{LastLayers: min(2, r.Model.Layers), Patience: 4,
		LoRA: LoRA{Rank: 8, Alpha: 16, Targets: strings.Join(inBlock, ",")}}
	return r
}

// Chat is the recipe by which a model that from describes learns what the
// assistant says in conversations of tokens: FineTune's, but for larger batches,
// since few of their tokens count, and by Muon whatever trains. An adapter has the
// head too, where the model has one, since a model that is new to conversations
// must learn to write the tokens that end them.
func Chat(from Recipe, method string, tokens int) Recipe {
	r := FineTune(from, method, tokens)
	r.Objective = SFT
	r.Batch = max(1, min(8, 2048/r.Model.Context))
	r.Steps = min(240, max(60, 4*tokens/r.TokensPerStep()))
	r.WarmUp, r.EvalEvery, r.SampleEvery = r.Steps/20, max(1, r.Steps/8), r.Steps/4
	r.EvalBatches = 3
	r.Tuning.Patience = 0
	r.Optimizer, r.LearningRate, r.MuonRate, r.Momentum = "muon", 5e-4, 0.006, 0.95
	if method == Lora {
		r.LearningRate, r.MuonRate = 1e-3, 0.0025
		if !r.Model.Tied {
			r.Tuning.LoRA.Targets = strings.Join(LoRATargets, ",")
		}
	}
	return r
}
