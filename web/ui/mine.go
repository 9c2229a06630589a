package ui

import (
	"encoding/json"

	"hornbook/web/protocol"
)

// canShare tells whether a model is one that the page's server would keep.
func (m *Models) canShare(c protocol.Card) bool {
	return m.Page.Sharing.can() && kept(c) && readable(c)
}

// things are what of a model can be shared.
func (m *Models) things(c protocol.Card) []Thing {
	list := []Thing{{Kind: "model", Model: c.ID, Name: c.Name}}
	if c.Method == "lora" {
		list = append(list, Thing{Kind: "adapter", Model: c.ID, Name: c.Name})
	}
	if c.Outcome.Whole() {
		measured := c.Outcome.Measured()
		measured.ModelID = ""
		if body, err := json.Marshal(measured); err == nil {
			list = append(list, Thing{Kind: "card", Model: c.ID, Name: c.Name, Body: string(body)})
		}
	}
	return list
}

// named is what a button of a shared thing is called for those who do not see beside what
// it stands.
func (m *Mine) named(button string, i int) string {
	return m.Page.W.Say("model_named", "button", m.Page.W.Say(button), "model", m.Page.Sharing.Made[i].Name)
}

// canShare tells whether the tasks are of a file that was given.
func (t *Rewards) canShare() bool {
	return t.Page.Sharing.can() && t.checked != nil && t.Page.Text != nil && t.Page.Text.Source == "upload"
}

func (t *Rewards) thing() Thing { return Thing{Kind: "task", Name: t.Page.Text.Name} }

func (t *Preferences) thing() Thing {
	return Thing{Kind: "pairs", Name: t.Page.W.Say("shared_pairs"), Body: t.List.lines()}
}
