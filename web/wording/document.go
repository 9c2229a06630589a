package wording

import (
	"strings"

	"hornbook/web/protocol"
)

// Document says why a file could not be read: what happened, why, and what to
// do.
func (w *Words) Document(p *protocol.Unread) string {
	key := "document_" + p.Code
	if _, known := w.phrases[key]; !known {
		return w.Say("problem_internal")
	}
	got, where := p.Got, ""
	switch p.Code {
	case "foreign":
		got = w.Say("foreign_" + p.Got)
	case "too_large", "text_too_large":
		got = w.size(p.Got)
	}
	if p.Where != "" {
		where = " (" + p.Where + ")"
	}
	return w.Say(key, "name", p.Name, "got", got, "want", w.size(p.Want), "where", where, "next", w.after("foreign_", p.Got))
}

// Understood says in one line what a file was taken for and what was left out,
// or why it could not be read.
func (w *Words) Understood(u *protocol.Understood) string {
	if u.Problem != nil {
		return w.Document(u.Problem)
	}
	format := w.Say("format_" + u.Format)
	if u.Talks != "" {
		format = w.Say("understood_of", "format", format, "lines", w.Say("lines_"+u.Talks))
	}
	if u.Encoding != "" {
		format = w.Say("understood_in", "format", format, "encoding", EncodingName(u.Encoding))
	}
	says := []string{w.Say("understood", "name", u.Name, "format", format)}
	var omitted, changed []string
	for _, l := range u.Left {
		if _, is := w.phrases["changed_"+l.Kind]; is {
			changed = append(changed, w.Say("changed_"+l.Kind, "n", l.Count))
		} else {
			omitted = append(omitted, w.Say("omitted_"+l.Kind, "n", l.Count))
		}
	}
	if len(omitted) > 0 {
		says = append(says, w.Say("omitted", "list", w.List(omitted...)))
	}
	return strings.Join(append(says, changed...), "; ")
}

// EncodingName writes the name of an encoding as people do.
func EncodingName(name string) string {
	switch {
	case strings.HasPrefix(name, "windows-"):
		return "W" + name[1:]
	case name == "shift_jis":
		return "Shift JIS"
	case name == "macintosh":
		return "Macintosh"
	}
	return strings.ToUpper(name)
}
