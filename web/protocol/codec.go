// Package protocol is every command that the page sends to the trainer and
// every event that the trainer sends back, with the one codec that both use.
//
// A message is one flat JSON object whose first key names it:
//
//	{"command":"generate","id":3,"prompt":"Once",…}
//	{"event":"generated","id":3,"tokens":100,…}
//	{"event":"eval","id":0,"step":250,"train_loss":2.1,…}
//
// Every command has an id, which whatever answers it carries too; what comes by
// itself, as a run's losses do, carries 0.
//
// Decoding is strict: an unknown name, an unknown field, a second value after
// the first and a message over MaxMessage are errors. Bytes of a text travel
// beside the JSON, as the payload of SetText, so that 100 MB are never
// escaped.
package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxMessage bounds the JSON of one message, in bytes.
const MaxMessage = 4 << 20

// Command is what the page asks of the trainer.
type Command interface {
	command() string
	Asks() int     // its id
	Number(id int) // gives it one
}

// Event is what the trainer tells the page.
type Event interface {
	event() string
	Answers() int  // the id of the command that it answers, 0 for none
	Answer(id int) // makes it answer that one
}

// Request is a part of every command: the id by which its answers know it. 0 is
// that of a command whose answers need not be told from others.
type Request struct {
	ID int `json:"id"`
}

// Reply is a part of every event: the id of the command that it answers, 0 if
// it comes by itself.
type Reply struct {
	ID int `json:"id"`
}

func (r *Request) Asks() int     { return r.ID }
func (r *Request) Number(id int) { r.ID = id }
func (r *Reply) Answers() int    { return r.ID }
func (r *Reply) Answer(id int)   { r.ID = id }

// EncodeCommand writes c as JSON.
func EncodeCommand(c Command) ([]byte, error) { return encode("command", c.command(), c) }

// EncodeEvent writes e as JSON.
func EncodeEvent(e Event) ([]byte, error) { return encode("event", e.event(), e) }

// DecodeCommand reads one command.
func DecodeCommand(data []byte) (Command, error) { return decode("command", data, commands) }

// DecodeEvent reads one event.
func DecodeEvent(data []byte) (Event, error) { return decode("event", data, events) }

func encode(key, name string, message any) ([]byte, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("protocol: encode %s %q: %w", key, name, err)
	}
	head := fmt.Sprintf("{%q:%q", key, name)
	if len(body) > 2 { // more than {}
		head += ","
	}
	return append([]byte(head), body[1:]...), nil
}

// decode reads {key: name, …}. The name comes first; what follows is the body
// of the message that fresh makes for that name.
func decode[M any](key string, data []byte, fresh map[string]func() M) (M, error) {
	var none M
	if len(data) > MaxMessage {
		return none, fmt.Errorf("protocol: a message of %d bytes is over the limit of %d", len(data), MaxMessage)
	}
	name, body, err := splitName(key, data)
	if err != nil {
		return none, err
	}
	make, known := fresh[name]
	if !known {
		return none, fmt.Errorf("protocol: unknown %s %q", key, name)
	}
	message := make()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(message); err != nil {
		return none, fmt.Errorf("protocol: decode %s %q: %w", key, name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return none, fmt.Errorf("protocol: %s %q is followed by something else", key, name)
	}
	return message, nil
}

// splitName takes {"key":"name", rest} apart into name and {rest}.
func splitName(key string, data []byte) (name string, body []byte, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	var head [3]json.Token
	for i := range head {
		if head[i], err = dec.Token(); err != nil {
			return "", nil, fmt.Errorf("protocol: not a message: %w", err)
		}
	}
	name, isText := head[2].(string)
	if head[0] != json.Delim('{') || head[1] != key || !isText {
		return "", nil, fmt.Errorf("protocol: a message begins with {%q: name", key)
	}
	rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")
	body, more := bytes.CutPrefix(rest, []byte{','})
	after := bytes.TrimLeft(body, " \t\r\n")
	if ends := bytes.HasPrefix(after, []byte{'}'}); ends == more {
		return "", nil, fmt.Errorf("protocol: %s %q must be followed by a comma and a field, or by the end", key, name)
	}
	return name, append([]byte{'{'}, body...), nil
}
