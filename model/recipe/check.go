package recipe

import (
	"maps"
	"math"
	"slices"
	"strings"
)

type choice struct {
	key, got string
	want     []string
}

// Check returns a *Wrong for the first thing in the recipe that cannot be
// trained, nil if all can.
func (r Recipe) Check() error {
	if err := known(r.choices()); err != nil {
		return err
	}
	if err := within(r.numbers()); err != nil {
		return err
	}
	if err := r.Model.Check(); err != nil {
		return err
	}
	switch t := r.Tuning; {
	case r.From == New && r.Trains != All:
		return wrong("trains", r.Trains, "all_of_new")
	case r.Trains == Last && t.LastLayers > r.Model.Layers:
		return wrong("last_layers", t.LastLayers, "at_most_layers", r.Model.Layers)
	case r.Trains == Adapter:
		if err := t.LoRA.check(r.Model); err != nil {
			return err
		}
	}
	if x := r.Tuning.LoRA.Dropout; (r.Objective == DPO || r.Objective == GRPO) && r.Trains == Adapter && x > 0 {
		return wrong("lora_dropout", x, "undisturbed") // what the model says is compared with what it said
	}
	switch r.Objective {
	case DPO:
		return r.Preferences.check(r)
	case GRPO:
		return r.Rewards.check(r)
	}
	return nil
}

// Check returns a *Wrong for the first thing in the shape that no model can
// have, nil if there is none.
func (m Model) Check() error {
	if err := known(m.choices()); err != nil {
		return err
	}
	if err := within(m.numbers()); err != nil {
		return err
	}
	if err := m.checkForm(); err != nil {
		return err
	}
	switch plain := m.Latent.Rank == 0; {
	case plain && m.HeadDim == 0 && m.Channels%m.Heads != 0:
		return wrong("channels", m.Channels, "multiple_of_heads", m.Heads)
	case m.Heads%m.KVHeads != 0:
		return wrong("kv_heads", m.KVHeads, "divisor_of_heads", m.Heads)
	case m.Position == "rope" && m.HeadDim%2 != 0:
		return wrong("head_dim", m.HeadDim, "even")
	case plain && m.Position == "rope" && m.HeadSize()%2 != 0:
		return wrong("channels", m.Channels, "multiple_of_twice_heads", 2*m.Heads)
	case m.Rotary%2 != 0:
		return wrong("rotary", m.Rotary, "even")
	case m.Rotary > m.HeadSize() || m.Rotary > 0 && m.Position != "rope":
		return wrong("rotary", m.Rotary, "at_most", m.HeadSize())
	case strings.Trim(m.Windowed, "w-") != "" || len(m.Windowed) > 64:
		return wrong("windowed", m.Windowed, "letters w -")
	case m.Scaling.Kind == "llama3" && m.Scaling.High <= m.Scaling.Low:
		return wrong("scaling_high", m.Scaling.High, "above", m.Scaling.Low)
	}
	return nil
}

// known refuses the first word that is not one of its choices.
func known(choices []choice) error {
	for _, c := range choices {
		if !slices.Contains(c.want, c.got) {
			return wrong(c.key, c.got, "one_of", strings.Join(c.want, " "))
		}
	}
	return nil
}

// within refuses the first number, by name, that is outside its limits.
func within(numbers map[string]float64) error {
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		b, v := Limits[key], numbers[key]
		if math.IsNaN(v) || v < b.Min || v > b.Max {
			return wrong(key, v, "between", b.Min, b.Max)
		}
	}
	return nil
}
