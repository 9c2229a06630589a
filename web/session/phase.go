package session

import (
	"fmt"
	"slices"

	"hornbook/web/protocol"
)

// phase is what the run is doing, in the words that the page shows it by.
type phase string

// The phases.
const (
	idle      phase = "idle"      // there is no run
	preparing phase = "preparing" // Train gets all ready
	training  phase = "training"
	paused    phase = "paused"
	done      phase = "done"
	failed    phase = "failed"
)

// follows says which phases may follow each.
var follows = map[phase][]phase{
	idle:      {idle, preparing, paused},              // a model is opened; Train; a model is opened whose run is not over
	preparing: {idle, training, done, failed},         // where a run cannot begin, all is as it was
	training:  {paused, done, failed},                 //
	paused:    {idle, training, paused, done, failed}, // another model is opened; Resume; another run is opened; the end
	done:      {idle, preparing, paused},              // as idle
	failed:    {idle, preparing, paused},              // as idle
}

// leadsTo tells whether next may follow p.
func (p phase) leadsTo(next phase) bool { return slices.Contains(follows[p], next) }

// active tells whether a run is under way, which can go on.
func (p phase) active() bool { return p == training || p == paused }

// move changes the phase and tells so. A change that the table lacks is our
// mistake: it is told, and the phase stays.
func (s *Session) move(next phase, why protocol.Code) {
	if !s.phase.leadsTo(next) {
		s.voice.tell(&protocol.Problem{Code: protocol.Internal, Detail: fmt.Sprintf("session: %s cannot follow %s", next, s.phase)})
		return
	}
	s.phase = next
	s.voice.tell(&protocol.State{State: string(next), Reason: why})
}
