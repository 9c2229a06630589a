package protocol

// Understood is what a reader of documents tells of one file (web/reading). It
// travels apart from commands and events, from a worker of its own.
type Understood struct {
	Name     string    `json:"name"`
	Bytes    int       `json:"bytes"`    // of the text
	Format   string    `json:"format"`   // "text", "md", "csv", "tsv", "jsonl", "html", "docx", "odt", "epub" or "pdf"
	Encoding string    `json:"encoding"` // by which it was read; "" where there is none for the whole
	Left     []LeftOut `json:"left"`
	Talks    string    `json:"talks"`   // what JSON lines hold: "conversations", "pairs", "tasks" or "texts"; "" for all else
	Problem  *Unread   `json:"problem"` // why it could not be read, or null
}

// LeftOut is how many of a kind were left out of a text, or changed in it.
type LeftOut struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Unreadable is the code of a file that the browser or the system could not
// read; the other codes are those of model/data/document.
const Unreadable = "unreadable"

// Unread is why a file could not be read. The words stand in web/wording.
type Unread struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Where  string `json:"where"`  // a part, a line or a page; "" for the whole
	Got    string `json:"got"`    // as the code says
	Want   string `json:"want"`   // as the code says
	Detail string `json:"detail"` // for those who want to know exactly, in English
}

// Encodings are the names of those that plain text can be read in, as a person
// may choose them.
var Encodings = []string{"utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be", "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
	"iso-8859-2", "iso-8859-15", "koi8-r", "macintosh", "ibm850", "shift_jis", "gb18030"}
