package wording

import (
	"strconv"

	"hornbook/web/protocol"
)

// Problem is the sentence for p: what happened, why, and what to do.
func (w *Words) Problem(p *protocol.Problem) string {
	key, because := w.problem(p), ""
	if p.Detail != "" {
		because = " (" + p.Detail + ")"
	}
	got, want := w.number(p.Got), w.number(p.Want)
	switch p.Code {
	case protocol.TextTooLong, protocol.OutOfMemory, protocol.ModelTooLarge:
		got, want = w.size(p.Got), w.size(p.Want)
	}
	return w.Say(key, "got", got, "want", want, "field", w.Field(p.Key), "because", because, "why", p.Detail,
		"long", w.number(p.Detail), "workers", w.workers(p))
}

// problem is the key of p's sentence, of which some codes have two.
func (w *Words) problem(p *protocol.Problem) string {
	key := "problem_" + string(p.Code)
	switch {
	case p.Code == protocol.TextOne && p.Got == "1":
		key += "_single"
	case p.Code == protocol.TalksWrong && p.Got != "":
		key += "_line"
	case p.Code == protocol.TalksFew && p.Detail != "" && p.Detail != "0":
		key += "_long"
	}
	if _, known := w.phrases[key]; !known {
		return "problem_" + string(protocol.Internal)
	}
	return key
}

// workers counts those that train after a notice.
func (w *Words) workers(p *protocol.Problem) string {
	text := p.Got
	if p.Code == protocol.RanksFewer {
		text = p.Want
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return w.Say("workers", "n", n)
}

// number groups the digits of a whole number; anything else stays as it is.
func (w *Words) number(text string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return w.Count(n)
}

// size writes a number of bytes for people.
func (w *Words) size(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return w.Bytes(n)
}
