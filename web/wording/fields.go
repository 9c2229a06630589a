package wording

// fields names the numbers of a recipe and of sampling, and says what each
// does.
var fields = map[string][2]string{
	"steps":             {"Steps", "How often the weights are nudged."},
	"batch":             {"Batch", "Pieces of text that the model reads at each step."},
	"context":           {"Context", "How many tokens the model sees at once."},
	"layers":            {"Layers", "Blocks one after the other: how deeply it can think."},
	"heads":             {"Heads", "How many places each layer can look at in one go."},
	"head_dim":          {"Channels a head", "How many numbers each head compares; 0 for width / heads."},
	"kv_heads":          {"Key-value heads", "Heads may share their keys and values; a divisor of the heads."},
	"channels":          {"Channels", "How many numbers stand for a token inside the model."},
	"hidden":            {"Hidden width", "Numbers in the middle of each block’s MLP."},
	"lookback":          {"Looks back", "Tokens before each that it is told of at once, without looking for them."},
	"trigrams":          {"Triples", "Rows of a table of three tokens in a row; 0 for none."},
	"learning_rate":     {"Learning rate", "How far each nudge goes. Too high, and the training goes off the rails."},
	"muon_rate":         {"Muon’s rate", "How far Muon nudges the matrices."},
	"ranks":             {"Workers", "How many parts of this computer train the model together, each on its part of the batch. Same seed and same number: same model."},
	"seed":              {"Seed", "Where the random numbers begin: same seed, same model."},
	"warm_up":           {"Warm-up", "Steps until the learning rate is reached."},
	"weight_decay":      {"Weight decay", "Pulls weights towards zero."},
	"clip":              {"Clip", "Longest nudge that is allowed (gradient norm); 0 for any."},
	"eval_every":        {"Check every", "Steps between two measurements on text that it has never seen."},
	"eval_batches":      {"Check batches", "Pieces of text of each measurement, in batches."},
	"last_eval_batches": {"Last check batches", "The same for the measurement at the end."},
	"norm_eps":          {"Norm’s epsilon", "Keeps the norm from dividing by zero."},
	"rope_base":         {"RoPE base", "How slowly the slowest position turns."},
	"beta1":             {"Beta 1", ""},
	"beta2":             {"Beta 2", ""},
	"momentum":          {"Momentum", ""},
	"hold":              {"Hold", ""},
	"sample_every":      {"Write every", "Steps between two samples of its writing; 0 for none."},
	"optimizer":         {"Optimizer", "How gradients become nudges."},
	"schedule":          {"Schedule", "How the learning rate falls."},
	"norm":              {"Norm", "Keeps the numbers inside at one size."},
	"position":          {"Position", "How the model knows the order of tokens."},
	"mlp":               {"MLP", "The curve (activation) inside each block."},
	"qk_norm":           {"QK-norm", "Norm on queries and keys, as in Qwen3."},
	"tied":              {"Tied", "Reading and writing share one table of tokens."},
	"tokenizer":         {"Tokenizer", "How the text is cut."},
	"vocab_size":        {"Different tokens", "Size of the vocabulary."},
	"tokens":            {"Tokens to write", ""},
	"temperature":       {"Temperature", ""},
	"top_k":             {"Top-k", ""},
	"top_p":             {"Top-p", ""},
	"parameters":        {"The number of weights", ""},
	"last_layers":       {"Last layers", "How many of the last blocks train; those before stay as they are."},
	"patience":          {"Patience", "Checks in a row without a better result before the training ends by itself; 0 for never."},
	"lora_rank":         {"LoRA rank", "How many patterns each adapted matrix may add. More can learn more, and forget more."},
	"lora_alpha":        {"LoRA alpha", "How strongly the adapter counts: it is multiplied by alpha over rank."},
	"lora_dropout":      {"LoRA dropout", "Part of what the adapter sees that is hidden from it at each step, from 0 to 0.9."},
	"lora_targets":      {"LoRA matrices", "Which matrices are adapted, with commas between: those of each block, and head, which chooses the token."},
	"old":               {"Measure forgetting on", "The text on which the page checks what the model still knows of what it knew before."},
	"method":            {"What trains", ""},
	"final_fraction":    {"Final fraction", "Part of the learning rate that is left at the end."},
}

// Field is the name of a recipe's number.
func Field(key string) string {
	if f, known := fields[key]; known {
		return f[0]
	}
	return key
}

// FieldAbout says what a recipe's number does.
func FieldAbout(key string) string { return fields[key][1] }

// Choice names one of the words that a recipe's field may be.
func Choice(word string) string {
	if name, known := choices[word]; known {
		return name
	}
	return word
}

var choices = map[string]string{
	"adamw": "AdamW", "muon": "Muon", "cosine": "cosine", "linear": "linear", "constant": "constant",
	"layernorm": "LayerNorm", "rmsnorm": "RMSNorm", "learned": "learned", "rope": "RoPE",
	"gelu": "GELU", "gelu_tanh": "GELU by tanh", "relu2": "ReLU²", "swiglu": "SwiGLU", "true": "yes", "false": "no",
}

// What a field must be, where no range is known.
const (
	AnyNumber   = "a number"
	WholeNumber = "a whole number"
)
