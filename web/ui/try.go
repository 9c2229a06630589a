package ui

import (
	"math"
	"strconv"
	"strings"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// TypePrompt asks what may come after the prompt.
func (p *Page) TypePrompt(text string) {
	p.PromptText, p.promptOwn = text, true
	p.askPrediction()
}

// AddToPrompt takes one of the predicted tokens over.
func (p *Page) AddToPrompt(token string) { p.TypePrompt(p.PromptText + token) }

func (p *Page) askPrediction() {
	if p.Model != nil {
		p.predicting = p.nextID()
		p.Host.Send(&protocol.Predict{ID: p.predicting, Prompt: p.PromptText})
	}
}

// IsWriting tells whether a Generate is under way.
func (p *Page) IsWriting() bool { return p.writing > 0 && p.Written == nil }

// Generate lets the model go on from the prompt.
func (p *Page) Generate() {
	c, wrong := p.readSampling()
	if wrong != nil {
		p.fail(wrong)
		return
	}
	p.solve(TryStation)
	if p.Model == nil {
		p.fail(&protocol.Problem{Code: protocol.NoModel})
		return
	}
	c.ID, c.Prompt = p.nextID(), p.PromptText
	p.writing, p.Prompt, p.Writing, p.Written = c.ID, p.PromptText, nil, nil
	p.Picked, p.CopyDone = -1, false
	p.Host.Send(c)
}

// readSampling reads the fields of Try.
func (p *Page) readSampling() (*protocol.Generate, *protocol.Problem) {
	c := &protocol.Generate{}
	for key, at := range map[string]any{"temperature": &c.Temperature, "top_k": &c.TopK, "top_p": &c.TopP,
		"seed": &c.Seed, "tokens": &c.Tokens} {
		if err := parse(at, strings.TrimSpace(p.Sampling[key])); err != nil {
			return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: p.Sampling[key], Want: wording.AnyNumber}
		}
	}
	return c, nil
}

// CancelWriting ends the Generate under way.
func (p *Page) CancelWriting() {
	if p.IsWriting() {
		p.Host.Send(&protocol.Cancel{ID: p.writing})
	}
}

// Pick moves the mark among the written tokens by the arrow keys.
func (p *Page) Pick(key string) {
	switch last := len(p.Writing) - 1; key {
	case "ArrowRight":
		p.Picked = min(p.Picked+1, last)
	case "ArrowLeft":
		p.Picked = max(p.Picked-1, min(0, last))
	case "Home":
		p.Picked = min(0, last)
	case "End":
		p.Picked = last
	}
}

// PickedSays is the picked token and its probability, "" for none.
func (p *Page) PickedSays() string {
	if p.Picked < 0 || p.Picked >= len(p.Writing) {
		return ""
	}
	t := p.Writing[p.Picked]
	return wording.TokenSays(t.Text, t.Probability)
}

// CopyWriting puts prompt and writing on the clipboard.
func (p *Page) CopyWriting() {
	p.Host.Copy(p.Prompt + p.written())
	p.CopyDone = true
	p.Host.Say(wording.Copied)
}

func (p *Page) written() string {
	var b strings.Builder
	for _, t := range p.Writing {
		b.WriteString(t.Text)
	}
	return b.String()
}

// shade sorts a probability into five steps of paleness, 4 the surest.
func shade(probability float64) string {
	return "p" + strconv.Itoa(int(math.Min(4, probability*5)))
}
