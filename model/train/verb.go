package train

// verb is what the lead tells the other ranks to do next.
type verb int

const (
	takeStep    verb = iota // with the gradients that have been put
	evaluate                // so many batches of each set
	handMoments             // those of the optimizer, to the lead
	writeOn                 // the job of so many floats that lies on the board
	hear                    // the lessons of so many floats that lie there
	learnNow                // from what was heard, and take a step
)

// order is a verb and its number, as they lie on the board.
type order [2]float32

func (o order) verb() verb { return verb(o[0]) }
func (o order) n() int     { return int(o[1]) }

// command is the lead's meeting with the others, which have put their
// gradients, to tell them what to do.
func (g *group) command(v verb, n int) error {
	if g.behind { // until they have read the order before, and done what it says
		g.behind = false
		if err := g.board.Sync(g.patience); err != nil {
			return err
		}
	}
	if next := (order{float32(v), float32(n)}); g.order != next {
		g.order = next
		g.board.Put(All, g.orderAt(), g.order[:])
	}
	return g.board.Sync(g.patience)
}
