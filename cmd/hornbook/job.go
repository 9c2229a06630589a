package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/session"
	"hornbook/web/shelf"
)

// job is one training.
type job struct {
	text   *protocol.SetText // nil: the recipe says
	from   string            // the model to train further, or, to go on, dir; "" for a new one
	dir    string            // that it is saved to; "" for nowhere
	recipe recipe.Recipe
	ranks  int
	going  bool // the run goes on
	quiet  bool // nothing is said of where it was saved to
	tell   func(protocol.Event) error
	errs   io.Writer
	began  chan struct{} // closed when training begins
	saved  int           // step of the latest save, or unsavedYet
}

// unsavedYet is the step of a run's latest save before the first.
const unsavedYet = -1

func newJob(dir string, ranks int, errs io.Writer, tell func(protocol.Event) error) *job {
	return &job{dir: dir, ranks: ranks, errs: errs, tell: tell, began: make(chan struct{}), saved: unsavedYet}
}

// lastly is how long work that is being prepared may take to hear of an interrupt.
const lastly = 3 * time.Second

// heed does the work of j. After an interrupt a run that has begun is saved first, and
// a second one ends the program at once; what is only being prepared is left.
func (j *job) heed(ctx context.Context, release func(), work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		release()
	}
	select {
	case err := <-done:
		return err
	case <-j.began:
		if j.dir != "" {
			fmt.Fprintln(j.errs, "hornbook: stopping, and saving first; once more ends it at once.")
		}
		return <-done
	case <-time.After(lastly):
		return j.unbegun()
	}
}

// unbegun is what comes of a run that was interrupted before it began.
func (j *job) unbegun() error {
	if j.going {
		return fmt.Errorf("stopped before the training went on; the run in %s is as it was", j.dir)
	}
	return errors.New("stopped before the training began; nothing was saved")
}

// last is what the session hears of an interrupt.
func (j *job) last() protocol.Command {
	select {
	case <-j.began:
		if j.dir != "" { // so that it can go on
			return &protocol.Pause{}
		}
	default:
	}
	return stop()
}

// run trains.
func (j *job) run(ctx context.Context) error {
	t := talk{Host: session.Host{Load: load}, last: j.last}
	if j.text != nil {
		t.say = append(t.say, j.text)
	}
	if j.dir != "" {
		t.Save = func(kept checkpoint.Run) error { return j.save(ctx, kept) }
	}
	opening := &protocol.Open{ModelID: j.from}
	if j.from != "" {
		t.say = append(t.say, opening)
	}
	if !j.going {
		t.say = append(t.say, &protocol.Train{Recipe: j.recipe, Ranks: j.ranks})
	}
	var failed error
	going, over, paused := j.going, false, false
	t.see = func(e protocol.Event) (last bool) {
		failed = errors.Join(failed, j.tell(e))
		switch e := e.(type) {
		case *protocol.Problem:
			err := j.meet(e, over || paused)
			failed = errors.Join(failed, err)
			return err != nil && e.Code != protocol.LossNaN // whose last good weights are saved
		case *protocol.State:
			if e.State == "paused" && going && e.ID == opening.ID {
				going = false
				t.answer(&protocol.Resume{})
				return false
			}
			if e.State == "training" {
				j.begin()
			}
			over, paused = e.State == "done" || e.State == "failed", e.State == "paused"
			return over && j.dir == ""
		case *protocol.Saved:
			j.saved = e.Step
			return over || paused
		}
		return false
	}
	t.converse(ctx)
	if failed == nil && j.dir != "" && !j.quiet {
		j.tellSaved(paused)
	}
	return failed
}

// begin notes that training has begun.
func (j *job) begin() {
	select {
	case <-j.began: // before
	default:
		close(j.began)
	}
}

// meet tells of a problem that the run goes on after, or gives what it ends by.
func (j *job) meet(e *protocol.Problem, over bool) error {
	switch {
	case e.Code == protocol.NotTraining: // it was interrupted as it ended
		return nil
	case e.Code == protocol.Cancelled:
		return j.unbegun()
	case unsaved(e.Code) && over:
		return j.lost(e)
	case unsaved(e.Code) || e.Code.Notice():
		fmt.Fprintf(j.errs, "hornbook: %s\n", problem{e})
		return nil
	}
	return problem{e}
}

// unsaved tells whether a problem is that a save failed; training goes on.
func unsaved(c protocol.Code) bool { return c == protocol.KeepFull || c == protocol.KeepFailed }

// lost is what a run ends by that could not be saved at its end.
func (j *job) lost(e *protocol.Problem) error {
	if j.saved == unsavedYet {
		return fmt.Errorf("the model could not be saved (%s), and is lost; save to another place by -out", e.Detail)
	}
	return fmt.Errorf("the model could not be saved (%s): what was learned after step %s is lost, and %s holds the run as it was then; go on from there by -resume", e.Detail, english.Count(j.saved), j.dir)
}

func (j *job) tellSaved(paused bool) {
	next := "Try it: "
	if paused {
		next = "Go on with -resume, or try it: "
	}
	fmt.Fprintf(j.errs, "Saved to %s. %s%s\n", j.dir, next, tryIt(j.dir))
}

// again is how often a run that is over is tried to be saved where there is no room.
var again = 2 * time.Second

// save keeps the run in its folder. Where there is no room, a run that is over waits for
// it; one that trains goes on, and is saved another time.
func (j *job) save(ctx context.Context, kept checkpoint.Run) error {
	gaveUp := ctx.Done()
	if ctx.Err() != nil { // a second interrupt ends the program
		gaveUp = nil
	}
	err := checkpoint.Save(j.dir, kept)
	if full(err) && kept.State != "training" {
		fmt.Fprintf(j.errs, "hornbook: there is no room left to save the model to %s (%s). Make room there: it is tried again every %s until there is enough, and Ctrl-C gives up.\n", j.dir, reason(err), english.Duration(again.Seconds()))
		for waiting := true; waiting && full(err); {
			select {
			case <-gaveUp:
				waiting = false
			case <-time.After(again):
				err = checkpoint.Save(j.dir, kept)
			}
		}
	}
	if full(err) {
		return fullError{fmt.Errorf("%s: %w", j.dir, reason(err))}
	}
	return err
}

// fullError is that there is no room left, as the session knows it.
type fullError struct{ error }

func (fullError) Is(target error) bool { return target == shelf.ErrFull }

// full tells whether err is that there is no room left on a disk.
func full(err error) bool {
	const diskFull = syscall.Errno(112) // of Windows (winerror.h)
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || runtime.GOOS == "windows" && errors.Is(err, diskFull)
}
