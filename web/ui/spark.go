package ui

import (
	"fmt"
	"math"
	"strings"
)

// Size of a small curve, in the units of its viewBox.
const sparkWidth, sparkHeight = 100, 28

// sparkline is a curve as the points of a polyline, the least loss at the
// bottom and top at the top; "" for fewer than two points. A top of 0 is the
// curve's own.
func sparkline(curve []float64, top float64) string {
	if len(curve) < 2 {
		return ""
	}
	curve = thinned(curve, 60)
	low, high := math.Inf(1), top
	for _, loss := range curve {
		low, high = min(low, loss), max(high, loss)
	}
	var points strings.Builder
	for i, loss := range curve {
		x := float64(i) / float64(len(curve)-1) * sparkWidth
		y := sparkHeight / 2.0
		if high > low {
			y = 1 + (high-loss)/(high-low)*(sparkHeight-2)
		}
		fmt.Fprintf(&points, "%.1f,%.1f ", x, y)
	}
	return strings.TrimSpace(points.String())
}

// thinned is at most n points of a curve, both ends among them.
func thinned(curve []float64, n int) []float64 {
	if len(curve) <= n {
		return curve
	}
	few := make([]float64, n)
	for i := range few {
		few[i] = curve[i*(len(curve)-1)/(n-1)]
	}
	return few
}

// curveSays is a curve for those who do not see it, "" for none.
func (p *Page) curveSays(curve []float64) string {
	if len(curve) < 2 {
		return ""
	}
	return p.W.Say("curve_says", "first", p.W.Loss(curve[0]), "last", p.W.Loss(curve[len(curve)-1]))
}

func sparkClass(curve []float64) string {
	if len(curve) < 2 {
		return "spark none"
	}
	return "spark"
}

// runCurve is the small curve of the open model's run, under the line of
// guessing, which the strip draws at its top.
func (p *Page) runCurve() string {
	if p.rewarded() {
		return sparkline(p.Rewards.Losses, 1)
	}
	return sparkline(p.Curve.Losses, p.guessing())
}

// runSays is the run's small curve for those who do not see it.
func (p *Page) runSays() string {
	if line := p.runLine(); p.rewarded() && len(line) > 1 {
		return p.W.Say("rewards_curve_says", "first", p.W.Loss(line[0]), "last", p.W.Loss(line[len(line)-1]))
	}
	return p.curveSays(p.runLine())
}

// runLine is what runCurve draws: losses, or rewards.
func (p *Page) runLine() []float64 {
	if p.rewarded() {
		return p.Rewards.Losses
	}
	return p.Curve.Losses
}

// guessing is the loss of one who knows nothing and takes every token for
// equally likely, ln V; 0 where V is not known.
func (p *Page) guessing() float64 {
	v := 0
	switch {
	case p.Model != nil && p.begun():
		v = p.Model.Recipe.Model.Vocab
	case p.Tokenizer != nil:
		v = p.Tokenizer.Size
	}
	if v < 1 {
		return 0
	}
	return math.Log(float64(v))
}
