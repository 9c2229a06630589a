package layout

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hornbook/tokenizer"
)

// undoneKeys are those of generation_config.json that change what transformers write, or
// where they stop, and that Hornbook does not do.
var undoneKeys = []string{"bad_words_ids", "begin_suppress_tokens", "encoder_repetition_penalty", "forced_bos_token_id", "forced_decoder_ids", "forced_eos_token_id",
	"min_length", "min_new_tokens", "no_repeat_ngram_size", "repetition_penalty", "sequence_bias", "stop_strings", "suppress_tokens"}

// Undone says what the papers ask of writing, and of texts, and Hornbook does not do.
func Undone(tok tokenizer.Tokenizer, p Papers) (notes []string) {
	generation, _ := object(p.Files[GenerationFile])
	var asked []string
	for _, key := range undoneKeys {
		if value, has := generation[key]; has && !nothing(value) && string(value) != "1" {
			asked = append(asked, key+" "+shortened(value))
		}
	}
	if len(asked) > 0 {
		notes = append(notes, fmt.Sprintf("%s asks of writing what is not done here: %s", GenerationFile, strings.Join(asked, ", ")))
	}
	var c struct {
		Class  string `json:"tokenizer_class"`
		Begins *bool  `json:"add_bos_token"`
		Ends   *bool  `json:"add_eos_token"`
		Splits bool   `json:"split_special_tokens"`
	}
	json.Unmarshal(Loose(p.Files[TokenizerConfigFile]), &c)
	before, behind := tokenizer.Frame(tok)
	said := map[string]bool{ // transformers let these classes frame a text by the keys, whatever tokenizer.json says
		"add_bos_token": c.Begins != nil && *c.Begins != (len(before) > 0),
		"add_eos_token": c.Ends != nil && *c.Ends != (len(behind) > 0),
	}
	for _, key := range slices.Sorted(maps.Keys(said)) {
		if said[key] && (strings.HasPrefix(c.Class, "Llama") || strings.HasPrefix(c.Class, "CodeLlama") || strings.HasPrefix(c.Class, "Gemma")) {
			notes = append(notes, fmt.Sprintf("%s says otherwise than %s what is put around a text (%s); the latter is followed", TokenizerConfigFile, TokenizerFile, key))
		}
	}
	if c.Splits {
		notes = append(notes, fmt.Sprintf("%s would cut special tokens in a text into letters (split_special_tokens); how they are read is chosen here", TokenizerConfigFile))
	}
	return notes
}
