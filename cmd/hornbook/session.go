package main

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	training "hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/session"
)

// talk is a conversation with the trainer's session.
type talk struct {
	session.Host                                  // what it may keep and load; converse fills in the rest
	say          []protocol.Command               // at first
	last         func() protocol.Command          // when it is interrupted
	see          func(protocol.Event) (last bool) // each event
	queue        chan protocol.Command
	asked        atomic.Int64 // commands so far, which are numbered from 1
}

// answer says something more, from within see.
func (t *talk) answer(c protocol.Command) { t.queue <- t.numbered(c) }

// stop ends whatever goes on.
func stop() protocol.Command { return &protocol.Stop{} }

// numbered gives c the next id.
func (t *talk) numbered(c protocol.Command) protocol.Command {
	c.Number(int(t.asked.Add(1)))
	return c
}

// converse runs the trainer's session as the page's worker does, until see
// reports that it has seen the last event. When ctx ends, the session hears what
// is last.
func (t *talk) converse(ctx context.Context) {
	t.queue = make(chan protocol.Command, len(t.say)+16)
	for _, c := range t.say {
		t.queue <- t.numbered(c)
	}
	over := make(chan struct{})
	release := context.AfterFunc(ctx, func() { t.queue <- t.numbered(t.last()) })
	defer release()
	ended := false
	t.Emit = func(e protocol.Event) {
		if !ended && t.see(e) {
			ended = true
			close(over)
		}
	}
	t.Yield, t.Sample, t.Cores, t.Memory, t.Resident, t.Launch = runtime.Gosched, sample, runtime.GOMAXPROCS(0), memory(), resident, training.Goroutines
	session.New(t.Host).Serve(until(over, t.queue))
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
