package handoff

import (
	_ "embed"
	"strconv"
	"strings"

	"hornbook/model/checkpoint/layout"
)

// readmeText is README.md with {names} of what is put in; a line that begins with
// ?word is for runs of which that is true.
//
//go:embed readme.txt
var readmeText string

// readme says what to type.
func readme(r Run) []byte {
	f, why := layout.FamilyOf(r.Recipe.Model)
	is := map[string]bool{"family": f != "", "own": f == "", "teacher": r.Teacher != nil, "rewarded": r.Data.Job != nil}
	var out strings.Builder
	for line := range strings.Lines(readmeText) {
		if rest, conditional := strings.CutPrefix(line, "?"); conditional {
			word, text, _ := strings.Cut(rest, " ")
			if !is[word] {
				continue
			}
			line = text
		}
		out.WriteString(line)
	}
	data := " -data data/" + sourceName(r.Recipe)
	if r.Recipe.Rewards.Task != "" {
		data = ""
	}
	settings, _ := trl(r)
	notes := ""
	for _, note := range Notes(r) {
		notes += "\nNote: " + note + ".\n"
	}
	return []byte(strings.NewReplacer("{name}", r.Name, "{objective}", r.Recipe.Objective, "{weights}", strconv.Itoa(r.Recipe.Weights()),
		"{step}", strconv.Itoa(r.Step), "{steps}", strconv.Itoa(r.Recipe.Steps), "{data}", data, "{source}", sourceName(r.Recipe),
		"{family}", string(f), "{why}", why, "{trl}", settings, "{notes}", notes).Replace(out.String()))
}
