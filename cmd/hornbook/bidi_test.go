package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/coder/websocket"
)

// bidi speaks WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi), with which
// any browser is driven, over a WebSocket.
type bidi struct {
	conn *websocket.Conn
	heed func(method string, params json.RawMessage) // is told of events

	lock    sync.Mutex
	last    int                     // the id of the last command
	pending map[int]chan bidiAnswer // by the command's id
	gone    error                   // why there will be no more answers
}

// bidiAnswer is any message from the browser: an answer or an event.
type bidiAnswer struct {
	Type    string // success, error, event
	ID      int
	Method  string // of an event
	Params  json.RawMessage
	Result  json.RawMessage
	Error   string // a code as "no such node"
	Message string
}

// dialBidi begins a session with the browser that listens at an address.
func dialBidi(ctx context.Context, address string, heed func(method string, params json.RawMessage)) (*bidi, error) {
	conn, _, err := websocket.Dial(ctx, address+"/session", nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	b := &bidi{conn: conn, heed: heed, pending: map[int]chan bidiAnswer{}}
	go b.listen()
	if err := b.call(ctx, "session.new", object{"capabilities": object{}}, nil); err != nil {
		conn.CloseNow()
		return nil, err
	}
	return b, nil
}

// object is one of JSON's.
type object = map[string]any

// listen hands out what the browser says until the connection ends.
func (b *bidi) listen() {
	for {
		_, message, err := b.conn.Read(context.Background())
		var a bidiAnswer
		if err == nil {
			err = json.Unmarshal(message, &a)
		}
		if err != nil {
			b.end(err)
			return
		}
		if a.Type == "event" {
			b.heed(a.Method, a.Params)
			continue
		}
		b.lock.Lock()
		answer := b.pending[a.ID]
		delete(b.pending, a.ID)
		b.lock.Unlock()
		if answer != nil {
			answer <- a
		}
	}
}

// end tells all who wait that no answer comes.
func (b *bidi) end(err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.gone = err
	for _, answer := range b.pending {
		close(answer)
	}
	clear(b.pending)
}

// call gives a command and waits for its result.
func (b *bidi) call(ctx context.Context, method string, params, result any) error {
	answer, id, err := b.expect()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	command, err := json.Marshal(object{"id": id, "method": method, "params": params})
	if err == nil {
		err = b.conn.Write(ctx, websocket.MessageText, command)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case a, answered := <-answer:
		switch {
		case !answered:
			return fmt.Errorf("%s: the browser is gone: %w", method, b.gone)
		case a.Type != "success":
			return fmt.Errorf("%s: %w", method, &bidiError{a.Error, a.Message})
		case result == nil:
			return nil
		}
		return json.Unmarshal(a.Result, result)
	}
}

// expect makes a place for the answer to a command to come.
func (b *bidi) expect() (answer chan bidiAnswer, id int, err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.gone != nil {
		return nil, 0, fmt.Errorf("the browser is gone: %w", b.gone)
	}
	b.last++
	answer = make(chan bidiAnswer, 1)
	b.pending[b.last] = answer
	return answer, b.last, nil
}

// bidiError is the browser's answer to a command that it could not follow.
type bidiError struct{ code, message string }

func (e *bidiError) Error() string { return e.code + ": " + e.message }
