package ui

// A course is how a measure went in a run: at parts of it from 0 to 1, nats a
// token.
type course []struct{ at, loss float64 }

// scaled is a course over so many steps.
func (c course) scaled(steps int) (at []int, losses []float64) {
	for _, point := range c {
		at, losses = append(at, int(point.at*float64(steps)+0.5)), append(losses, point.loss)
	}
	return at, losses
}

// expected are the curves of a run like the draft, as it went for us: what to
// expect, not what will be. There is none of what we have not measured.
func (t *Teaching) expected(steps int) (series []Series) {
	key := t.Draft.Base.Preset
	if t.Draft.Tuning() {
		key = t.place.ID + "." + t.Draft.Base.Method()
	}
	add := func(name, colour string, c course) {
		if len(c) > 0 {
			at, losses := c.scaled(steps)
			series = append(series, Series{Name: t.Page.W.Say(name), Colour: colour, Style: "ghost", Steps: at, Values: losses})
		}
	}
	add("expected_curve", "--verdigris", courses[key])
	add("expected_old_curve", "--ochre", courses[key+".old"])
	return series
}

// courses are what expected reads, by preset or by station and method: the
// validation loss of hornbook train, and after ".old" that on the old text, on
// Village Tales (presets, and a student of a quarter), on 20 kB of Opticks (fine-tuning) and on the questions
// about Village Tales (chat), of the latter two the model that comes with the page.
var courses = map[string]course{
	"stories":           {{0, 6.93}, {0.104, 3.29}, {0.208, 2.48}, {0.312, 1.79}, {0.417, 1.4}, {0.521, 1.11}, {0.625, 0.996}, {0.729, 0.893}, {0.833, 0.781}, {0.938, 0.711}, {1, 0.636}},
	"quick":             {{0, 4.06}, {0.0833, 1.74}, {0.167, 1.36}, {0.25, 1.23}, {0.333, 1.12}, {0.417, 1.03}, {0.583, 0.913}, {0.667, 0.827}, {0.75, 0.772}, {0.833, 0.701}, {0.917, 0.643}, {1, 0.578}},
	"tiny":              {{0, 4.06}, {0.1, 1.56}, {0.2, 1.26}, {0.25, 1.19}, {0.35, 1.09}, {0.45, 1.01}, {0.55, 0.921}, {0.65, 0.878}, {0.75, 0.8}, {0.8, 0.78}, {0.9, 0.718}, {1, 0.675}},
	"speedrun":          {{0, 4.06}, {0.5, 1.18}, {1, 0.919}},
	"nanogpt-cpu":       {{0, 4.12}, {0.125, 2.16}, {0.25, 1.8}, {0.375, 1.52}, {0.5, 1.31}, {0.625, 1.15}, {0.75, 1.03}, {0.875, 0.943}, {1, 0.885}},
	"student":           {{0, 6.95}, {0.1, 3.63}, {0.2, 2.63}, {0.3, 2.06}, {0.4, 1.58}, {0.5, 1.33}, {0.6, 1.11}, {0.7, 0.934}, {0.8, 0.79}, {0.9, 0.686}, {1, 0.643}},
	"finetune.full":     {{0, 9.44}, {0.0714, 6.02}, {0.214, 4.82}, {0.286, 4.56}, {0.357, 4.4}, {0.429, 4.24}, {0.571, 4.11}, {0.643, 4.16}, {0.714, 4.11}, {0.786, 4.12}, {0.929, 4.16}, {1, 4.14}},
	"finetune.full.old": {{0, 0.243}, {0.0714, 1.18}, {0.214, 2.61}, {0.286, 2.32}, {0.357, 2.32}, {0.429, 2.42}, {0.571, 2.14}, {0.643, 1.98}, {0.714, 1.86}, {0.786, 1.7}, {0.929, 1.55}, {1, 1.61}},
	"finetune.last":     {{0, 9.44}, {0.111, 5.34}, {0.167, 4.97}, {0.278, 4.61}, {0.389, 4.41}, {0.444, 4.34}, {0.556, 4.34}, {0.611, 4.32}, {0.722, 4.35}, {0.833, 4.34}, {0.889, 4.34}, {1, 4.38}},
	"finetune.last.old": {{0, 0.243}, {0.111, 1.31}, {0.167, 1.59}, {0.278, 1.26}, {0.389, 1.08}, {0.444, 1.06}, {0.556, 0.933}, {0.611, 0.843}, {0.722, 0.781}, {0.833, 0.773}, {0.889, 0.779}, {1, 0.758}},
	"finetune.lora":     {{0, 9.44}, {0.094, 8.73}, {0.188, 7.44}, {0.282, 6.47}, {0.376, 6.09}, {0.47, 5.91}, {0.564, 5.77}, {0.658, 5.65}, {0.752, 5.56}, {0.846, 5.5}, {0.94, 5.46}, {1, 5.45}},
	"finetune.lora.old": {{0, 0.243}, {0.094, 0.244}, {0.188, 0.248}, {0.282, 0.261}, {0.376, 0.326}, {0.47, 0.421}, {0.564, 0.428}, {0.658, 0.473}, {0.752, 0.539}, {0.846, 0.575}, {0.94, 0.6}, {1, 0.613}},
	"chat.full":         {{0, 5.18}, {0.125, 0.837}, {0.25, 0.127}, {0.375, 0.0869}, {0.5, 0.0579}, {0.625, 0.0688}, {0.75, 0.0521}, {0.875, 0.0606}, {1, 0.0447}},
	"chat.full.old":     {{0, 0.243}, {0.125, 0.272}, {0.25, 0.307}, {0.375, 0.318}, {0.5, 0.332}, {0.625, 0.335}, {0.75, 0.346}, {0.875, 0.349}, {1, 0.333}},
	"chat.last":         {{0, 5.18}, {0.125, 1.79}, {0.25, 0.562}, {0.375, 0.217}, {0.5, 0.157}, {0.625, 0.141}, {0.75, 0.128}, {0.875, 0.105}, {1, 0.0929}},
	"chat.last.old":     {{0, 0.243}, {0.125, 0.258}, {0.25, 0.275}, {0.375, 0.282}, {0.5, 0.29}, {0.625, 0.298}, {0.75, 0.302}, {0.875, 0.304}, {1, 0.292}},
	"chat.lora":         {{0, 5.18}, {0.125, 2.08}, {0.25, 0.336}, {0.375, 0.112}, {0.5, 0.107}, {0.625, 0.101}, {0.75, 0.0985}, {0.875, 0.0954}, {1, 0.0795}},
	"chat.lora.old":     {{0, 0.243}, {0.125, 0.252}, {0.25, 0.272}, {0.375, 0.295}, {0.5, 0.306}, {0.625, 0.31}, {0.75, 0.311}, {0.875, 0.312}, {1, 0.3}},
}
