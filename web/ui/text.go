package ui

import (
	"slices"
	"strings"

	"hornbook/web/protocol"
)

// Text is the station of what there is to learn from.
type Text struct {
	desk
	Source    string  // the sample that is chosen, "" for an own text
	own       ownText // that text
	former    ownText // the one that it replaced, which can be taken back
	Typed     string
	TypedOpen bool
	Encoding  string                // that files are read in, "" for the one that is found out
	Told      []protocol.Understood // of the files that were read last
	reading   bool
	asked     int  // id of the SetText for the text of the last visit, 0 for none
	Teach     bool // the open model is to learn it, not a new one
}

// ownText is a text of one's own, by which the trainer finds it again; without a
// hash it is none.
type ownText struct{ name, hash string }

func newText(p *Page) *Text { return &Text{desk: desk{p, Place{"text", "read"}}} }

// Stand says which text it is.
func (t *Text) Stand() Stand {
	switch p := t.Page; {
	case p.Text != nil:
		return Stand{p.textName(p.Text.Name), "done"}
	case t.Source != "":
		return Stand{Says: p.textName(t.Source)}
	}
	return Stand{Says: t.Page.W.Say("not_yet")}
}

// Apply follows the text.
func (t *Text) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		if t.Source == "" && len(e.Samples) > 0 {
			t.Source = e.Samples[0]
		}
	case *protocol.Text:
		t.solve()
		t.Source = ""
		if e.Source == "sample" {
			t.Source = e.Name
		}
		if t.own.hash != "" && t.own.hash != e.Hash {
			t.former = t.own
		}
		t.own = ownText{e.Name, e.Hash}
	case *protocol.Problem:
		if t.asked > 0 && e.ID == t.asked { // the text of the last visit is gone
			t.asked, t.own, t.Source = 0, ownText{}, t.Page.Ready.Samples[0]
			t.choose()
		}
	}
}

// Keep writes down the sample, or the name of a text of one's own, which stays
// here.
func (t *Text) Keep(x Experiment) {
	if x.put("text", t.Source); t.Source == "" && t.own.hash != "" {
		x.put("text", t.own.name)
		x.put(here+"hash", t.own.hash)
	}
}

// Restore takes a sample over, or finds the text of one's own that is here.
func (t *Text) Restore(x Experiment) {
	if hash, is := x.take(here + "hash"); is {
		name, _ := x.take("text")
		t.own, t.Source = ownText{name, hash}, ""
		t.choose()
		return
	}
	if name, is := x.take("text", t.Page.Ready.Samples...); is {
		t.Source = name
		if !t.Page.textWaits || t.Page.aboutText() {
			t.choose()
		}
	}
}

// ChooseSample asks for a built-in text.
func (t *Text) ChooseSample(name string) {
	if name != "" {
		t.Told = nil
		t.Source = name
		t.choose()
	}
}

// choose asks for the sample that is chosen.
func (t *Text) choose() {
	t.Page.textWaits = false
	if t.Source == "" {
		t.asked = t.ask(&protocol.SetText{Source: "kept", Name: t.own.name, Hash: t.own.hash})
		t.Page.await("sample", t.asked)
		return
	}
	t.Page.await("sample", t.ask(&protocol.SetText{Source: "sample", Name: t.Source}))
}

// TakeBack puts the text of one's own back that another has replaced.
func (t *Text) TakeBack() {
	t.Told = nil
	t.Page.await("sample", t.ask(&protocol.SetText{Source: "kept", Name: t.former.name, Hash: t.former.hash}))
}

// formerSays names that text, "" for none.
func (t *Text) formerSays() string {
	if t.former.hash == "" || t.former.hash == t.own.hash {
		return ""
	}
	return t.Page.W.Say("text_former", "name", t.former.name)
}

// specialSays is how names of special tokens in the text are read, "" for none.
func (t *Text) specialSays() string {
	if x := t.Page.Text; x != nil && x.SpecialAs != "" {
		return t.Page.W.Special(x)
	}
	return ""
}

// specialOther is the other way to read them.
func (t *Text) specialOther() string {
	if t.Page.Text.SpecialAs == "tokens" {
		return "letters"
	}
	return "tokens"
}

func (t *Text) specialOffer() string {
	if t.specialOther() == "letters" {
		return t.Page.W.Say("special_to_letters")
	}
	return t.Page.W.Say("special_to_tokens")
}

// ReadSpecial has names of special tokens in the text read the other way.
func (t *Text) ReadSpecial() { t.ask(&protocol.SetSpecial{As: t.specialOther()}) }

// UseTyped takes what was typed as the text.
func (t *Text) UseTyped() {
	t.Told = nil
	t.ask(&protocol.SetText{Source: "typed", Name: t.Page.W.Say("typed_name"), Data: []byte(t.Typed)})
}

// Upload reads the files that were chosen.
func (t *Text) Upload() {
	t.Encoding = ""
	t.Page.Reading()
	t.Page.Host.Read("upload", "")
}

// ChooseEncoding reads the same files once more, in another encoding.
func (t *Text) ChooseEncoding(encoding string) {
	t.Encoding = encoding
	t.Page.Reading()
	t.Page.Host.ReadAgain(encoding)
}

