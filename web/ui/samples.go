package ui

import (
	"strconv"

	"hornbook/web/wording"
)

// ShowSample looks back at an earlier piece of the model's writing.
func (p *Page) ShowSample(index string) {
	if i, err := strconv.Atoi(index); err == nil {
		p.lookBack, p.looking = i, i < len(p.Samples)-1
	}
}

// sampleIndex is the piece that is shown: the latest, unless one looks back.
func (p *Page) sampleIndex() int {
	if p.looking && p.lookBack < len(p.Samples) {
		return p.lookBack
	}
	return len(p.Samples) - 1
}

func (p *Page) sampleTitle() string {
	if i := p.sampleIndex(); i >= 0 {
		return wording.AtStep(p.Samples[i].Step)
	}
	return ""
}

func (p *Page) sampleText() string {
	if i := p.sampleIndex(); i >= 0 {
		return p.Samples[i].Text
	}
	return wording.NoWriting
}
