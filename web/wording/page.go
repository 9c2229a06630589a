package wording

import (
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Sample is the name of a built-in text, SampleAbout what it is.
func (w *Words) Sample(name string) string      { return w.named("sample_", name) }
func (w *Words) SampleAbout(name string) string { return w.about("sample_", name) }

// Kind names a tokenizer, KindAbout says what it does.
func (w *Words) Kind(kind string) string      { return w.named("kind_", kind) }
func (w *Words) KindAbout(kind string) string { return w.about("kind_", kind) }

// TextSum describes a text in a line.
func (w *Words) TextSum(t *protocol.Text) string {
	says := w.Say("text_sum", "bytes", w.Bytes(float64(t.Bytes)), "words", w.Say("words", "n", t.Words),
		"characters", w.Say("characters", "n", t.Characters), "different", w.Say("different_ones", "n", t.Distinct), "lines", w.Say("lines", "n", t.Lines))
	if t.Invalid > 0 {
		says += " " + w.Say("text_invalid", "n", t.Invalid)
	}
	return says
}

// Special says how names of special tokens in a text are read.
func (w *Words) Special(t *protocol.Text) string {
	key := "special_as_letters"
	if t.SpecialAs == "tokens" {
		key = "special_as_tokens"
	}
	return w.Say(key, "names", strings.Join(t.Special, " "))
}

// TokensSum says what the tokenizer makes of the text.
func (w *Words) TokensSum(t *protocol.Tokenizer) string {
	return w.Say("tokens_sum", "tokens", w.Say("tokens", "n", t.Tokens), "different", w.Count(t.Size), "bytes", w.Number(t.BytesPerToken, 2))
}

// Measure names what a run is judged by, as the head of a column.
func (w *Words) Measure(name string) string { return w.named("measure_", name) }

// MeasureValue writes a measure of this name.
func (w *Words) MeasureValue(name string, value float64) string {
	switch {
	case IsShare(name):
		return w.Percent(value)
	case name == recipe.Length:
		return w.Number(value, 1)
	case name == recipe.Questions:
		return w.Count(int(value))
	}
	return w.Loss(value)
}

// Preset names a recipe.
func (w *Words) Preset(name string) string { return w.named("preset_", name) }

// Workers is a choice of how many train together.
func (w *Words) Workers(n int) string {
	if n == 0 {
		return w.Say("workers_all")
	}
	return w.Count(n)
}

// RunState is the state of the run in a word.
func (w *Words) RunState(state string) string { return w.named("run_", state) }

// Progress says how far a run is.
func (w *Words) Progress(run *protocol.State, s *protocol.Step) string {
	key := "progress"
	switch training := run.State == "training"; {
	case s.Step == 0:
		key = "progress_begun"
	case training && s.Step == s.Steps:
		key = "progress_last"
	case training:
		key = "progress_training"
	}
	return w.Say(key, "state", w.RunState(run.State), "step", w.Of(s.Step, s.Steps), "loss", w.Loss(s.Loss),
		"speed", w.PerSecond(s.TokensPerSecond), "left", w.Duration(s.SecondsLeft))
}

// Of is "12 of 1,000".
func (w *Words) Of(n, all int) string { return w.Say("of", "n", n, "all", all) }

// PerSecond is a speed.
func (w *Words) PerSecond(tokens float64) string { return w.Say("per_second", "n", int(tokens+0.5)) }

// PercentDone is a whole percentage.
func (w *Words) PercentDone(part float64) string { return w.Say("percent", "n", int(100*part)) }

// Unsure is a perplexity: how many equally likely tokens leave one as unsure.
func (w *Words) Unsure(perplexity float64) string {
	return w.Say("unsure", "n", w.Number(perplexity, 1))
}

// AtStep heads a piece of writing.
func (w *Words) AtStep(step int) string { return w.Say("at_step", "step", step) }

// EnergyAbout says what the guess of Energy rests on.
func (w *Words) EnergyAbout() string { return w.Say("energy_about", "watts", Watts) }

// NewSteps is said to screen readers while training.
func (w *Words) NewSteps(step, steps int, loss float64) string {
	return w.Say("new_steps", "step", step, "steps", steps, "loss", w.Loss(loss))
}

// Unknown tells which characters of a prompt the model has never seen.
func (w *Words) Unknown(list string) string { return w.Say("unknown", "list", list) }

// TokenSays names a token and how likely it was.
func (w *Words) TokenSays(token string, probability float64) string {
	return w.Say("token_says", "token", Visible(token), "percent", w.Percent(probability))
}

// Written tells how fast a text was written.
func (w *Words) Written(tokens int, perSecond float64) string {
	return w.Say("written", "tokens", w.Say("tokens", "n", tokens), "speed", w.Count(int(perSecond+0.5)))
}

// Estimate describes a model that is not yet trained.
func (w *Words) Estimate(parameters int, bytes, operations float64) string {
	return w.Say("estimate", "weights", parameters, "memory", w.Bytes(bytes), "operations", w.Operations(operations))
}

// PresetLine names a recipe with what it brings, PresetAbout is that alone.
func (w *Words) PresetLine(name string) string {
	return w.Say("preset_line", "name", w.Preset(name), "about", w.PresetAbout(name))
}
func (w *Words) PresetAbout(name string) string { return w.about("preset_", name) }

// Setting names a part of an experiment.
func (w *Words) Setting(key string) string { return w.named("setting_", key) }
