// Package pairs is preferences: a prompt and two answers, one of them chosen and
// the other rejected, as TRL's DPOTrainer reads them.
//
//	{"prompt":"The sky is","chosen":" blue.","rejected":" green."}
//	{"prompt":[{"role":"user","content":"Hello"}],"chosen":[{"role":"assistant","content":"Good day."}],"rejected":[{"role":"assistant","content":"What?"}]}
package pairs

import (
	"slices"

	"hornbook/model/data/chat"
)

// Pair is a prompt with two answers. Text says two things, as the model that
// learns from it does: one that chats is asked by the prompt and answers, any
// other goes on from it.
type Pair struct {
	Prompt   []chat.Message // the last by the user; of plain text one, by the user
	Chosen   string
	Rejected string
	Plain    bool // given as text, not as messages
}

// Text is a pair given as text.
func Text(prompt, chosen, rejected string) Pair {
	return Pair{[]chat.Message{{Role: chat.User, Content: prompt}}, chosen, rejected, true}
}

// check says what is wrong with a pair to learn from, "" for nothing. Two
// answers that are the same are not wrong: they only teach nothing.
func check(p Pair) string {
	switch {
	case len(p.Prompt) == 0 || p.Plain && p.Prompt[0].Content == "":
		return "its prompt is empty; write what is asked, or how the text begins"
	case p.Chosen == "":
		return "chosen is empty; write the better answer"
	case p.Rejected == "":
		return "rejected is empty; write the worse answer"
	}
	return chat.Check(append(slices.Clip(p.Prompt), chat.Message{Role: chat.Assistant, Content: p.Chosen}))
}
