package train

import (
	"hornbook/model"
	"hornbook/model/recipe"
)

// WritingTogether is how many tokens a second a new model of r writes in all,
// when so many sequences are written at once and so many ranks share them: the
// median of some turns, in which each sequence fills its context from one token
// on. between is called after each turn.
func WritingTogether(r recipe.Recipe, sequences, ranks int, launch Launch, between func()) (float64, error) {
	r.Model.Vocab = r.VocabSize
	text := make([]int32, 8*r.Model.Context)
	for i := range text {
		text[i] = int32(i % r.Model.Vocab)
	}
	d := Data{}
	d.Text.IDs = text
	run, err := New(r, d)
	if err != nil {
		return 0, err
	}
	defer run.Close()
	if err := run.Share(ranks, launch); err != nil {
		return 0, err
	}
	prompts := make([]model.Prompt, sequences)
	for i := range prompts {
		prompts[i] = model.Prompt{IDs: text[i%len(text):][:1], Seeds: []uint64{uint64(i)}}
	}
	rule := model.Rule{Sampling: model.Sampling{Temperature: 0.8, TopP: 0.95}, Tokens: r.Model.Context - 1}
	times := timed(5, func() { run.Write(prompts, rule, nil) }, between)
	return float64(sequences*rule.Tokens) / median(times).Seconds(), nil
}
