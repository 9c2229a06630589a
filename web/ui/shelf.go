package ui

import (
	"strings"
	"time"
	"unicode/utf8"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Shelving is what a person does at the station "My models".
type Shelving struct {
	Asked    bool           // the shelf has come, so going on has been offered
	GoOn     *protocol.Card // the run that the page offers to go on with
	resuming int            // id of the Open after which the run goes on, 0 for none
	All      bool           // all models are shown, not only the newest
	Unfolded Unfolded
	NewName  string   // what stands in the field of Rename
	As       string   // how to download, as "format/numbers"
	making   int      // id of the Export under way, 0 for none
	names    []string // of the files that are brought in
	deleted  string   // id of the model that was deleted last
	Promised bool     // the browser was asked to keep models for good
	Lasting  bool     // and has promised it
}

// Unfolded is the part of one model of the shelf that is open.
type Unfolded struct{ ID, Part string }

// Parts of a model of the shelf that unfold.
const (
	renamePart   = "rename"
	downloadPart = "download"
)

// applyShelf takes over what an event says of the models that are kept.
func (s *State) applyShelf(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Shelf:
		s.Shelf = *e
		if s.Model != nil && s.Model.ModelID == "" && e.Open != protocol.Base {
			s.Model.ModelID = e.Open
		}
		s.rename()
	case *protocol.Saved:
		s.Saved = e
		if s.Model != nil {
			s.Model.ModelID = e.ModelID // which it has from its first save on
		}
		for _, station := range []string{TrainStation, ModelsStation} {
			if unsaved(s.Problems[station]) {
				s.solve(station)
			}
		}
	case *protocol.File:
		s.File = e
	case *protocol.Needs:
		s.Needs = e
	}
}

// rename gives the open model the name that its card has.
func (s *State) rename() {
	if s.Model == nil {
		return
	}
	if c := s.cardOf(s.Model.ModelID); c != nil && c.Name != "" {
		s.Model.Name = c.Name
	}
}

// unsaved tells whether p says that the open model could not be saved.
func unsaved(p *protocol.Problem) bool {
	return p != nil && (p.Code == protocol.KeepFull || p.Code == protocol.KeepFailed)
}

// saveFailed tells whether the last save of the open model has failed.
func (s *State) saveFailed() bool {
	return unsaved(s.Problems[TrainStation]) || unsaved(s.Problems[ModelsStation])
}

// applyModels does what follows from an event for the models of the page.
func (p *Page) applyModels(e protocol.Event) {
	w := &p.Shelving
	switch e := e.(type) {
	case *protocol.Shelf:
		p.offerToGoOn()
	case *protocol.Model:
		p.meet(e)
	case *protocol.Fit:
		p.refit()
	case *protocol.State:
		p.goOnOpened(e)
	case *protocol.File:
		if e.ID == w.making {
			w.making, w.Unfolded = 0, Unfolded{}
		}
	case *protocol.Problem:
		p.giveUpModels(e)
	}
}

// giveUpModels forgets what the command was to lead to that e answers.
func (p *Page) giveUpModels(e *protocol.Problem) {
	w := &p.Shelving
	if w.resuming != 0 && (e.ID == w.resuming || gone(e)) && !e.Code.Notice() {
		w.resuming = 0
		p.Host.Show(ModelsStation)
	}
	if e.ID == w.making || gone(e) {
		w.making = 0
	}
}

func (p *Page) making() bool { return p.Shelving.making != 0 }

// meet takes up a model that has come: the one that Train makes, or one that
// was opened, brought in or merged.
func (p *Page) meet(m *protocol.Model) {
	p.Both, p.Talk = m.Before, nil
	p.Chat = m.Chat && m.Recipe.Objective == recipe.SFT
	if p.Run.State == "preparing" {
		p.Shelving.GoOn = nil
		return
	}
	p.solve(TryStation)
	if p.Draft.Tuning() {
		p.ChooseMethod(p.method())
	}
	p.Host.Say(wording.Opened(p.modelName()))
	p.askPrediction()
}

// offerToGoOn offers, when the page opens, the newest model if its run was not
// over. The offer goes when the model does.
func (p *Page) offerToGoOn() {
	w := &p.Shelving
	if w.GoOn != nil {
		w.GoOn = p.cardOf(w.GoOn.ID)
	}
	if w.Asked {
		return
	}
	w.Asked = true
	if cards := p.Shelf.Cards; len(cards) > 0 && canGoOn(&cards[0]) && !p.Active() {
		w.GoOn = &cards[0]
	}
}

func canGoOn(c *protocol.Card) bool {
	return readable(*c) && (c.State == "training" || c.State == "paused")
}

