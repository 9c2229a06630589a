package layout

import (
	"encoding/json"
	"fmt"
	"strings"
)

// undoneKeys are those of generation_config.json that change what transformers write, or
// where they stop, and that Hornbook does not do.
var undoneKeys = []string{"bad_words_ids", "begin_suppress_tokens", "encoder_repetition_penalty", "forced_bos_token_id", "forced_decoder_ids", "forced_eos_token_id",
	"min_length", "min_new_tokens", "no_repeat_ngram_size", "repetition_penalty", "sequence_bias", "stop_strings", "suppress_tokens"}

// Undone says what the papers ask of writing, and of reading, and Hornbook does not do.
func Undone(p Papers) (notes []string) {
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
		Splits bool `json:"split_special_tokens"`
	}
	json.Unmarshal(Loose(p.Files[TokenizerConfigFile]), &c)
	if c.Splits {
		notes = append(notes, fmt.Sprintf("%s would cut special tokens in a text into letters (split_special_tokens); how they are read is chosen here", TokenizerConfigFile))
	}
	return notes
}
