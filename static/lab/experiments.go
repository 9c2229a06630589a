package main

import (
	"strconv"

	"hornbook/model/recipe"
)

// experiments are all there are, in the order of README.
var experiments = []experiment{
	{"r1", func(p page, seed int) ([]figure, error) { return p.lab("r1", "", seed) }},
	{"cheat", func(p page, seed int) ([]figure, error) { return p.lab("cheat", "", seed) }},
	{"mended", func(p page, seed int) ([]figure, error) {
		return p.lab("cheat", "rule:reply+after_thoughts+whole", seed)
	}},
}

// lab is an experiment of the Rewards station: a new model that is shown, and then
// rewarded; by another reward than the lab's unless that is "".
func (p page) lab(name, reward string, seed int) ([]figure, error) {
	fields := map[string]string{"n-seed": strconv.Itoa(seed)}
	if reward != "" {
		fields["n-reward"] = reward
	}
	err := p.station("rewards")
	if err == nil {
		err = p.choose("lab", name)
	}
	if err == nil {
		err = p.set(fields)
	}
	if err != nil {
		return nil, err
	}
	seen, seconds, err := p.train()
	if err != nil {
		return nil, err
	}
	r, _ := recipe.ByName(name)
	return rewarded(seen, seconds, r.Rewards.MostAsked), nil
}

// rewarded are the figures of a run by rewards: from the end of its warm-up, where it was
// asked so many questions for the first time, to its end.
func rewarded(seen []moment, seconds float64, questions int) []figure {
	first, last := asked(seen, questions), seen[len(seen)-1]
	percent := func(what, name string) []figure {
		return []figure{{what + " before, %", "%.1f", 100 * first.measure(name)}, {"after", "%.1f", 100 * last.measure(name)}}
	}
	figures := []figure{{"seconds", "%.1f", seconds}}
	figures = append(figures, percent("pass@1", recipe.PassAt1)...)
	figures = append(figures, percent("pass@8", recipe.PassAt8)...)
	figures = append(figures, percent("reward", recipe.HeldReward)...)
	figures = append(figures, percent("with working", recipe.Working)...)
	return append(figures, figure{"tokens before", "%.1f", first.measure(recipe.Length)}, figure{"after", "%.1f", last.measure(recipe.Length)})
}

// set writes into fields of the open station, the ones behind More included.
func (p page) set(fields map[string]string) error {
	if err := p.do(`(() => { const more = document.querySelector(".numbers button[aria-expanded]"); if (more && more.getAttribute("aria-expanded") !== "true") more.click(); })()`); err != nil {
		return err
	}
	for id, value := range fields {
		if err := p.choose(id, value); err != nil {
			return err
		}
	}
	return nil
}
