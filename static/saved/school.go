package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/session"
)

// school is a session that does one command after the other.
type school struct {
	commands chan protocol.Command
	events   chan protocol.Event
	taught   checkpoint.Run // that was kept last
	open     *protocol.Model
	fit      *protocol.Fit // of the text, to the open model
	pairs    []protocol.Pair
}

// room is more than all events of a command, which are read as they come.
const room = 1 << 16

func newSchool() *school {
	s := &school{commands: make(chan protocol.Command, 1), events: make(chan protocol.Event, room)}
	host := session.Host{Emit: func(e protocol.Event) { s.events <- e }, Yield: func() {}, Cores: ranks, Launch: train.Goroutines, Base: true,
		Sample: newton,
		Load:   func(string) (checkpoint.Run, error) { return checkpoint.Load(baseModel) },
		Save:   func(run checkpoint.Run) error { s.taught = run; return nil }}
	go session.New(host).Serve(s.commands)
	return s
}

// newton is the sample that is a file, of Go's own source tree.
func newton(string) ([]byte, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src/testdata/Isaac.Newton-Opticks.txt"))
}

func (s *school) close() { close(s.commands) }

// asks gives commands and waits until each is done.
func (s *school) asks(commands ...protocol.Command) error {
	for i, c := range commands {
		c.Number(1 + i)
		s.commands <- c
		for over := false; !over; {
			e := <-s.events
			if p, is := e.(*protocol.Problem); is && !p.Code.Notice() {
				return fmt.Errorf("%T: %w", c, p)
			}
			s.notes(e)
			over = s.ends(c, e)
		}
	}
	return nil
}

// notes takes up what later commands need.
func (s *school) notes(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Model:
		s.open = e
	case *protocol.Fit:
		s.fit = e
	case *protocol.Drawn:
		if e.Chosen >= 0 {
			s.pairs = append(s.pairs, protocol.Pair{Prompt: e.Prompt, Messages: e.Messages, Chosen: e.Said[e.Chosen], Rejected: e.Said[e.Rejected]})
		}
	}
}

// ends tells whether e is the last event of a command: of a text what the open model
// makes of it, if there is one.
func (s *school) ends(c protocol.Command, e protocol.Event) bool {
	is := false
	switch c.(type) {
	case *protocol.SetText:
		if _, is = e.(*protocol.Tokenizer); s.open != nil {
			_, is = e.(*protocol.Fit)
		}
	case *protocol.Open:
		_, is = e.(*protocol.Shelf)
	case *protocol.Draw:
		_, is = e.(*protocol.DrawOver)
	case *protocol.SetPairs:
		_, is = e.(*protocol.PairList)
	case *protocol.Train:
		saved, told := e.(*protocol.Saved)
		is = told && saved.Done
	}
	return is && (e.Answers() == c.Asks() || e.Answers() == 0)
}
