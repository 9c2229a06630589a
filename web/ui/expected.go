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

// courses are what expected reads, by preset or by station and method.
var courses = map[string]course{}
