package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// row is a line of a table: what was measured, and how it is written.
type row struct{ says, key, format string }

var (
	visited = []row{
		{"first paint, s", "painted", "%.2f"},
		{"first prediction, s", "predicted", "%.2f"},
		{"ready, s", "ready", "%.2f"},
		{"long tasks beyond 50 ms each, s", "blocked", "%.2f"},
		{"longest task, s", "longest", "%.2f"},
		{"layout shift", "shift", "%.4f"},
		{"transferred until ready, MB", "bytes", "%.2f"},
	}
	// Not told of a main thread that is slowed down, which is done by computing.
	costs = []row{
		{"CPU of the renderer until the first prediction, s", "predicted cpu", "%.2f"},
		{"CPU of the renderer until ready, s", "ready cpu", "%.2f"},
		{"CPU of the renderer until it rests, s", "rest cpu", "%.2f"},
		{"CPU of all processes until ready, s", "ready all", "%.2f"},
	}
	judged = []row{
		{"Performance", "performance", "%.0f"},
		{"Accessibility", "accessibility", "%.0f"},
		{"Best practices", "best-practices", "%.0f"},
		{"SEO", "seo", "%.0f"},
		{"First Contentful Paint, s", "first-contentful-paint", "%.2f"},
		{"Largest Contentful Paint, s", "largest-contentful-paint", "%.2f"},
		{"Speed Index, s", "speed-index", "%.2f"},
		{"Total Blocking Time, s", "total-blocking-time", "%.2f"},
		{"Cumulative Layout Shift", "cumulative-layout-shift", "%.4f"},
	}
)

// tell writes the tables as Markdown.
func tell(out io.Writer, pages []*page, o options) error {
	plain, slowed, judgements := sets(pages, func(p *page) []visit { return p.plain }), sets(pages, func(p *page) []visit { return p.slowed }),
		sets(pages, func(p *page) []visit { return p.judged })
	return table(out, pages, []part{
		{fmt.Sprintf("First visit, median of %d", o.visits), slices.Concat(visited, costs), plain},
		{fmt.Sprintf("First visit, median of %d, main thread %g times slower", o.visits, o.throttle), visited, slowed},
		{fmt.Sprintf("Lighthouse for desktops, median of %d", o.lighthouse), judged, judgements},
	})
}

// sets are the visits of each page that of picks.
func sets(pages []*page, of func(*page) []visit) (all [][]visit) {
	for _, p := range pages {
		all = append(all, of(p))
	}
	return all
}

// part is a table: its rows, and the visits of each page.
type part struct {
	says string
	rows []row
	of   [][]visit
}

// table writes each part that has something in it, a column a page: the medians,
// and in brackets the least and the most.
func table(out io.Writer, pages []*page, parts []part) error {
	var b strings.Builder
	for _, p := range parts {
		if len(slices.Concat(p.of...)) == 0 {
			continue
		}
		b.WriteString("\n| " + p.says + " |")
		for _, page := range pages {
			b.WriteString(" " + page.folder + " |")
		}
		b.WriteString("\n|---|" + strings.Repeat("--:|", len(pages)) + "\n")
		for _, r := range p.rows {
			b.WriteString("| " + r.says + " |")
			for _, visits := range p.of {
				b.WriteString(" " + r.cell(visits) + " |")
			}
			b.WriteString("\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r row) cell(visits []visit) string {
	if len(visits) == 0 {
		return "–"
	}
	values := make([]float64, len(visits))
	for i, v := range visits {
		values[i] = v[r.key]
	}
	slices.Sort(values)
	say := func(v float64) string { return fmt.Sprintf(r.format, v) }
	least, most := say(values[0]), say(values[len(values)-1])
	if least == most {
		return least
	}
	return fmt.Sprintf("%s (%s–%s)", say(median(values)), least, most)
}

// median is that of values that are sorted.
func median(values []float64) float64 {
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
