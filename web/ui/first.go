package ui

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/staticrender"

	"hornbook/web/protocol"
)

// Foresee takes over what the trainer is going to tell at the start, so that the
// page stands there before the trainer does. Nothing is asked of it.
func (p *Page) Foresee(events ...protocol.Event) {
	host := p.Host
	p.Host = deaf{}
	for _, e := range events {
		p.State.Apply(e)
		for _, s := range p.Stations {
			s.Apply(e)
		}
	}
	p.Host = host
}

// deaf is a host that does nothing.
type deaf struct{}

func (deaf) Send(protocol.Command)       {}
func (deaf) Read(string, string)         {}
func (deaf) ReadAgain(string)            {}
func (deaf) Hold(string) []string        { return nil }
func (deaf) Persist()                    {}
func (deaf) Copy(string)                 {}
func (deaf) CopyLink(string)             {}
func (deaf) Say(string)                  {}
func (deaf) Focus(string)                {}
func (deaf) Visit(string)                {}
func (deaf) Speak(string, string, bool)  {}
func (deaf) Save(string, string, string) {}
func (deaf) SavePicture()                {}
func (deaf) Print()                      {}
func (deaf) Renew()                      {}
func (deaf) Accept()                     {}
func (deaf) Call(Call, func(Answer))     {}
func (deaf) Later(func())                {}
func (deaf) Link(string) string          { return "" }
func (deaf) QR(string) int               { return 0 }
func (deaf) Collect(string)              {}
func (deaf) Fetch(string)                {}
func (deaf) Remember(string, string)     {}
func (deaf) Recall(string) string        { return "" }

// FirstScreen is the inside of the page as HTML, as it stands in a language when
// the trainer has told events: what is in the file before any script has run.
func FirstScreen(language string, events ...protocol.Event) (string, error) {
	p := NewPage(deaf{}, language)
	p.Foresee(events...)
	build, err := vugu.NewBuildEnv()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := staticrender.New(&out).Render(build.RunBuild(&Root{Page: p})); err != nil {
		return "", err
	}
	page := strings.TrimSpace(out.String())
	inside, whole := strings.CutPrefix(page, `<div class="page">`)
	inside, whole2 := strings.CutSuffix(inside, "</div>")
	if !whole || !whole2 {
		return "", fmt.Errorf("ui: the page begins as %.40q", page)
	}
	// Properties are set by scripts; these two are seen before.
	inside = strings.Replace(inside, `<option value="`+language+`"`, `<option selected value="`+language+`"`, 1)
	head, tail, found := strings.Cut(inside, `<textarea id="prompt"`)
	if !found {
		return "", fmt.Errorf("ui: the first station has no prompt")
	}
	tail = strings.Replace(tail, "></textarea>", ">"+html.EscapeString(of[*Try](p).Prompt)+"</textarea>", 1)
	return head + `<textarea id="prompt"` + tail, nil
}

// Early takes over what a person did before the page could answer: what stands
// in the prompt, and whether Generate was pressed, which then follows as soon as
// the model is there.
func (p *Page) Early(prompt string, pressed bool) {
	t := of[*Try](p)
	if prompt != t.Prompt {
		t.Prompt, t.own = prompt, true
	}
	t.pressed = pressed
}
