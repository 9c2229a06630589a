package train

import (
	"errors"
	"time"

	"hornbook/model"
)

// Write lets the model write from prompts by rule, as model.Writer does: the
// ranks share the sequences, a prompt whole to one of them, and each sequence
// has the same bits for any number of them. between, unless nil, is called after
// each pass of this rank; when it reports false the lead's sequences end as they
// are, those of the others do not, and prompts whose turn has not come are left
// without.
func (r *Run) Write(prompts []model.Prompt, rule model.Rule, between func() bool) (written [][]int32) {
	goOn := true
	ask := func() bool { goOn = between == nil || between(); return goOn }
	for len(prompts) > 0 && goOn {
		n := portion(prompts, rule)
		part, err := r.write(prompts[:n], rule, ask)
		for errors.Is(err, ErrRankLost) {
			r.shrink()
			part, err = r.write(prompts[:n], rule, ask)
		}
		written, prompts = append(written, part...), prompts[n:]
	}
	return written
}

// write is Write for a portion.
func (p *replica) write(prompts []model.Prompt, rule model.Rule, between func() bool) ([][]int32, error) {
	g, job := &p.group, encodeJob(prompts, rule)
	if g.board == nil || !fitsBoard(prompts, rule) {
		return p.writer().Write(prompts, rule, between), nil
	}
	g.board.Put(All, g.jobAt(), job)
	if err := g.command(writeOn, len(job)); err != nil {
		return nil, err
	}
	begin, parts := time.Now(), deal(prompts, g.size())
	written := p.writer().Write(parts[0], rule, between)
	g.expect(time.Since(begin))
	if err := g.board.Sync(g.patience); err != nil {
		return nil, err
	}
	for rank := 1; rank < g.size(); rank++ {
		theirs := make([]float32, resultLen(parts[rank], rule))
		g.board.Get(theirs, g.resultAt(rank))
		written = append(written, decodeWritten(theirs, sequences(parts[rank]))...)
	}
	return written, g.board.Sync(g.patience)
}

// writeAlong is what another rank than the lead does in a job of n floats. At the
// second meeting the lead has taken all.
func (p *replica) writeAlong(n int) error {
	g, job := &p.group, make([]float32, n)
	g.board.Get(job, g.jobAt())
	prompts, rule := decodeJob(job)
	rank := g.board.Rank()
	mine := deal(prompts, g.size())[rank]
	written := p.writer().Write(mine, rule, nil)
	g.board.Put(0, g.resultAt(rank), encodeWritten(written, resultLen(mine, rule)))
	if err := g.board.Sync(g.patience); err != nil {
		return err
	}
	return g.board.Sync(g.patience)
}

// writer is the replica's, made when it first writes.
func (p *replica) writer() *model.Writer {
	if p.writes == nil {
		p.writes = model.NewWriter(p.Model)
	}
	return p.writes
}

// room is how many floats of the board a job of writing may take, and as many
// each rank's sequences.
const room = 1 << 16

// portion is the number of the first prompts that are written together: as many
// as the board has room for, at least one.
func portion(prompts []model.Prompt, rule model.Rule) int {
	n := 1
	for n < len(prompts) && fitsBoard(prompts[:n+1], rule) {
		n++
	}
	return n
}

func fitsBoard(prompts []model.Prompt, rule model.Rule) bool {
	return jobLen(prompts, rule) <= room && resultLen(prompts, rule) <= room
}

// sequences is the number of those of prompts.
func sequences(prompts []model.Prompt) (n int) {
	for _, p := range prompts {
		n += len(p.Seeds)
	}
	return n
}

// deal divides prompts among ranks, about as many sequences to each.
func deal(prompts []model.Prompt, ranks int) [][]model.Prompt {
	parts, all := make([][]model.Prompt, ranks), sequences(prompts)
	rank, dealt, from := 0, 0, 0
	for i, p := range prompts {
		for rank < ranks-1 && dealt*ranks >= all*(rank+1) {
			parts[rank], from = prompts[from:i], i
			rank++
		}
		dealt += len(p.Seeds)
	}
	parts[rank] = prompts[from:]
	return parts
}
