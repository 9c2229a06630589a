package ui

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// pictured are the stations that have a chart.
type pictured interface{ Picture() Picture }

// Picture is the chart of the station that is open; it reports false where
// there is none.
func (p *Page) Picture() (Picture, bool) {
	at, is := p.At().(pictured)
	if !is {
		return Picture{}, false
	}
	return at.Picture(), true
}

// SaveNumbers hands the chart's numbers to the browser as a table (CSV, RFC
// 4180): a line for each step, a column for each curve.
func (p *Page) SaveNumbers() {
	if picture, is := p.Picture(); is {
		p.Host.Save("hornbook.csv", "text/csv", picture.table(p.W.Say("step_column")))
	}
}

// table is the picture's numbers, in the form that every program reads.
func (p Picture) table(first string) string {
	if p.Axis != "" {
		first = p.Axis
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	head, at := []string{first}, map[int][]string{}
	for i, s := range p.Series {
		head = append(head, s.Name)
		for k, step := range s.Steps {
			if at[step] == nil {
				at[step] = make([]string, len(p.Series))
			}
			at[step][i] = strconv.FormatFloat(s.Values[k], 'g', 6, 64)
		}
	}
	w.Write(head)
	steps := make([]int, 0, len(at))
	for step := range at {
		steps = append(steps, step)
	}
	slices.Sort(steps)
	for _, step := range steps {
		w.Write(append([]string{strconv.Itoa(step)}, at[step]...))
	}
	w.Flush() // a strings.Builder takes all
	return out.String()
}
