package ui

import (
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
	if p.Model != nil && !p.chatting() {
		p.predicting = p.ask(&protocol.Predict{Prompt: p.PromptText})
	}
}

// IsWriting tells whether a Generate is under way.
func (p *Page) IsWriting() bool { return p.Now.underWay() || p.Former.underWay() }

// Generate lets the model go on from the prompt; the model as it was before
// follows with the same numbers, if both are wanted.
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
	switch p.CopyDone = false; {
	case !p.chatting():
		c.Prompt = p.PromptText
	case !p.say(c):
		return
	}
	p.ask(c)
	p.Now, p.Former, p.asked = begun(c), NewCompletion(), c
}

func begun(c *protocol.Generate) Completion {
	return Completion{ID: c.ID, Prompt: c.Prompt, Picked: -1}
}

// generated reads a finished text aloud and asks for what follows it.
func (p *Page) generated(e *protocol.Generated) {
	if e.ID == p.Former.ID {
		p.Host.Say(wording.CompletionBefore + ": " + p.Former.Text())
		return
	}
	p.Host.Say(p.Now.Text())
	if p.Both && p.Model.Before && !e.Cancelled && !p.chatting() {
		c := *p.asked
		c.Before = true
		p.ask(&c)
		p.Former = begun(&c)
	}
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
	for _, c := range []*Completion{&p.Now, &p.Former} {
		if c.underWay() {
			p.cancel(c.ID)
		}
	}
}

// CopyWriting puts prompt and writing on the clipboard.
func (p *Page) CopyWriting() {
	p.Host.Copy(p.Now.Prompt + p.Now.Text())
	p.CopyDone = true
	p.Host.Say(wording.Copied)
}

// Adapt lets the open model write with its adapter or without.
func (p *Page) Adapt(on bool) {
	p.solve(TryStation)
	p.ask(&protocol.Adapt{On: on})
}

// Merge makes the adapter part of the weights.
func (p *Page) Merge() {
	if !p.Active() {
		p.solve(TryStation)
		p.solve(ModelsStation)
		p.ask(&protocol.Merge{})
	}
}

// tryLead says what the open model is, or what can be done with one.
func (p *Page) tryLead() string {
	if p.chatting() {
		return wording.ChatLead
	}
	if p.Model != nil && p.Model.ModelID == protocol.Base {
		return wording.BaseLead(p.textName(p.Model.Text))
	}
	return wording.TryLead
}

// bothClass lays the two texts side by side where there are two.
func (p *Page) bothClass() string {
	if p.Former.ID > 0 {
		return "both"
	}
	return ""
}

// completionTitle heads what the open model writes.
func (p *Page) completionTitle() string {
	if p.Former.ID > 0 {
		return wording.BothAfter
	}
	return wording.Completion
}

// tryFirst tells whether the station stands first on the page: where a model
// comes with it, so that the first thing to do is to type.
func (p *Page) tryFirst() bool { return p.Ready.Base }
