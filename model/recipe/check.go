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
	for _, c := range r.choices() {
		if !slices.Contains(c.want, c.got) {
			return &Wrong{c.key, fmt.Sprintf("%q", c.got), "one of " + strings.Join(c.want, ", ")}
		}
	}
	n := r.numbers()
	for _, key := range slices.Sorted(maps.Keys(n)) {
		b, v := Limits[key], n[key]
		if math.IsNaN(v) || v < b.Min || v > b.Max {
			return &Wrong{key, fmt.Sprint(v), fmt.Sprintf("from %v to %v", b.Min, b.Max)}
		}
	}
	switch t := r.Tuning; {
	case r.Method == Last && t.LastLayers > r.Model.Layers:
		return &Wrong{"last_layers", fmt.Sprint(t.LastLayers), fmt.Sprintf("at most the %d layers", r.Model.Layers)}
	case r.Method == Lora:
		if err := t.LoRA.check(r.Model); err != nil {
			return err
		}
	}
	return r.Model.check()
}

func (m Model) check() error {
	switch {
	case m.Channels%m.Heads != 0:
		return &Wrong{"channels", fmt.Sprint(m.Channels), fmt.Sprintf("a multiple of the %d heads", m.Heads)}
	case m.Heads%m.KVHeads != 0:
		return &Wrong{"kv_heads", fmt.Sprint(m.KVHeads), fmt.Sprintf("a divisor of the %d heads", m.Heads)}
	case m.Position == "rope" && m.HeadSize()%2 != 0:
		return &Wrong{"channels", fmt.Sprint(m.Channels), "twice a multiple of the heads, for RoPE"}
	case m.Parameters() > MaxParameters:
		return &Wrong{"parameters", fmt.Sprint(m.Parameters()), fmt.Sprintf("at most %d", MaxParameters)}
	}
	return nil
}
