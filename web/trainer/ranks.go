package trainer

import (
	"strconv"

	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// cores is the number of ranks that can work at once.
func (s *Session) cores() int {
	if s.host.Launch == nil {
		return 1
	}
	return max(1, s.host.Cores)
}

// wrongRanks says what of a number of ranks nobody can ask for.
func wrongRanks(asked int) *protocol.Problem {
	if asked >= 0 {
		return nil
	}
	return &protocol.Problem{Code: protocol.RecipeWrong, Key: "ranks", Got: strconv.Itoa(asked), Want: "0 or more"}
}

// ranks is how many train r on a text of tokens when asked are asked for, 0
// for as many as help.
func (s *Session) ranks(r recipe.Recipe, tokens, asked int) int {
	if asked == 0 {
		return train.Ranks(r, tokens, s.cores(), maxMemory)
	}
	return min(asked, train.MaxRanks(r, tokens, s.cores(), maxMemory))
}

// share starts the other ranks of a run; where they cannot be started it goes
// on alone.
func (s *Session) share(r *run, asked int) {
	r.asked, r.ranks = asked, s.ranks(r.Recipe, r.tokens, asked)
	if err := r.Share(r.ranks, s.host.Launch); err != nil {
		r.asked = max(asked, r.ranks) // so that it is told
	}
	r.ranks = r.Ranks()
}

// tellRanks says so when a rank was lost.
func (s *Session) tellRanks() {
	if r := s.run; r.Ranks() < r.ranks {
		r.ranks = r.Ranks()
		s.fail(&protocol.Problem{Code: protocol.RankLost, Key: "ranks", Got: strconv.Itoa(r.ranks)})
	}
}

// endRun lets the run go: the other ranks end, and others may write the model.
func (s *Session) endRun() {
	r := s.run
	if r == nil {
		return
	}
	r.Close()
	r.Model.Freeze()
	if r.release != nil {
		r.release()
	}
	s.run, s.unkept = nil, false
}
