package train

import (
	"testing"

	"hornbook/model/recipe"
)

// A step of each preset, at the batch that its speed is quoted for.
func BenchmarkStep(b *testing.B) {
	for _, r := range recipe.Presets() {
		b.Run(r.Preset, func(b *testing.B) {
			r.Model.Vocab = 65
			if r.Tokenizer == "bpe" {
				r.Model.Vocab = r.VocabSize
			}
			run, err := New(r, text(20000))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := run.Step(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
