package ui

// Curve is the loss of the batches, smoothed: each point is a running mean
// that forgets (Kingma and Ba 2015, section 3: with the bias of its beginning
// taken out), since the loss of one batch jumps about.
type Curve struct {
	Steps  []int
	Losses []float64
	mean   float64
	weight float64
}

const (
	remember  = 0.8  // part of the mean that stays at each point
	maxPoints = 1200 // more than this and every second one goes
)

// Add puts the loss of a step on the curve.
func (c *Curve) Add(step int, loss float64) {
	c.mean = remember*c.mean + (1-remember)*loss
	c.weight = remember*c.weight + (1 - remember)
	if n := len(c.Steps); n > 0 && c.Steps[n-1] >= step {
		return
	}
	c.Steps, c.Losses = append(c.Steps, step), append(c.Losses, c.mean/c.weight)
	if len(c.Steps) > maxPoints {
		c.thin()
	}
}

// mostKept is how many evaluations, or samples, the page keeps of a run.
const mostKept = 512

// bounded is list without every second of its elements where they have become
// too many; the first, the last and the last that is dear stay.
func bounded[E any](list []E, dear func(E) bool) []E {
	if len(list) <= mostKept {
		return list
	}
	best := -1
	for i := range list {
		if dear(list[i]) {
			best = i
		}
	}
	var few []E
	for i := range list {
		if i%2 == 0 || i == best || i == len(list)-1 {
			few = append(few, list[i])
		}
	}
	return few
}

// thin drops every second point, but not the last.
func (c *Curve) thin() {
	kept := 0
	for i := range c.Steps {
		if i%2 == 0 || i == len(c.Steps)-1 {
			c.Steps[kept], c.Losses[kept] = c.Steps[i], c.Losses[i]
			kept++
		}
	}
	c.Steps, c.Losses = c.Steps[:kept], c.Losses[:kept]
}
