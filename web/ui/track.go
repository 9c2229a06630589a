package ui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Track is one of several small charts that stand below each other and have
// their steps in common.
type Track struct {
	Key    string // names its place in the style sheet
	Title  string
	Low    float64
	High   float64
	Says   func(float64) string // how its values are written
	Tick   func(float64) string // and the ends of its axis
	Series []Series
	Short  []string // what stands at the end of each curve
}

// place is where on the track a value stands, in parts of a hundred from above.
func (t Track) place(value float64) float64 {
	if t.High <= t.Low {
		return 50
	}
	return 100 * (1 - max(0, min(1, (value-t.Low)/(t.High-t.Low))))
}

// points are a curve's, for a polyline in a box of 100 by 100.
func (t Track) points(s Series, steps int) string {
	var points strings.Builder
	for i, step := range s.Steps {
		fmt.Fprintf(&points, "%.2f,%.2f ", across(step, steps), t.place(s.Values[i]))
	}
	return strings.TrimSpace(points.String())
}

// across is where a step stands on the axis, in parts of a hundred.
func across(step, steps int) float64 { return 100 * float64(step) / float64(max(1, steps)) }

func percent(x float64) string { return fmt.Sprintf("%.2f%%", x) }

// curveClass draws a curve as its style says, so that it is told apart without
// colours too.
func curveClass(s Series) string { return strings.TrimSpace("curve " + s.Colour[2:] + " " + s.Style) }

// at is a curve's value at a step, the last before it; false where it has none.
func (s Series) at(step int) (value float64, is bool) {
	for i := range s.Steps {
		if s.Steps[i] > step {
			break
		}
		value, is = s.Values[i], true
	}
	return value, is
}

// An end is what stands at the end of a curve, at a height.
type end struct {
	Class, Says, Y string
	y              float64
}

// apart is how far ends must lie from each other, in parts of a hundred of the
// highest track.
const apart = 16

// ends are what stands at the ends of the curves: their names with their values
// at a step, kept apart.
func (t Track) ends(step int, room float64) (list []end) {
	for i, s := range t.Series {
		value, is := s.at(step)
		if !is {
			continue
		}
		says := t.Short[i]
		if s.Style != "ghost" {
			says += " " + t.Says(value)
		}
		list = append(list, end{Class: curveClass(s), Says: says, y: t.place(value)})
	}
	slices.SortStableFunc(list, func(a, b end) int { return cmp.Compare(a.y, b.y) })
	for i := 1; i < len(list); i++ {
		list[i].y = max(list[i].y, list[i-1].y+room)
	}
	if n := len(list); n > 0 {
		over := max(0, list[n-1].y-100)
		for i := range list {
			list[i].Y = percent(list[i].y - over)
		}
	}
	return list
}

// about is the track for those who do not see it.
func (t Track) about(at string, step int) string {
	says := []string{t.Title}
	for i, s := range t.Series {
		if value, is := s.at(step); is {
			says = append(says, t.Short[i]+" "+t.Says(value))
		}
	}
	return strings.Join(append(says, at), ". ")
}

// top is a round number that is not below any of the values.
func top(least float64, series []Series) float64 {
	for _, s := range series {
		for _, v := range s.Values {
			least = max(least, v)
		}
	}
	step := math.Pow(10, math.Floor(math.Log10(least)))
	for _, by := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if step*by >= least {
			return step * by
		}
	}
	return step * 10
}
