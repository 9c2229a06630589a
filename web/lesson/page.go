package lesson

import (
	"strings"
	"unicode/utf8"
)

// A Section is a part of a page that explains something, under its heading; the first has
// the page's own.
type Section struct {
	Title  string
	Blocks []Block
}

// ReadPage reads a page: Markdown that begins with its title ("# "), with sections ("## ")
// and the blocks that lessons have. What is no page gives nil.
func ReadPage(text string) (list []Section) {
	if len(text) > MostBytes || !utf8.ValidString(text) {
		return nil
	}
	fresh := true
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		mark, title, _ := strings.Cut(line, " ")
		switch {
		case mark == "#" && list == nil, mark == "##" && list != nil:
			list = append(list, Section{Title: title})
		case line == "":
		case list == nil:
			return nil
		default:
			s := &list[len(list)-1]
			s.Blocks = fold(s.Blocks, line, fresh)
		}
		fresh = line == ""
	}
	return list
}
