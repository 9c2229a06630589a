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

// A ladderMark is a point of the picture; where Says is "", without a number.
type ladderMark struct{ Class, X, Y, Says, Dx, Dy string }

// A ladderTick is a line of the grid with its number.
type ladderTick struct{ At, Says, Raised string }

// LadderPicture is what is drawn.
type LadderPicture struct {
	Across, Up []ladderTick
	Line, Band string
	Marks      []ladderMark
	Low, High  string // of the forecast
	NextX      string
	About      string
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
	for _, ops := range a.OpsTicks() {
		d.Across = append(d.Across, powerTick(a, ops))
	}
	for _, loss := range a.LossTicks() {
		d.Up = append(d.Up, ladderTick{At: percent(100 * a.Y(loss)), Says: l.Page.W.Decimal(loss)})
	}
	for _, r := range l.runs() {
		d.Marks = append(d.Marks, mark(a, "run", r, "", 0, 0))
	}
	d.About = l.says()
	if !fits {
		return d
	}
	for _, s := range f.law.Sizes {
		d.Marks = append(d.Marks, mark(a, "mean", s, ladderLoss(l.Page, s.Loss), 7, -8))
	}
	at := f.forecast()
	d.Line, d.Band = lineAndBand(a, f.line)
	d.NextX, d.Low, d.High = percent(100*a.X(at.Ops)), percent(100*a.Y(at.Low)), percent(100*a.Y(at.High))
	forecast := mark(a, "forecast", scale.Point{Ops: at.Ops, Loss: at.Loss}, ladderLoss(l.Page, at.Loss), 11, 4)
	if c != nil {
		test := mark(a, "test", scale.Point{Ops: at.Ops, Loss: c.ValLoss}, ladderLoss(l.Page, c.ValLoss), 11, 4)
		if forecast.Dy, test.Dy = "-4", "13"; c.ValLoss > at.Loss { // so that the numbers keep apart
			forecast.Dy, test.Dy = test.Dy, forecast.Dy
		}
		d.Marks = append(d.Marks, test)
	}
	d.Marks = append(d.Marks, forecast)
	return d
}

// mark is a point with a number beside it, so many pixels to the right and below.
func mark(a scale.Axes, class string, at scale.Point, says string, right, below int) ladderMark {
	return ladderMark{"mark " + class, percent(100 * a.X(at.Ops)), percent(100 * a.Y(at.Loss)), says, strconv.Itoa(right), strconv.Itoa(below)}
}

// powerTick is a number of operations as a power of ten: 10 with a raised 11, or 3·10.
func powerTick(a scale.Axes, ops float64) ladderTick {
	power := math.Floor(math.Log10(ops) + 1e-9)
	t := ladderTick{At: percent(100 * a.X(ops)), Says: "10", Raised: strconv.Itoa(int(power))}
	if digit := math.Round(ops / math.Pow(10, power)); digit > 1 {
		t.Says = strconv.Itoa(int(digit)) + "·10"
	}
	return t
}

// lineAndBand are the points of the line, and those around its band.
func lineAndBand(a scale.Axes, line []scale.Forecast) (middle, band string) {
	var on, above, below []string
	for _, f := range line {
		at := func(loss float64) string { return fmt.Sprintf("%.2f,%.2f", 100*a.X(f.Ops), 100*a.Y(loss)) }
		on, above, below = append(on, at(f.Loss)), append(above, at(f.High)), append([]string{at(f.Low)}, below...)
	}
	return strings.Join(on, " "), strings.Join(append(above, below...), " ")
}
