package recipe

import (
	"fmt"
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
	if n := r.Model.Parameters(); n > MaxParameters {
		return &Wrong{"parameters", fmt.Sprint(n), fmt.Sprintf("at most %d", MaxParameters)}
	}
	switch t := r.Tuning; {
	case r.From == New && r.Trains != All:
		return &Wrong{"trains", fmt.Sprintf("%q", r.Trains), "\"all\" of a new model"}
	case r.Trains == Last && t.LastLayers > r.Model.Layers:
		return &Wrong{"last_layers", fmt.Sprint(t.LastLayers), fmt.Sprintf("at most the %d layers", r.Model.Layers)}
	case r.Trains == Adapter:
		return t.LoRA.check(r.Model)
	}
	return nil
}

// Check returns a *Wrong for the first thing in the shape that no model can
// have, nil if there is none. It does not ask whether the model is small
// enough to be trained: Recipe.Check does.
func (m Model) Check() error {
	if err := known(m.choices()); err != nil {
		return err
	}
	if err := within(m.numbers()); err != nil {
		return err
	}
	switch {
	case m.HeadDim == 0 && m.Channels%m.Heads != 0:
		return &Wrong{"channels", fmt.Sprint(m.Channels), fmt.Sprintf("a multiple of the %d heads", m.Heads)}
	case m.Heads%m.KVHeads != 0:
		return &Wrong{"kv_heads", fmt.Sprint(m.KVHeads), fmt.Sprintf("a divisor of the %d heads", m.Heads)}
	case m.Position == "rope" && m.HeadDim%2 != 0:
		return &Wrong{"head_dim", fmt.Sprint(m.HeadDim), "even, for RoPE"}
	case m.Position == "rope" && m.HeadSize()%2 != 0:
		return &Wrong{"channels", fmt.Sprint(m.Channels), "twice a multiple of the heads, for RoPE"}
	}
	return nil
}

// known refuses the first word that is not one of its choices.
func known(choices []choice) error {
	for _, c := range choices {
		if !slices.Contains(c.want, c.got) {
			return &Wrong{c.key, fmt.Sprintf("%q", c.got), "one of " + strings.Join(c.want, ", ")}
		}
	}
	return nil
}

// within refuses the first number, by name, that is outside its limits.
func within(numbers map[string]float64) error {
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		b, v := Limits[key], numbers[key]
		if math.IsNaN(v) || v < b.Min || v > b.Max {
			return &Wrong{key, fmt.Sprint(v), fmt.Sprintf("from %v to %v", b.Min, b.Max)}
		}
	}
	return nil
}
