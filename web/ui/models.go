package ui

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"hornbook/web/protocol"
)

// Models is the station of the models that are kept: to open, rename,
// duplicate, delete and download them, and to bring others in.
type Models struct {
	desk
	All      bool // all models are shown, not only the newest
	Unfolded Unfolded
	NewName  string          // what stands in the field of Rename
	As       string          // how to download, as "format/numbers"
	File     *protocol.File  // that was made to be downloaded last
	Needs    *protocol.Needs // a question that waits for an answer
	making   int             // id of the Export under way, 0 for none
	names    []string        // of the files that are brought in
	deleting map[string]bool // ids of the models that are being deleted
	told     bool            // the shelf has told what it holds
	Compared []string        // ids of the models whose curves are laid over each other
	Axis     string          // by what, one of axes
	Sides    bool            // the compared models are laid beside each other, not their curves
	Promised bool            // the browser was asked to keep models for good
	Lasting  bool            // and has promised it
}

// Unfolded is the part of one model of the shelf that is open.
type Unfolded struct{ ID, Part string }

// Parts of a model of the shelf that unfold.
const (
	renamePart   = "rename"
	downloadPart = "download"
	outcomePart  = "outcome"
	sharePart    = "share"
)

func newModels(p *Page) *Models {
	return &Models{desk: desk{p, Place{"models", "keep"}}, deleting: map[string]bool{}, Axis: axes[0]}
}

// Stand counts the models that are kept.
func (m *Models) Stand() Stand {
	if m.Page.Shelf.Keeps != "" {
		return Stand{Says: m.Page.W.Say("not_kept")}
	}
	return Stand{Says: m.Page.W.ModelsKept(len(m.Page.Shelf.Cards))}
}

// Apply follows the shelf.
func (m *Models) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Shelf:
		m.told = true
		for _, c := range e.Deleted {
			if m.deleting[c.ID] {
				delete(m.deleting, c.ID)
				m.Page.Host.Say(m.Page.W.Say("deleted", "name", c.Name))
				m.Page.Host.Focus(undoID(c.ID))
			}
		}
	case *protocol.Needs:
		m.Needs = e
	case *protocol.File:
		if m.Page.Keeps(e) {
			return
		}
		m.File = e
		if e.ID == m.making {
			m.making, m.Unfolded = 0, Unfolded{}
		}
	case *protocol.Problem:
		if e.ID == m.making || gone(e) {
			m.making = 0
		}
		if m.Page.asker[e.ID] == m.place.ID {
			clear(m.deleting)
		}
	}
}

// Keep writes nothing down: models travel as files.
func (m *Models) Keep(Experiment) {}

// Restore takes nothing over.
func (m *Models) Restore(Experiment) {}

// Open takes a model as the one that writes.
func (m *Models) Open(id string) {
	if m.canOpen() {
		m.Page.offer = nil
		m.ask(&protocol.Open{ModelID: id})
	}
}

// canOpen tells whether another model can be opened: not while one trains.
func (m *Models) canOpen() bool {
	return m.Page.Run.State != "training" && m.Page.Run.State != "preparing"
}

// Unfold opens a part of a model of the shelf, or closes it again.
func (m *Models) Unfold(c protocol.Card, part string) {
	if now := (Unfolded{c.ID, part}); m.Unfolded != now {
		m.Unfolded, m.NewName, m.As = now, c.Name, "zip/f32"
		if part == outcomePart {
			m.Page.tellAll([]string{c.ID})
		}
		if part == renamePart {
			m.Page.Host.Focus("new-name")
		}
		return
	}
	m.Unfolded = Unfolded{}
}

func (m *Models) isUnfolded(id, part string) bool { return m.Unfolded == Unfolded{id, part} }

// Rename gives the unfolded model the name that stands in the field, as much of
// it as a name may have. The focus goes back to where it came from.
func (m *Models) Rename() {
	if name := strings.TrimSpace(cut(m.NewName, protocol.MaxName)); name != "" {
		m.ask(&protocol.Rename{ModelID: m.Unfolded.ID, Name: name})
		m.Page.Host.Focus(renameID(m.Unfolded.ID))
		m.Unfolded = Unfolded{}
	}
}

// renameID is the id of the button that unfolds a model's new name.
func renameID(model string) string { return "rename-" + model }

// undoID is the id of the button that puts a deleted model back.
func undoID(model string) string { return "undo-" + model }

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
func (m *Models) renameKey(key string) {
	if key == "Enter" {
		m.Rename()
	}
}

// Duplicate puts a copy beside a model.
func (m *Models) Duplicate(c protocol.Card) {
	m.ask(&protocol.Duplicate{ModelID: c.ID, Name: m.Page.fresh(m.Page.W.Say("copy_of", "name", c.Name))})
}

