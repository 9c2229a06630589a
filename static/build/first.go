package main

import (
	"fmt"
	"html"
	"os"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/web/protocol"
	"hornbook/web/session"
	"hornbook/web/ui"
	"hornbook/web/wording"
)

// index writes index.html, which holds what a visitor sees first in each
// language: the page as it stands once the trainer has told what it tells at the
// start, and the words for when it cannot start.
func index(string) error {
	events, err := foreseen()
	if err != nil {
		return err
	}
	page, err := os.ReadFile(src + "/index.html")
	if err != nil {
		return err
	}
	var first, templates, noscript, told strings.Builder
	for i, language := range wording.Languages {
		words := wording.New(language)
		screen, err := ui.FirstScreen(language, events...)
		if err != nil {
			return err
		}
		direction := map[bool]string{false: "ltr", true: "rtl"}[words.RightToLeft()]
		fmt.Fprintf(&noscript, "<p class=\"trouble\" lang=%q dir=%q>%s</p>", language, direction, html.EscapeString(words.Say("noscript")))
		if i == 0 {
			first.WriteString(screen)
			continue
		}
		fmt.Fprintf(&templates, "<template id=\"first-%s\" dir=%q>%s</template>\n  <template id=\"trouble-%s\">%s</template>\n  ", language, direction, screen, language, troubles(words))
	}
	for _, e := range events {
		line, err := protocol.EncodeEvent(e)
		if err != nil {
			return err
		}
		fmt.Fprintf(&told, "%s\n", strings.ReplaceAll(string(line), "<", `\u003c`))
	}
	english := wording.New(wording.Languages[0])
	return write("index.html", []byte(strings.NewReplacer("{{first}}", first.String(), "{{trouble}}", troubles(english), "{{noscript}}", noscript.String(),
		"{{templates}}", templates.String(), "{{foreseen}}", told.String(), "{{description}}", html.EscapeString(english.Say("tagline"))).Replace(string(page))))
}

// troubles are what can keep the page from starting, each hidden until it does.
func troubles(words *wording.Words) string {
	var all strings.Builder
	for _, what := range []string{"simd", "unpack", "load", "end"} {
		fmt.Fprintf(&all, "<p id=\"trouble-%s\" hidden>%s</p>", what, html.EscapeString(words.Say("trouble_"+what)))
	}
	fmt.Fprintf(&all, "<p><a href=\"\">%s</a></p>", html.EscapeString(words.Say("trouble_reload")))
	return all.String()
}

// foreseen are the events by which the trainer tells of itself and of the model
// that comes with the page, as far as they are the same everywhere.
func foreseen() (events []protocol.Event, err error) {
	commands := make(chan protocol.Command, 1)
	commands <- &protocol.Open{ModelID: protocol.Base}
	host := session.Host{Base: true, Yield: func() {}, Load: func(string) (checkpoint.Run, error) { return checkpoint.Load(baseModel) }}
	host.Emit = func(e protocol.Event) {
		switch e := e.(type) {
		case *protocol.Problem:
			err = e
		case *protocol.Ready:
			e.Reply, e.SIMD, e.Fused = protocol.Reply{}, true, false
			events = append(events, e)
		case *protocol.Model:
			e.Reply = protocol.Reply{}
			events = append(events, e)
		case *protocol.Shelf: // the last
			close(commands)
		}
	}
	session.New(host).Serve(commands)
	return events, err
}