// GoOn goes on with the model that was offered.
func (p *Page) GoOn() {
	if c := p.Shelving.GoOn; c != nil {
		p.GoOnWith(c.ID)
	}
}

// GoOnWith opens a model; once it is open, its run goes on.
func (p *Page) GoOnWith(id string) {
	if p.Active() {
		return
	}
	p.Shelving.GoOn = nil
	p.solve(ModelsStation)
	p.Shelving.resuming = p.ask(&protocol.Open{ModelID: id})
	p.Host.Show("run")
}

// LeaveIt lets the offer go; the model stays on the shelf.
func (p *Page) LeaveIt() { p.Shelving.GoOn = nil }

func (p *Page) goOnOpened(e *protocol.State) {
	if w := &p.Shelving; w.resuming != 0 && e.ID == w.resuming && e.State == "paused" {
		w.resuming = 0
		p.ask(&protocol.Resume{})
	}
}

// Open takes a model as the one that writes.
func (p *Page) Open(id string) {
	if p.canOpen() {
		p.Shelving.GoOn = nil
		p.solve(ModelsStation)
		p.ask(&protocol.Open{ModelID: id})
	}
}

// canOpen tells whether another model can be opened: not while one trains.
func (p *Page) canOpen() bool { return p.Run.State != "training" && p.Run.State != "preparing" }

// Unfold opens a part of a model of the shelf, or closes it again.
func (p *Page) Unfold(c protocol.Card, part string) {
	w := &p.Shelving
	if now := (Unfolded{c.ID, part}); w.Unfolded != now {
		w.Unfolded, w.NewName, w.As = now, c.Name, "zip/f32"
		return
	}
	w.Unfolded = Unfolded{}
}

func (p *Page) isUnfolded(id, part string) bool { return p.Shelving.Unfolded == Unfolded{id, part} }

// Rename gives the unfolded model the name that stands in the field, as much of
// it as a name may have.
func (p *Page) Rename() {
	w := &p.Shelving
	if name := strings.TrimSpace(cut(w.NewName, protocol.MaxName)); name != "" {
		p.solve(ModelsStation)
		p.ask(&protocol.Rename{ModelID: w.Unfolded.ID, Name: name})
		w.Unfolded = Unfolded{}
	}
}

// cut is the beginning of a text: whole characters, at most n bytes of UTF-8.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// renameKey takes the name at Enter.
func (p *Page) renameKey(key string) {
	if key == "Enter" {
		p.Rename()
	}
}

// Duplicate puts a copy beside a model.
func (p *Page) Duplicate(id string) {
	p.solve(ModelsStation)
	p.ask(&protocol.Duplicate{ModelID: id})
}

// Delete takes a model off the shelf; Undo puts the last one back.
func (p *Page) Delete(id string) {
	if p.isOpen(id) && p.Active() {
		return
	}
	p.solve(ModelsStation)
	p.Shelving.deleted, p.Shelving.Unfolded = id, Unfolded{}
	if c := p.Shelving.GoOn; c != nil && c.ID == id {
		p.Shelving.GoOn = nil
	}
	p.ask(&protocol.Delete{ModelID: id})
}

// Undo puts back what was deleted last.
func (p *Page) Undo() {
	p.solve(ModelsStation)
	p.ask(&protocol.Undelete{ModelID: p.Shelving.deleted})
}

// lastDeleted is the model that Undo puts back, nil for none.
func (p *Page) lastDeleted() *protocol.Card {
	for i := range p.Shelf.Deleted {
		if c := &p.Shelf.Deleted[i]; c.ID == p.Shelving.deleted {
			return c
		}
	}
	return nil
}

// Download asks for a file of the unfolded model.
func (p *Page) Download() {
	w := &p.Shelving
	if p.making() {
		return
	}
	p.solve(ModelsStation)
	format, dtype, _ := strings.Cut(w.As, "/")
	id := w.Unfolded.ID
	if id == protocol.Base {
		id = "" // it is on no shelf, but it is open
	}
	p.File = nil
	w.making = p.ask(&protocol.Export{ModelID: id, Format: format, DType: dtype})
}

// downloads are the ways in which a model can be downloaded; an adapter alone
// only where there is one.
func downloads(method string) []string {
	var ways []string
	for _, format := range protocol.Formats {
		if format == "peft" && method != "lora" {
			continue
		}
		for _, dtype := range protocol.DTypes[format] {
			ways = append(ways, format+"/"+dtype)
		}
	}
	return ways
}

// ago is how long since a model was saved.
func ago(c *protocol.Card) time.Duration { return time.Since(time.UnixMilli(c.Saved)) }
