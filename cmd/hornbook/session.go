package main

import (
	"context"
	"fmt"
	"runtime"

	training "hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/trainer"
	"hornbook/web/wording"
)

// converse runs the trainer's session as the page's worker does: it gives it
// the commands and each event to see, until see reports that this was the
// last. When ctx ends, the session is told to stop the run.
func converse(ctx context.Context, commands []protocol.Command, see func(protocol.Event) (last bool)) *trainer.Session {
	queue := make(chan protocol.Command, len(commands)+1)
	for _, c := range commands {
		queue <- c
	}
	over := make(chan struct{})
	release := context.AfterFunc(ctx, func() { queue <- &protocol.Stop{} })
	defer release()
	ended := false
	emit := func(e protocol.Event) {
		if !ended && see(e) {
			ended = true
			close(over)
		}
	}
	s := trainer.New(trainer.Host{Emit: emit, Yield: runtime.Gosched, Sample: sample,
		Cores: runtime.GOMAXPROCS(0), Launch: training.Goroutines})
	s.Serve(until(over, queue))
	return s
}

// until passes on what comes through queue until over is closed.
func until(over <-chan struct{}, queue <-chan protocol.Command) <-chan protocol.Command {
	out := make(chan protocol.Command)
	go func() {
		defer close(out)
		for {
			select {
			case <-over:
				return
			case c := <-queue:
				select {
				case <-over:
					return
				case out <- c:
				}
			}
		}
	}()
	return out
}

// sample refuses: the samples that are files belong to the page.
func sample(name string) ([]byte, error) {
	return nil, fmt.Errorf("the command has no sample %q", name)
}

// problem is what a person reads of p; a mistake of ours with its message.
type problem struct{ *protocol.Problem }

func (p problem) Error() string {
	text := wording.Problem(p.Problem)
	if p.Code == protocol.Internal || p.Code == protocol.BadMessage {
		text += " (" + p.Detail + ")"
	}
	return text
}
