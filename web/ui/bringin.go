package ui

import (
	"path"
	"slices"
	"strings"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

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
func (p *Page) BringIn(input string) { p.Import(p.Host.Hold(input)) }

// Import imports the model of the files with these names, which the host
// holds.
func (p *Page) Import(names []string) {
	if len(names) == 0 {
		return
	}
	p.solve(ModelsStation)
	p.Shelving.names = names
	p.bring(false)
	p.Host.Show(ModelsStation)
}

// Agree opens the model that needs much memory.
func (p *Page) Agree() {
	p.bring(true)
}

func (p *Page) bring(agreed bool) {
	p.Needs = nil
	p.await("import", p.ask(&protocol.Import{Names: p.Shelving.names, Agreed: agreed}))
}

// Decline leaves it.
func (p *Page) Decline() { p.Needs = nil }

// importSays is what is going on with files, "" for nothing.
func (p *Page) importSays() string {
	switch {
	case p.loading("import"):
		return wording.Importing
	case p.making():
		return wording.Making
	case p.File != nil && p.File.Note != "":
		return wording.Downloaded(p.File) + " " + wording.Problem(&protocol.Problem{Code: p.File.Note})
	case p.File != nil:
		return wording.Downloaded(p.File)
	}
	return ""
}

// KeepForGood asks the browser not to clear what is kept.
func (p *Page) KeepForGood() { p.Host.Persist() }

// Persisted takes the browser's answer.
func (p *Page) Persisted(lasting bool) {
	p.Shelving.Promised, p.Shelving.Lasting = true, lasting
	p.Host.Say(p.storageSays())
}

func (p *Page) lasting() bool { return p.Shelf.Lasting || p.Shelving.Lasting }

// canPersist tells whether there is something to ask the browser for.
func (p *Page) canPersist() bool {
	return p.Shelving.Asked && p.Shelf.Keeps == "" && !p.lasting()
}

// storageSays is how much is kept, and for how long.
func (p *Page) storageSays() string {
	switch {
	case !p.Shelving.Asked:
		return ""
	case p.Shelf.Keeps != "":
		return wording.Problem(&protocol.Problem{Code: p.Shelf.Keeps})
	}
	says := wording.Kept(p.Shelf.Used, p.Shelf.Left)
	switch {
	case p.lasting():
		return says + " " + wording.KeptForGood
	case p.Shelving.Promised:
		return says + " " + wording.KeptRefused
	}
	return says + " " + wording.KeptForNow
}
