package ui

import (
	"slices"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Runs laid over each other: some models of the shelf, their curves by step,
// tokens or seconds, and what their settings differ in.

// axes are what curves can be laid over each other by.
var axes = []string{"steps", "tokens", "seconds"}

// compareColours are those of the curves, in order; more models than these
// cannot be told apart.
var compareColours = []string{"--rubric", "--verdigris", "--ochre", "--ink"}

// Compare lays a model's curve over the others, or takes it away.
func (m *Models) Compare(id string, on bool) {
	m.Compared = slices.DeleteFunc(m.Compared, func(other string) bool { return other == id })
	if on {
		m.Compared = append(m.Compared, id)
		m.Compared = m.Compared[max(0, len(m.Compared)-len(compareColours)):]
	}
}

func (m *Models) isCompared(id string) bool { return slices.Contains(m.Compared, id) }

// canCompare tells whether a model has a curve.
func canCompare(c protocol.Card) bool { return kept(c) && readable(c) && len(c.Curve) > 1 }

// compared are the models that are laid over each other, nil for fewer than two.
func (m *Models) compared() (cards []protocol.Card) {
	for _, id := range m.Compared {
		if c := m.Page.cardOf(id); c != nil && canCompare(*c) {
			cards = append(cards, *c)
		}
	}
	if len(cards) < 2 {
		return nil
	}
	return cards
}

// Picture is their curves.
func (m *Models) Picture() Picture {
	p := Picture{Axis: m.Page.W.Say("axis_" + m.Axis)}
	for i, c := range m.compared() {
		s := Series{Name: firstRunes(c.Name, 18), Colour: compareColours[i]}
		whole := map[string]float64{"steps": float64(c.Step), "tokens": float64(c.Tokens), "seconds": c.Seconds}[m.Axis]
		for k, loss := range c.Curve {
			s.Steps = append(s.Steps, int(whole*float64(k)/float64(len(c.Curve)-1)+0.5))
			s.Values = append(s.Values, loss)
		}
		p.Series = append(p.Series, s)
	}
	return p
}

// A difference is a setting, and what it is in each of the compared models.
type difference struct {
	Name   string
	Values []string
}

// differences are what the compared models differ in, with what came of it.
func (m *Models) differences() (rows []difference) {
	cards, w := m.compared(), m.Page.W
	if cards == nil {
		return nil
	}
	row := func(name string, value func(protocol.Card) string) {
		d := difference{Name: name}
		for _, c := range cards {
			d.Values = append(d.Values, value(c))
		}
		if slices.ContainsFunc(d.Values, func(v string) bool { return v != d.Values[0] }) {
			rows = append(rows, d)
		}
	}
	row(w.Say("learns_from"), func(c protocol.Card) string { return m.Page.textName(c.Text) })
	row(w.Say("model_kind"), func(c protocol.Card) string { return c.Recipe.Preset })
	row(w.Say("parameters"), func(c protocol.Card) string { return w.Count(c.Parameters) })
	for _, key := range compareFields {
		row(w.Field(key), func(c protocol.Card) string { return w.Choice(format(w, fieldsOf(&c.Recipe)[key])) })
	}
	row(w.Say("axis_seconds"), func(c protocol.Card) string { return w.Duration(c.Seconds) })
	row(w.Measure(recipe.ValLoss), func(c protocol.Card) string { return w.Loss(c.ValLoss) })
	return rows
}

// compareFields are the fields of recipes that are compared, in order.
var compareFields = slices.Concat(basicFields, moreFields, []string{"last_layers", "lora_rank", "lora_alpha", "gkd_beta", "lambda", "distill_temperature"})

// AskBoth opens the first of the compared models and has the second asked the
// same.
func (m *Models) AskBoth() {
	cards := m.compared()
	if cards == nil || !m.canOpen() {
		return
	}
	m.Page.visit("try")
	of[*Try](m.Page).next = cards[1].ID
	if !m.Page.isOpen(cards[0].ID) {
		m.Open(cards[0].ID)
		return
	}
	of[*Try](m.Page).pair()
}
