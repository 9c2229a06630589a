package train

import (
	"slices"
	"testing"
	"time"

	"hornbook/model/recipe"
)

// A step of each preset, at the batch that its speed is quoted for.
func BenchmarkStep(b *testing.B) {
	for _, r := range append(recipe.Presets(), recipe.Further()...) {
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

// A step of deepseek beside one of its twin, in turns: the ratio of the medians hangs
// little on what else the machine does.
func BenchmarkTwin(b *testing.B) {
	var runs []*Run
	for _, name := range []string{"deepseek", "twin"} {
		r, _ := recipe.ByName(name)
		r.Model.Vocab = r.VocabSize
		run, err := New(r, text(20000))
		if err != nil {
			b.Fatal(err)
		}
		runs = append(runs, run)
	}
	times := make([][]time.Duration, 2)
	for b.Loop() {
		for i, run := range runs {
			begin := time.Now()
			if err := run.Step(); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], time.Since(begin))
		}
	}
	middle := func(x []time.Duration) float64 {
		slices.Sort(x)
		return x[len(x)/2].Seconds() * 1000
	}
	b.ReportMetric(middle(times[0]), "ms/deepseek")
	b.ReportMetric(middle(times[1]), "ms/twin")
	b.ReportMetric(middle(times[0])/middle(times[1]), "ratio")
}