// Reading says that files are read, chosen or dropped, and opens the station,
// where what comes of it is seen.
func (p *Page) Reading() {
	t := of[*Text](p)
	t.solve()
	p.textWaits = false
	t.reading, t.Told = true, nil
	p.visit("text")
}

// HasRead takes what was understood of the files, and gives the name of the text
// that they make and the id by which it is to be sent as SetText; 0 if none could
// be read.
func (p *Page) HasRead(told []protocol.Understood) (name string, id int) {
	t := of[*Text](p)
	t.reading, t.Told = false, told
	good := 0
	for _, u := range told {
		if u.Problem != nil {
			p.Host.Say(p.W.Document(u.Problem))
			continue
		}
		if good++; good == 1 {
			name = u.Name
		}
	}
	switch {
	case good == 0:
		return "", 0
	case good > 1:
		name = p.W.Say("joined_name", "name", name, "n", good-1)
	}
	p.requests++
	p.asker[p.requests] = t.place.ID
	p.await("sample", p.requests)
	return name, p.requests
}

// unread are the files that could not be read, and why.
func (t *Text) unread() (list []*protocol.Unread) {
	for _, u := range t.Told {
		if u.Problem != nil {
			list = append(list, u.Problem)
		}
	}
	return list
}

// understood are the others, each with what it was taken for.
func (t *Text) understood() (lines []string) {
	for _, u := range t.Told {
		if u.Problem == nil {
			lines = append(lines, t.Page.W.Understood(&u))
		}
	}
	return lines
}

// encoded tells whether there is an encoding to choose: of files that are letters
// alone.
func (t *Text) encoded() bool {
	return slices.ContainsFunc(t.Told, func(u protocol.Understood) bool {
		return u.Problem != nil && (u.Problem.Code == "binary" || u.Problem.Code == "encoding_unfit" || u.Problem.Code == "encoding_unsure") ||
			u.Problem == nil && u.Encoding != "" && u.Format != "docx" && u.Format != "odt" && u.Format != "epub"
	})
}

// canTeach tells whether the open model can be taught the text.
func (t *Text) canTeach() bool { return t.Page.Model != nil }

// ChooseTeach chooses who is to learn the text.
func (t *Text) ChooseTeach(teach bool) { t.Teach = teach && t.canTeach() }

// textFiles are the files that the browser offers first.
const textFiles = experimentEnd + "," + lessonEnd + ",.txt,.md,.csv,.tsv,.jsonl,.html,.htm,.docx,.odt,.epub,.pdf,text/*"

// name is what the text is called that is there, or that is chosen.
func (t *Text) name() string {
	p := t.Page
	switch {
	case p.Text != nil:
		return p.textName(p.Text.Name)
	case t.Source != "":
		return p.textName(t.Source)
	}
	return p.W.Say("no_text")
}

// preview is the beginning of the text.
func (t *Text) preview() string {
	if t.Page.Text == nil {
		return ""
	}
	return t.Page.Text.Preview
}

// schooling is what the red button begins.
func (t *Text) schooling() schooling {
	switch {
	case t.Teach && ofPairs(t.Page.Text):
		return of[*Preferences](t.Page)
	case t.Teach && ofTalks(t.Page.Text):
		return of[*Chat](t.Page)
	case t.Teach:
		return of[*Finetune](t.Page)
	}
	return of[*Pretrain](t.Page)
}

func (t *Text) canTrain() bool { return t.schooling().canTrain() }
func (t *Text) trains() string { return t.schooling().trains() }

// Train begins to train whoever is to learn the text, and opens the station
// where one sees it.
func (t *Text) Train() {
	l := t.schooling()
	t.Page.visit(l.Place().ID)
	l.Train()
}

// ofTalks tells whether a text is of conversations, by its name.
func ofTalks(t *protocol.Text) bool {
	return t != nil && !t.Pairs && (t.Source == "task" || strings.HasSuffix(strings.ToLower(t.Name), ".jsonl"))
}

// ofPairs tells whether a text is of pairs of answers.
func ofPairs(t *protocol.Text) bool { return t != nil && t.Pairs }

func (t *Text) advice() string {
	return t.Page.W.Problem(&protocol.Problem{Code: t.Page.Text.Advice})
}

// fitSays is what the open model makes of the text, "" if that is not known.
func (t *Text) fitSays() string {
	if p := t.Page; p.Fit != nil && p.Model != nil {
		return p.W.Fits(p.modelName(), p.Fit)
	}
	return ""
}

// fitWarnings are what to know before the open model learns from the text.
func (t *Text) fitWarnings() []string {
	p := t.Page
	if p.Fit == nil || !t.Teach {
		return nil
	}
	var warnings []string
	if p.Fit.Unknown > 0 {
		warnings = append(warnings, p.W.Say("lacks", "n", p.Fit.Unknown, "list", visibleList(p.Fit.Missing)))
	}
	if p.Fit.Advice != "" {
		warnings = append(warnings, p.W.Problem(&protocol.Problem{Code: p.Fit.Advice}))
	}
	return warnings
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > 80 {
		return strings.TrimSpace(string(r[:80]))
	}
	return line
}

func firstWords(text string, n int) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(n, len(words))], " ")
}