// Delete takes a model off the shelf; Undo puts it back. Its card says at once
// that it goes.
func (m *Models) Delete(id string) {
	if m.deleting[id] || m.Page.isOpen(id) && m.Page.Active() {
		return
	}
	m.deleting[id], m.Unfolded = true, Unfolded{}
	if c := m.Page.offer; c != nil && c.ID == id {
		m.Page.offer = nil
	}
	m.ask(&protocol.Delete{ModelID: id})
}

// Undo puts back what was deleted.
func (m *Models) Undo(id string) { m.ask(&protocol.Undelete{ModelID: id}) }

// Download asks for a file of the unfolded model.
func (m *Models) Download() {
	if m.isMaking() {
		return
	}
	format, dtype, _ := strings.Cut(m.As, "/")
	id := m.Unfolded.ID
	if id == protocol.Base {
		id = "" // it is on no shelf, but it is open
	}
	m.File = nil
	m.making = m.ask(&protocol.Export{ModelID: id, Format: format, DType: dtype})
}

func (m *Models) isMaking() bool { return m.making != 0 }

// downloads are the ways in which a model can be downloaded; an adapter alone
// only where there is one, a run only where there was one.
func downloads(method string) []string {
	var ways []string
	for _, format := range protocol.Formats {
		if format == "peft" && method != "lora" || format == "handoff" && method == "imported" {
			continue
		}
		for _, dtype := range protocol.DTypes[format] {
			ways = append(ways, format+"/"+dtype)
		}
	}
	return ways
}

// downloadName puts "format/numbers" in words.
func (m *Models) downloadName(as string) string {
	format, dtype, _ := strings.Cut(as, "/")
	return m.Page.W.DownloadAs(format, dtype)
}

// Bringing models in.

// modelFiles are the ends of the names of files that a model consists of.
var modelFiles = []string{".zip", ".gguf", ".safetensors", ".json"}

// AreModel tells whether dropped files, by their names, are a model and not a
// text.
func AreModel(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(modelFiles, strings.ToLower(path.Ext(name)))
	})
}

// BringIn imports the model of the files that are chosen in an input.
func (m *Models) BringIn(input string) { m.Import(m.Page.Host.Hold(input)) }

// Import imports the model of the files with these names, which the host
// holds, and opens the station, where its answer is seen.
func (m *Models) Import(names []string) {
	if len(names) == 0 {
		return
	}
	m.names = names
	m.Page.visit(m.place.ID)
	m.bring(false)
}

// Agree opens the model that needs much memory.
func (m *Models) Agree() { m.bring(true) }

func (m *Models) bring(agreed bool) {
	m.Needs = nil
	m.Page.await("import", m.ask(&protocol.Import{Name: m.Page.fresh(m.Page.W.Say("brought_in")), Names: m.names, Agreed: agreed}))
}

// Decline leaves it.
func (m *Models) Decline() { m.Needs = nil }

// says is what is going on with files, "" for nothing.
func (m *Models) says() string {
	w := m.Page.W
	switch {
	case m.Page.loading("import"):
		return w.Say("importing")
	case m.isMaking():
		return w.Say("making")
	case m.File != nil && m.File.Note != "":
		return w.Downloaded(m.File) + " " + w.Problem(&protocol.Problem{Code: m.File.Note})
	case m.File != nil:
		return w.Downloaded(m.File)
	}
	return ""
}

// Room.

// KeepForGood asks the browser not to clear what is kept.
func (m *Models) KeepForGood() { m.Page.Host.Persist() }

// Persisted takes the browser's answer.
func (p *Page) Persisted(lasting bool) {
	m := of[*Models](p)
	m.Promised, m.Lasting = true, lasting
	p.Host.Say(m.storageSays())
}

func (m *Models) lasting() bool { return m.Page.Shelf.Lasting || m.Lasting }

// canPersist tells whether there is something to ask the browser for.
func (m *Models) canPersist() bool {
	return m.told && m.Page.Shelf.Keeps == "" && !m.lasting()
}

// storageSays is how much is kept, and for how long: the models' own sum, since
// browsers count their own files too.
func (m *Models) storageSays() string {
	w, s := m.Page.W, m.Page.Shelf
	switch {
	case !m.told:
		return ""
	case s.Keeps != "":
		return w.Problem(&protocol.Problem{Code: s.Keeps})
	}
	used := int64(0)
	for _, c := range slices.Concat(s.Cards, s.Deleted) {
		used += c.Bytes
	}
	says := w.Kept(used, s.Left)
	switch {
	case m.lasting():
		return says + " " + w.Say("kept_for_good")
	case m.Promised:
		return says + " " + w.Say("kept_refused")
	}
	return says + " " + w.Say("kept_for_now")
}
