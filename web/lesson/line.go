package lesson

import "strings"

// spans reads the looks of words: **strong** and `code`. A mark without its other
// end stands for itself.
func spans(text string) (line Line) {
	for text != "" {
		mark, kind := "`", "code"
		at := strings.IndexByte(text, '`')
		if strong := strings.Index(text, "**"); strong >= 0 && (at < 0 || strong < at) {
			at, mark, kind = strong, "**", "strong"
		}
		if at < 0 {
			break
		}
		inside, rest, closed := strings.Cut(text[at+len(mark):], mark)
		if !closed || inside == "" {
			break
		}
		if at > 0 {
			line = append(line, Span{Text: text[:at]})
		}
		line, text = append(line, Span{inside, kind}), rest
	}
	if text != "" {
		line = append(line, Span{Text: text})
	}
	return line
}

// block reads one line of text. goes is true for one that goes on with the
// paragraph before, if there is one.
func block(text string) (b Block, goes bool) {
	number := strings.TrimLeft(text, "0123456789")
	switch rest, item := strings.CutPrefix(text, "- "); {
	case item:
		return Block{Kind: "item", Mark: "–", Line: spans(rest)}, false
	case strings.HasPrefix(number, ". ") && len(number) < len(text):
		return Block{Kind: "item", Mark: text[:len(text)-len(number)] + ".", Line: spans(number[2:])}, false
	case len(text) >= 4 && strings.Trim(text, "_") == "":
		return Block{Kind: "rule"}, false
	case len(text) >= 3 && text[0] == '|' && text[len(text)-1] == '|':
		for cell := range strings.SplitSeq(text[1:len(text)-1], "|") {
			b.Cells = append(b.Cells, spans(strings.TrimSpace(cell)))
		}
		b.Kind = "row"
		return b, false
	}
	return Block{Kind: "text", Line: spans(text)}, true
}

// fold adds a line to blocks. fresh begins a new paragraph.
func fold(blocks []Block, text string, fresh bool) []Block {
	b, goes := block(text)
	if last := len(blocks) - 1; goes && !fresh && last >= 0 && (blocks[last].Kind == "text" || blocks[last].Kind == "item") {
		blocks[last].Line = append(append(blocks[last].Line, Span{Text: " "}), b.Line...)
		return blocks
	}
	return append(blocks, b)
}
