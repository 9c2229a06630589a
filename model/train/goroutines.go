package train

import (
	"sync"
	"time"

	"hornbook/model/cpu"
)

// Goroutines is the Launch of a program with threads: the ranks are
// goroutines and the board is a slice.
func Goroutines(t Task, size int) (Crew, error) {
	d := newDesk(size, BoardLen(t.Recipe, size))
	for rank := 1; rank < size; rank++ {
		d.served.Go(func() {
			defer d.close() // whatever ended it
			t := t
			t.Model = t.Model.On(cpu.New())
			Serve(t, seat{d, rank})
		})
	}
	return seat{d, 0}, nil
}

// desk is what the seats share: the floats and a barrier.
type desk struct {
	size   int
	floats []float32
	served sync.WaitGroup

	lock   sync.Mutex
	turned *sync.Cond // round or closed has changed
	came   int        // ranks that wait for the round to end
	round  int
	closed bool
}

func newDesk(size, floats int) *desk {
	d := &desk{size: size, floats: make([]float32, floats)}
	d.turned = sync.NewCond(&d.lock)
	return d
}

// seat is one rank's Board.
type seat struct {
	*desk
	rank int
}

func (s seat) Rank() int                  { return s.rank }
func (s seat) Size() int                  { return s.size }
func (s seat) Put(_, at int, x []float32) { copy(s.floats[at:], x) }
func (s seat) Get(x []float32, at int)    { copy(x, s.floats[at:]) }

// Sync ignores patience: a goroutine does not end without a word.
func (s seat) Sync(time.Duration) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	round := s.round
	if s.came++; s.came == s.size {
		s.came = 0
		s.round++
		s.turned.Broadcast()
	}
	for s.round == round && !s.closed {
		s.turned.Wait()
	}
	if s.round == round {
		return ErrRankLost
	}
	return nil
}

// End returns once the other ranks have ended.
func (s seat) End() {
	s.close()
	s.served.Wait()
}

func (d *desk) close() {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.closed = true
	d.turned.Broadcast()
}
