package ui

import (
	"hornbook/web/protocol"
)

// pair has the model asked beside the open one that was chosen before that was
// open.
func (t *Try) pair() {
	if t.next != "" {
		t.Beside, t.next = t.next, ""
	}
}

// besides are the models that can write beside the open one.
func (t *Try) besides() []string {
	list := []string{""}
	p := t.Page
	if p.Model != nil && p.Model.Before {
		list = append(list, protocol.Before)
	}
	for _, c := range p.Shelf.Cards {
		if readable(c) && !p.isOpen(c.ID) {
			list = append(list, c.ID)
		}
	}
	if p.Ready.Base && !p.isOpen(protocol.Base) {
		list = append(list, protocol.Base)
	}
	return list
}

// besideName is one of them for people.
func (t *Try) besideName(id string) string {
	switch id {
	case "":
		return t.Page.W.Say("beside_none")
	case protocol.Before:
		return t.Page.W.Say("beside_before")
	case protocol.Base:
		return t.Page.W.Say("base_name")
	}
	if c := t.Page.cardOf(id); c != nil {
		return c.Name
	}
	return id
}

// besideTitle heads what the other model writes.
func (t *Try) besideTitle() string {
	if t.Beside == protocol.Before {
		return t.Page.W.Say("both_before")
	}
	return t.besideName(t.Beside)
}

// bothClass lays the two texts side by side where there are two.
func (t *Try) bothClass() string {
	if t.Former.ID > 0 {
		return "both"
	}
	return "one"
}

// completionTitle heads what the open model writes.
func (t *Try) completionTitle() string {
	switch {
	case t.Former.ID == 0:
	case t.Beside == protocol.Before:
		return t.Page.W.Say("both_after")
	default:
		return t.Page.modelName()
	}
	return t.Page.W.Say("completion")
}
