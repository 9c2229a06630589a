package ui

import (
	"math"
	"strconv"
	"strings"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Completion is what a model writes on from a prompt.
type Completion struct {
	ID     int    // of its Generate, 0 for none
	Prompt string // that it goes on from
	Tokens []protocol.Choice
	Done   *protocol.Generated // nil while writing, and before
	Picked int                 // token whose probability is shown, -1 for none
}

// NewCompletion is one that is not begun.
func NewCompletion() Completion { return Completion{Picked: -1} }

func (c *Completion) underWay() bool { return c.ID > 0 && c.Done == nil }

// Text is what was written.
func (c *Completion) Text() string {
	var b strings.Builder
	for _, t := range c.Tokens {
		b.WriteString(t.Text)
	}
	return b.String()
}

// Pick moves the mark among the tokens by the arrow keys.
func (c *Completion) Pick(key string) {
	switch last := len(c.Tokens) - 1; key {
	case "ArrowRight":
		c.Picked = min(c.Picked+1, last)
	case "ArrowLeft":
		c.Picked = max(c.Picked-1, min(0, last))
	case "Home":
		c.Picked = min(0, last)
	case "End":
		c.Picked = last
	}
}

// Says is the picked token and its probability or, without one, how the text
// was written.
func (c *Completion) Says(w *wording.Words) string {
	switch {
	case c.Picked >= 0 && c.Picked < len(c.Tokens):
		t := c.Tokens[c.Picked]
		return w.TokenSays(t.Text, t.Probability)
	case c.Done != nil:
		return w.Written(c.Done.Tokens, c.Done.TokensPerSecond) + " " + w.Say("completion_tip")
	}
	return w.Say("completion_tip")
}

// class shades a token by its probability.
func (c *Completion) class(i int) string {
	class := shade(c.Tokens[i].Probability)
	if i == c.Picked {
		class += " picked"
	}
	return class
}

// shade sorts a probability into five steps of paleness, 4 the surest.
func shade(probability float64) string {
	return "p" + strconv.Itoa(int(math.Min(4, probability*5)))
}
