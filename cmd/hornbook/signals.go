package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is a context that ends when the program is asked to end: by Ctrl-C, by
// who ends services, or because its terminal is closed. After stop a signal ends the
// program as it is.
func interrupted() (ctx context.Context, stop func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup lets it be
		signals = append(signals, syscall.SIGHUP)
	}
	return signal.NotifyContext(context.Background(), signals...)
}

// errStopped is what comes of work that was interrupted.
var errStopped = errors.New("stopped")

// stoppable is what comes of work, or errStopped as soon as the program is asked to
// end: then the work is left as it is, since the program ends next.
func stoppable(work func() error) error {
	ctx, stop := interrupted()
	defer stop()
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errStopped
	}
}
