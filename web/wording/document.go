package wording

import (
	"strings"

	"hornbook/web/protocol"
)

// documents are the sentences and names about files that are read, by keys.
// {name}, {where}, {got} and {want} stand for what differs.
var documents = map[string]string{
	"problem.empty":            "“{name}” is empty, so there is nothing to learn from. Choose another file.",
	"problem.too_large":        "“{name}” is too large: it has {got}, and more than {want} do not fit into memory. Cut out a part of it and try again.",
	"problem.text_too_large":   "The text in “{name}” is too long: it has {got}, and more than {want} do not fit into memory. Cut out a part of it and try again.",
	"problem.grows":            "“{name}” was not opened: unpacked it would become many times as large, which a real document does not. It may be made to do harm. Get it again from a place that you trust.",
	"problem.binary":           "“{name}” is not plain text: its bytes are no letters, in no encoding that can be found by itself. Save it as plain text (.txt), or choose its encoding, and try again.",
	"problem.foreign":          "“{name}” is {got}, so there is no text in it that can be read. {next}",
	"problem.damaged":          "“{name}” is broken{where}. Perhaps only a part of it was copied. Get it again, or open it in the program that made it and save it anew.",
	"problem.locked":           "“{name}” is locked, by a password or by the shop that sold it, so its text cannot be read. Save it without a password, or choose another file.",
	"problem.scanned":          "“{name}” shows pictures of pages: there are no letters in it, only what looks like letters to us. Let a program read the pictures first (that is called OCR), or choose another file.",
	"problem.no_text":          "There are no words in “{name}”, so there is nothing to learn from. Choose another file.",
	"problem.encoding_unknown": "There is no encoding called “{got}”. Choose one of the list, or none, and it will be found out.",
	"problem.encoding_unsure":  "“{name}” is written in another alphabet than the Latin one, in an old encoding that cannot be found out by itself. Choose its encoding (Windows-1251 for Russian, for instance), or save it as UTF-8.",
	"problem.encoding_unfit":   "“{name}” is not written in the encoding {got}: its bytes make no sense in it. Choose another encoding, or none, and it will be found out.",
	"problem.unreadable":       "“{name}” could not be read. Perhaps it was moved, changed or is open in another program. Choose it again, or try another file.",

	"foreign.picture": "a picture",
	"foreign.sound":   "a sound or a film",
	"foreign.archive": "an archive of other files",
	"foreign.program": "a program",
	"foreign.sheet":   "a table of a spreadsheet",
	"foreign.slides":  "a set of slides",
	"foreign.doc":     "a document of an old Word (.doc)",
	"foreign.rtf":     "a document in Rich Text Format (.rtf)",
	"foreign.other":   "a file of some other program",

	"next.picture": "Choose a file with words in it.",
	"next.sound":   "Choose a file with words in it.",
	"next.archive": "Unpack it, and choose the files in it.",
	"next.program": "Choose a file with words in it.",
	"next.sheet":   "Save it as CSV in the spreadsheet program, and choose that.",
	"next.slides":  "Save it as PDF or as plain text, and choose that.",
	"next.doc":     "Open it in a word processor, save it as .docx, and choose that.",
	"next.rtf":     "Open it in a word processor, save it as .docx or plain text, and choose that.",
	"next.other":   "Save it as plain text or PDF in that program, and choose that.",

	"format.text":  "plain text",
	"format.md":    "a text in Markdown",
	"format.csv":   "a table (CSV)",
	"format.tsv":   "a table (TSV)",
	"format.jsonl": "JSON lines",
	"format.html":  "a web page",
	"format.docx":  "a Word document",
	"format.odt":   "a LibreOffice document",
	"format.epub":  "a book (EPUB)",
	"format.pdf":   "a PDF",

	"talks.conversations": "conversations",
	"talks.pairs":         "pairs of a better and a worse answer",
	"talks.tasks":         "tasks with answers",
	"talks.texts":         "texts",

	"left.pictures":  "picture|pictures",
	"left.footnotes": "footnote|footnotes",
	"left.comments":  "comment|comments",
	"left.headers":   "header or footer|headers and footers",
	"left.contents":  "table of contents|tables of contents",
	"left.formulas":  "formula|formulas",
	"left.scripts":   "script|scripts",
	"left.deleted":   "deleted passage|deleted passages",
	"left.chapters":  "chapter that is missing|chapters that are missing",
	"left.pages":     "page without letters|pages without letters",
	"left.lines":     "line without a text|lines without a text",

	"changed.letters": "1 letter could not be read|{n} letters could not be read",
	"changed.tables":  "1 table became lines of text|{n} tables became lines of text",
	"changed.marks":   "it says that it has another encoding|it says {n} times that it has another encoding",

	"left": "left out: ",
}

// Document says why a file could not be read: what happened, why, and what to
// do.
func Document(p *protocol.Unread) string {
	text, known := documents["problem."+p.Code]
	if !known {
		return ours
	}
	got, where := p.Got, ""
	switch p.Code {
	case "foreign":
		got = documents["foreign."+p.Got]
	case "too_large", "text_too_large":
		got = size(p.Got)
	}
	if p.Where != "" {
		where = " (" + p.Where + ")"
	}
	return strings.NewReplacer("{name}", p.Name, "{got}", got, "{want}", size(p.Want), "{where}", where, "{next}", documents["next."+p.Got]).Replace(text)
}

// Understood says in one line what a file was taken for and what was left out,
// or why it could not be read.
func Understood(u *protocol.Understood) string {
	if u.Problem != nil {
		return Document(u.Problem)
	}
	line := u.Name + ": " + documents["format."+u.Format]
	if u.Talks != "" {
		line += " of " + documents["talks."+u.Talks]
	}
	if u.Encoding != "" {
		line += " in " + EncodingName(u.Encoding)
	}
	var left, changed []string
	for _, l := range u.Left {
		if text, is := documents["changed."+l.Kind]; is {
			changed = append(changed, counted(text, l.Count))
			continue
		}
		one, many, _ := strings.Cut(documents["left."+l.Kind], "|")
		left = append(left, CountOf(l.Count, one, many))
	}
	if len(left) > 0 {
		line += "; " + documents["left"] + strings.Join(left, ", ")
	}
	if len(changed) > 0 {
		line += "; " + strings.Join(changed, ", ")
	}
	return line
}

// counted is the singular or plural of text, with the number.
func counted(text string, n int) string {
	one, many, _ := strings.Cut(text, "|")
	if n == 1 {
		return one
	}
	return strings.ReplaceAll(many, "{n}", Count(n))
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
