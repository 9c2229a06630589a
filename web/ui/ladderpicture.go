package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"hornbook/model/scale"
)

// The picture of the scaling lab: loss against operations on logarithmic axes, in parts of
// a hundred of its box.

// A ladderMark is a point of the picture, and a ladderText what is written, so many pixels
// to the right of a place and below.
type (
	ladderMark struct{ Class, X, Y string }
	ladderText struct{ Class, X, Y, Dx, Dy, Says string }
)

// LadderPicture is what is drawn.
type LadderPicture struct {
	Grid, Line, Band, Whisker string // paths in a box of 100 by 100
	Marks                     []ladderMark
	Texts                     []ladderText
	About                     string
}

// drawn tells whether there is a run to draw.
func (l *Ladder) drawn() bool { return len(l.runs()) > 0 }

func (l *Ladder) picture() (d LadderPicture) {
	p, _ := l.plan()
	f, fits := l.law()
	losses := []float64{}
	for _, r := range l.runs() {
		losses = append(losses, r.Loss)
	}
	if fits {
		losses = append(losses, f.forecast().Low, f.forecast().High)
	} else { // room for what is to come
		losses = append(losses, losses[0]*0.75)
	}
	c := l.tested()
	if c != nil && fits {
		losses = append(losses, c.ValLoss)
	}
	a := scale.AxesOf(p.Sizes, p.Next, losses...)
	d.grid(l.Page, a)
	for _, r := range l.runs() {
		d.mark(a, "run", r)
	}
	d.About = l.says()
	if !fits {
		return d
	}
	for _, s := range f.law.Sizes {
		d.mark(a, "mean", s)
		d.number(l.Page, a, "mean", s, 7, -8)
	}
	d.Line, d.Band = lineAndBand(a, f.line)
	at := f.forecast()
	d.Whisker = fmt.Sprintf("M%.2f,%.2fV%.2f", 100*a.X(at.Ops), 100*a.Y(at.Low), 100*a.Y(at.High))
	forecast, up, down := scale.Point{Ops: at.Ops, Loss: at.Loss}, 4, 4
	if c != nil {
		if up, down = -4, 13; c.ValLoss > at.Loss { // so that the numbers keep apart
			up, down = down, up
		}
		test := scale.Point{Ops: at.Ops, Loss: c.ValLoss}
		d.mark(a, "test", test)
		d.number(l.Page, a, "test", test, 11, down)
	}
	d.mark(a, "forecast", forecast)
	d.number(l.Page, a, "forecast", forecast, 11, up)
	return d
}

// grid draws the axes' lines, and writes their numbers.
func (d *LadderPicture) grid(p *Page, a scale.Axes) {
	for _, loss := range a.LossTicks() {
		y := 100 * a.Y(loss)
		d.Grid += fmt.Sprintf("M0,%.2fH100", y)
		d.Texts = append(d.Texts, ladderText{"tick up", "0", percent(y), "-8", "4", p.W.Decimal(loss)})
	}
	for _, ops := range a.OpsTicks() {
		x := 100 * a.X(ops)
		d.Grid += fmt.Sprintf("M%.2f,0V100", x)
		d.Texts = append(d.Texts, ladderText{"tick across", percent(x), "100%", "0", "18", powerOfTen(ops)})
	}
}

func (d *LadderPicture) mark(a scale.Axes, class string, at scale.Point) {
	d.Marks = append(d.Marks, ladderMark{class, percent(100 * a.X(at.Ops)), percent(100 * a.Y(at.Loss))})
}

func (d *LadderPicture) number(p *Page, a scale.Axes, class string, at scale.Point, right, below int) {
	d.Texts = append(d.Texts, ladderText{class, percent(100 * a.X(at.Ops)), percent(100 * a.Y(at.Loss)), strconv.Itoa(right), strconv.Itoa(below), ladderLoss(p, at.Loss)})
}

// powerOfTen writes a number of operations: 10¹¹, or 3·10¹¹.
func powerOfTen(ops float64) string {
	power := math.Floor(math.Log10(ops) + 1e-9)
	says := "10"
	if digit := math.Round(ops / math.Pow(10, power)); digit > 1 {
		says = strconv.Itoa(int(digit)) + "·10"
	}
	for _, digit := range strconv.Itoa(int(power)) {
		says += string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit-'0'])
	}
	return says
}

// lineAndBand are the paths of the line, and around its band.
func lineAndBand(a scale.Axes, line []scale.Forecast) (middle, band string) {
	var on, above, below []string
	for _, f := range line {
		at := func(loss float64) string { return fmt.Sprintf("%.2f,%.2f", 100*a.X(f.Ops), 100*a.Y(loss)) }
		on, above, below = append(on, at(f.Loss)), append(above, at(f.High)), append([]string{at(f.Low)}, below...)
	}
	return "M" + strings.Join(on, "L"), "M" + strings.Join(append(above, below...), "L") + "Z"
}
