package session

import "hornbook/web/protocol"

// voice tells the page what there is to tell. What is told while a command is
// handled answers that command.
type voice struct {
	emit      func(protocol.Event)
	answering int // id of the command that is handled, 0 for none
}

// tell sends e as an answer to the command that is handled.
func (v *voice) tell(e protocol.Event) { v.answer(v.answering, e) }

// answer sends e as an answer to the command with this id.
func (v *voice) answer(id int, e protocol.Event) {
	e.Answer(id)
	v.emit(e)
}

// problem tells p, unless it is nil, and reports whether there was one.
func (v *voice) problem(p *protocol.Problem) bool {
	if p != nil {
		v.tell(p)
	}
	return p != nil
}

// during handles the command with this id, while another may be handled that
// takes long.
func (v *voice) during(id int, handle func()) {
	before := v.answering
	v.answering = id
	defer func() { v.answering = before }() // also where a graphics card fails meanwhile
	handle()
}
