package session

import (
	"strconv"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// runner trains the open model: at most one run, with the ranks that take part.
type runner struct {
	voice    *voice
	cores    int     // of the host
	memory   float64 // that runs may take
	launch   train.Launch
	run      *run      // nil unless one trains or is paused
	lastStep time.Time // when the latest Step event was sent
	lastRoll time.Time // when the latest Round event was sent
}

// run is a training under way: a new text or tokenizer does not touch it.
type run struct {
	*train.Run
	data    train.Data
	texts   [][]byte      // that it needs to go on; nil once they are kept
	job     *train.Job    // nil unless rewards are for a task
	hashes  []string      // of them, once they are kept
	asked   int           // ranks, of the command; 0 for any
	ranks   int           // that the page has been told of
	unsaved protocol.Code // why the latest save failed, "" if it did not
	text    []byte        // that it learns from
	grown   *growth       // what writing is compared with; nil before the first
	release func()        // lets others write the model; nil where it is not kept
}

// progress is how far a run is.
type progress struct {
	Step, Tokens, Written, Ranks int
	Seconds                      float64 // of training
}

const (
	stepEvery   = 250 * time.Millisecond // between two Step events
	curvePoints = 300                    // of the loss of batches that a log keeps
)

// take makes next the run, after the one before, if there was one, was ended.
func (r *runner) take(next *run) {
	r.end()
	r.run = next
}

// end lets the run go, which is not at work: the other ranks end, and others
// may write the model.
func (r *runner) end() {
	if r.run == nil {
		return
	}
	r.close()
	r.run.Model.Freeze()
	if r.run.release != nil {
		r.run.release()
	}
	r.run = nil
}

// close ends the other ranks: no step may follow.
func (r *runner) close() { r.run.Close() }

// growth is what the run's writing is compared with.
func (r *runner) growth() *growth {
	if r.run.grown == nil {
		r.run.grown = newGrowth(r.run.text)
	}
	return r.run.grown
}

// running tells whether there is a run.
func (r *runner) running() bool { return r.run != nil }

// unkept tells whether the run's latest save has failed.
func (r *runner) unkept() bool { return r.run != nil && r.run.unsaved != "" }

// loop is that of the run.
func (r *runner) loop(h train.Hooks) (train.Outcome, error) { return r.run.Loop(h) }

// progress is how far the run is.
func (r *runner) progress() progress {
	return progress{r.run.Done, r.run.Tokens(), r.run.Written(), r.run.ranks, r.run.Training.Seconds()}
}

// best is the step of the lowest validation loss so far, false where the run
// does not keep the weights of then.
func (r *runner) best() (step int, kept bool) {
	if b := r.run.Best; b != nil {
		return b.Step, true
	}
	return 0, false
}

// stepped tells what there is to tell of a step, and gives the loss of its
// batch if it is due on the log's curve.
func (r *runner) stepped() (loss float64, due bool) {
	r.tellRanks()
	if time.Since(r.lastStep) >= stepEvery || r.run.Finished() {
		r.run.Tell()
		r.tellStep()
	}
	if every := max(1, r.run.Recipe.Steps/curvePoints); r.run.Done%every != 0 || r.run.Tell() != nil {
		return 0, false
	}
	return r.run.Loss, true
}

func (r *runner) tellStep() {
	run := r.run
	r.lastStep = time.Now()
	seconds := run.Training.Seconds()
	if run.Done == 0 || run.Device() == backend && run.Tell() != nil { // the loop will say so; a card is asked in the loop only
		return
	}
	r.voice.tell(&protocol.Step{Step: run.Done, Steps: run.Recipe.Steps, Loss: run.Loss,
		LearningRate: run.Rate(), GradNorm: run.GradNorm, Tokens: run.Tokens(), Written: run.Written(), Seconds: seconds,
		TokensPerSecond: float64(run.Tokens()) / seconds,
		SecondsLeft:     seconds / float64(run.Done) * float64(run.Recipe.Steps-run.Done),
		FLOPs:           run.Recipe.FLOPs(run.Tokens(), run.Written()),
		Ranks:           run.ranks, Backend: run.Device()})
}

// rollEvery is the least time between two Round events.
const rollEvery = 250 * time.Millisecond

// rolled tells of a round by a group that teaches something, if it has one.
func (r *runner) rolled(round train.Round) {
	if time.Since(r.lastRoll) < rollEvery && r.run.Done+1 < r.run.Recipe.Steps {
		return
	}
	r.lastRoll = time.Now()
	group := round.Groups[0]
	for _, g := range round.Groups {
		if g.Replies[0].Advantage != 0 {
			group = g
			break
		}
	}
	e, all := r.run.job.Asked[group.Example], round.Seen()
	told := &protocol.Round{Step: round.Step, Prompt: e.Prompt, Wanted: e.Answer, Replies: []protocol.Scored{},
		Reward: all.Reward, Flat: all.Flat, Length: all.Length, Cut: all.Cut, Working: all.Working}
	for _, one := range group.Replies {
		told.Replies = append(told.Replies, protocol.Scored{Text: one.Text, Tokens: one.Tokens, Ended: one.Ended, Reward: one.Reward, Right: one.Right, Advantage: one.Advantage})
	}
	r.voice.tell(told)
}

// describe adds to what is told of the open model what is known of its run.
func (r *runner) describe(m *protocol.Model) {
	if r.run == nil {
		return
	}
	m.Trained, m.Ranks, m.Bytes = m.Recipe.Trained(), r.run.ranks, int(m.Recipe.BytesOn(r.run.ranks))
	m.Questions = r.run.Questions()
	m.TrainTokens, m.ValTokens = parts(r.run.data.Text, m.Recipe.Model.Context)
}

// parts are the tokens of c that train and those that validate.
func parts(c data.Corpus, context int) (training, validation int) {
	if len(c.IDs) <= context && c.Lengths == nil {
		return 0, 0
	}
	if c.Lengths != nil {
		train, val := data.SplitDocuments(c)
		return len(train.IDs), len(val.IDs)
	}
	train, val := data.Split(c.IDs, context)
	return len(train), len(val)
}

// keepTexts keeps the texts that the run needs to go on by keep, once, and
// gives their hashes.
func (r *runner) keepTexts(keep func([]byte) (hash string, err error)) ([]string, error) {
	run := r.run
	for ; len(run.texts) > 0; run.texts = run.texts[1:] {
		hash, err := keep(run.texts[0])
		if err != nil {
			return nil, err
		}
		if hash != "" {
			run.hashes = append(run.hashes, hash)
		}
	}
	return run.hashes, nil
}

// saved notes how saving went, and reports whether it failed as it did before.
func (r *runner) saved(why protocol.Code) (again bool) {
	again = why != "" && r.run.unsaved == why
	r.run.unsaved = why
	return again
}

// state gives a save what the run needs to go on, nothing if it is over.
func (r *runner) state(p phase) func(*checkpoint.Run) {
	return func(kept *checkpoint.Run) {
		if r.run == nil || !p.active() {
			return
		}
		now := train.State{Best: r.run.Best}
		if r.run.Done > 0 { // before, the moments are zero
			now = r.run.State()
		}
		kept.Stale, kept.Moments, kept.Frozen, kept.Tally = now.Stale, now.Moments, now.Frozen, now.Tally
		if b := now.Best; b != nil {
			kept.Best = &checkpoint.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
		}
	}
}

// most is the number of ranks that can work at once.
func (r *runner) most() int {
	if r.launch == nil {
		return 1
	}
	return max(1, r.cores)
}

// ranks is how many train a recipe on a text of tokens when asked are asked
// for, 0 for as many as help.
func (r *runner) ranks(of recipe.Recipe, tokens, asked int) int {
	if asked == 0 {
		return train.Ranks(of, tokens, r.most(), r.memory)
	}
	return min(asked, train.MaxRanks(of, tokens, r.most(), r.memory))
}

// wrongRanks says what of a number of ranks nobody can ask for.
func wrongRanks(asked int) *protocol.Problem {
	if asked >= 0 {
		return nil
	}
	return &protocol.Problem{Code: protocol.RecipeWrong, Key: "ranks", Got: strconv.Itoa(asked), Want: "at_least 0"}
}

// share starts the other ranks of a run that is to be taken; where they cannot
// be started it goes on alone.
func (r *runner) share(run *run, asked int) {
	run.asked, run.ranks = asked, r.ranks(run.Recipe, len(run.data.Text.IDs), asked)
	if err := run.Share(run.ranks, r.launch); err != nil {
		run.asked = max(asked, run.ranks) // so that it is told
	}
	run.ranks = run.Ranks()
}

// tellFewer says so where fewer workers train than were asked for.
func (r *runner) tellFewer() {
	if run := r.run; run.asked > run.ranks && run.Device() == backend {
		r.voice.tell(&protocol.Problem{Code: protocol.RanksFewer, Key: "ranks", Got: strconv.Itoa(run.asked), Want: strconv.Itoa(run.ranks)})
	}
}

// tellRanks says so when a rank was lost.
func (r *runner) tellRanks() {
	if run := r.run; run.Ranks() < run.ranks {
		run.ranks = run.Ranks()
		r.voice.tell(&protocol.Problem{Code: protocol.RankLost, Key: "ranks", Got: strconv.Itoa(run.ranks)})
	}
}
