package main

import (
	"strconv"
	"time"

	"hornbook/model/recipe"
)

// experiments are all there are, in the order of README.
var experiments = []experiment{
	{"r1", func(p page, seed int) ([]figure, error) { return p.lab("r1", "", seed) }},
	{"cheat", func(p page, seed int) ([]figure, error) { return p.lab("cheat", "", seed) }},
	{"mended", func(p page, seed int) ([]figure, error) {
		return p.lab("cheat", "rule:reply+after_thoughts+whole", seed)
	}},
	{"words", page.words},
	{"dpo", page.prefer},
	{"distill", page.distill},
}

// all does one thing after the other, as far as none fails.
func all(steps ...func() error) (err error) {
	for _, step := range steps {
		if err == nil {
			err = step()
		}
	}
	return err
}

// words teaches the page's own model to answer questions about tales, by rewards.
func (p page) words(seed int) ([]figure, error) {
	err := all(func() error { return p.station("rewards") }, func() error { return p.choose("lab", "") },
		func() error { return p.choose("reward-task", "village") }, func() error { return p.set(map[string]string{"n-seed": strconv.Itoa(seed)}) })
	if err != nil {
		return nil, err
	}
	seen, seconds, err := p.train()
	if err != nil {
		return nil, err
	}
	first, last := asked(seen, 128), seen[len(seen)-1]
	figures := append(rewarded(seen, seconds, 128), forgotten(first, last)...)
	return append(figures, figure{"seconds of them by rewards", "%.0f", last.number("at") - first.number("at")}), nil
}

// prefer lets a judge make pairs of the page's own model's tales, and the model learn
// from them.
func (p page) prefer(seed int) ([]figure, error) {
	err := all(func() error { return p.station("preferences") }, func() error { return p.choose("judge", "shorter") },
		func() error { return p.choose("judge-prompts", "200") }, func() error { return p.press("judge-go") })
	begin := time.Now()
	if err == nil {
		err = p.until(`document.getElementById("judge-progress") === null && /^\d/.test(document.getElementById("pairs-says").textContent) && parseInt(document.getElementById("pairs-says").textContent) > 9`)
	}
	drawn := time.Since(begin).Seconds()
	if err == nil {
		err = p.set(map[string]string{"n-seed": strconv.Itoa(seed), "n-taste": "shorter"})
	}
	if err != nil {
		return nil, err
	}
	pairs, err := eval[float64](p, `parseInt(document.getElementById("pairs-says").textContent)`)
	if err != nil {
		return nil, err
	}
	seen, seconds, err := p.train()
	if err != nil {
		return nil, err
	}
	first, last := asked(seen, seen[len(seen)-1].measure(recipe.Questions)), seen[len(seen)-1]
	return append([]figure{{"pairs", "%.0f", pairs}, {"seconds to make them", "%.1f", drawn}, {"seconds to learn", "%.1f", seconds}, {"wins, %", "%.1f", 100 * last.measure(recipe.WinRate)},
		{"of comparisons", "%.0f", last.measure(recipe.Questions)}, {"margin", "%.3f", last.measure(recipe.Margins)}, {"pairs right, %", "%.1f", 100 * last.measure(recipe.Accuracies)}}, forgotten(first, last)...), nil
}

// forgotten is the loss on text like the old, before and after.
func forgotten(first, last moment) []figure {
	return []figure{{"old loss before", "%.3f", first.measure(recipe.OldLoss)}, {"after", "%.3f", last.measure(recipe.OldLoss)}}
}

// distill lets a student of a quarter of the page's own model's size learn from it, and
// then its twin without.
func (p page) distill(seed int) ([]figure, error) {
	err := all(func() error { return p.station("distill") }, func() error { return p.choose("size", "quarter") },
		func() error { return p.set(map[string]string{"n-seed": strconv.Itoa(seed)}) })
	if err != nil {
		return nil, err
	}
	seen, seconds, err := p.train()
	if err != nil {
		return nil, err
	}
	student := seen[len(seen)-1]
	seen, alone, err := p.trainBy("twin")
	if err != nil {
		return nil, err
	}
	twin := seen[len(seen)-1]
	return []figure{{"student's loss", "%.3f", student.measure(recipe.ValLoss)}, {"twin's loss", "%.3f", twin.measure(recipe.ValLoss)},
		{"difference", "%.3f", twin.measure(recipe.ValLoss) - student.measure(recipe.ValLoss)}, {"teacher's loss", "%.3f", student.measure(recipe.TeacherLoss)},
		{"agreement, %", "%.1f", 100 * student.measure(recipe.Agreement)}, {"student's seconds", "%.1f", seconds}, {"twin's seconds", "%.1f", alone}}, nil
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
	return rewarded(seen, seconds, float64(r.Rewards.MostAsked)), nil
}

// rewarded are the figures of a run by rewards: from the end of its warm-up, where it was
// asked so many questions for the first time, to its end.
func rewarded(seen []moment, seconds float64, questions float64) []figure {
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
