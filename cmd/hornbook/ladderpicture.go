package main

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"hornbook/model/scale"
)

// The picture's size and margins, in pixels.
const (
	ladderWide, ladderHigh = 720, 460
	ladderLeft, ladderTop  = 64, 44
	ladderRight, ladderEnd = 124, 56
)

// picture is the ladder as SVG: loss against operations on logarithmic axes, the runs,
// the line with its band, the forecast and, once there is one, the test.
func (l *ladder) picture() string {
	if l.law == nil {
		return ""
	}
	p, f := l.kept.Plan, *l.kept.Forecast
	losses := []float64{f.Low, f.High}
	for _, r := range l.kept.Runs {
		losses = append(losses, r.Loss)
	}
	if l.kept.Tested != nil {
		losses = append(losses, l.kept.Tested.Loss)
	}
	d := ladderDrawing{Axes: scale.AxesOf(p.Sizes, p.Next, losses...)}
	fmt.Fprintf(&d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" font-family="system-ui, sans-serif" font-size="13" fill="#1F1B16">`+"\n", ladderWide, ladderHigh)
	fmt.Fprintf(&d, "<title>Loss against operations: %s</title>\n", html.EscapeString(l.kept.Text))
	fmt.Fprintf(&d, `<rect width="%d" height="%d" fill="#FBF7EF"/>`+"\n", ladderWide, ladderHigh)
	d.axes()
	d.law(l.law, scale.Between(p.Sizes, p.Next, 40))
	for _, r := range l.kept.Runs {
		d.mark(r.Point, 3, `fill="#B3261E"`)
	}
	for _, s := range l.law.Sizes {
		d.mark(s, 5, `fill="#B3261E"`)
		d.says(s, 8, -9, fmt.Sprintf("%.3f", s.Loss))
	}
	fmt.Fprintf(&d, `<line x1="%.1f" x2="%.1[1]f" y1="%.1f" y2="%.1f" stroke="#2E6E62" stroke-width="2"/>`+"\n", d.x(f.Ops), d.y(f.Low), d.y(f.High))
	said, up, down := scale.Point{Ops: f.Ops, Loss: f.Loss}, 4.0, 4.0
	if t := l.kept.Tested; t != nil {
		if up, down = -4, 13; t.Loss > f.Loss { // so that the words keep apart
			up, down = down, up
		}
		d.mark(t.Point, 5, `fill="#2E6E62"`)
		d.says(t.Point, 11, down, fmt.Sprintf("came out %.3f", t.Loss))
	}
	d.mark(said, 5, `fill="#FBF7EF" stroke="#2E6E62" stroke-width="2"`)
	d.says(said, 11, up, fmt.Sprintf("forecast %.3f", f.Loss))
	d.WriteString("</svg>\n")
	return d.String()
}

// ladderDrawing is a picture under way.
type ladderDrawing struct {
	strings.Builder
	scale.Axes
}

func (d *ladderDrawing) x(ops float64) float64 {
	return ladderLeft + d.X(ops)*(ladderWide-ladderLeft-ladderRight)
}

func (d *ladderDrawing) y(loss float64) float64 {
	return ladderTop + d.Y(loss)*(ladderHigh-ladderTop-ladderEnd)
}

func (d *ladderDrawing) axes() {
	const right, bottom = ladderWide - ladderRight, ladderHigh - ladderEnd
	for _, loss := range d.LossTicks() {
		fmt.Fprintf(d, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1[3]f" stroke="#DDD3C2"/><text x="%d" y="%.1f" text-anchor="end" fill="#6B6257">%s</text>`+"\n",
			ladderLeft, right, d.y(loss), ladderLeft-8, d.y(loss)+4, strconv.FormatFloat(loss, 'f', -1, 64))
	}
	for _, ops := range d.OpsTicks() {
		fmt.Fprintf(d, `<line x1="%.1f" x2="%.1[1]f" y1="%d" y2="%d" stroke="#DDD3C2"/><text x="%.1[1]f" y="%[4]d" text-anchor="middle" fill="#6B6257">%[5]s</text>`+"\n",
			d.x(ops), ladderTop, bottom, bottom+18, strings.Replace(strconv.FormatFloat(ops, 'e', 0, 64), "e+", "e", 1))
	}
	fmt.Fprintf(d, `<text x="%d" y="%d" text-anchor="middle" fill="#6B6257">operations of training (logarithmic)</text>`+"\n", (ladderLeft+right)/2, ladderHigh-14)
	fmt.Fprintf(d, `<text x="%d" y="%d" fill="#6B6257">loss on text that no model has read (logarithmic)</text>`+"\n", ladderLeft-44, ladderTop-20)
}

// law draws the line, and the band in which runs end.
func (d *ladderDrawing) law(law *scale.Law, ops []float64) {
	var above, below, line []string
	for i, c := range ops {
		f := law.At(c)
		at := func(loss float64) string { return fmt.Sprintf("%.1f,%.1f", d.x(c), d.y(loss)) }
		above, line = append(above, at(f.High)), append(line, at(f.Loss))
		below = append(below, fmt.Sprintf("%.1f,%.1f", d.x(ops[len(ops)-1-i]), d.y(law.At(ops[len(ops)-1-i]).Low)))
	}
	fmt.Fprintf(d, `<polygon points="%s %s" fill="#2E6E62" fill-opacity="0.15"/>`+"\n", strings.Join(above, " "), strings.Join(below, " "))
	fmt.Fprintf(d, `<polyline points="%s" fill="none" stroke="#2E6E62" stroke-width="2"/>`+"\n", strings.Join(line, " "))
}

func (d *ladderDrawing) mark(p scale.Point, radius int, style string) {
	fmt.Fprintf(d, `<circle cx="%.1f" cy="%.1f" r="%d" %s/>`+"\n", d.x(p.Ops), d.y(p.Loss), radius, style)
}

// says writes beside a point, so many pixels to the right and below.
func (d *ladderDrawing) says(p scale.Point, right, below float64, text string) {
	fmt.Fprintf(d, `<text x="%.1f" y="%.1f">%s</text>`+"\n", d.x(p.Ops)+right, d.y(p.Loss)+below, text)
}
