package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hornbook/web/share"
	"hornbook/web/share/local"
)

// openShare opens the page of a server that keeps what is shared: of its own or, where
// HORNBOOK_SHARE names one, of that.
func openShare(t *testing.T) *tab {
	t.Helper()
	if address := os.Getenv("HORNBOOK_SHARE"); address != "" {
		return openTabAt(t, address)
	}
	files, db, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := openTabOf(t, func(page http.Handler) http.Handler { return share.New(files, db).Beside(page) })
	t.Cleanup(func() { db.Close() })
	return p
}

// accessibleHere has axe look at the page, once: it is the same at every place.
func (p *tab) accessibleHere(what string) {
	p.Helper()
	if os.Getenv("HORNBOOK_SHARE") == "" {
		p.accessible(what)
	}
}

// says waits until an element says something.
func (p *tab) says(id, what string) {
	p.Helper()
	p.until(id+" says "+what, fmt.Sprintf(`document.getElementById(%q)?.textContent.includes(%q)`, id, what))
}

// A model is shared by a link and opened in another browser, which writes as the first
// does; taken back it is gone. So with an adapter's card.
func TestShare(t *testing.T) {
	t.Parallel()
	p := openShare(t)
	p.tiny()
	p.fill("Steps", "8")
	p.trains()
	p.at("models")
	settled := func() {
		for _, button := range []string{"What it cost and gained", "Share"} { // the first comes late, and moves the second
			p.until("there is "+button, fmt.Sprintf(`[...document.querySelectorAll("#shelf button")].some((b) => b.textContent === %q && !b.hidden)`, button))
		}
	}
	settled()
	name := p.js(`document.querySelector("#shelf [aria-current=true] .name b").textContent`)
	p.press("Share: " + name)
	p.press("Model")
	p.until("it says first what goes where", `/numbers and its settings are sent, not your text/.test(document.querySelector(".sharing")?.textContent) && document.querySelector(".sharing").textContent.includes(location.host)`)
	p.accessibleHere("before sharing")
	p.press("Share it now")
	p.says("share-says", "It is shared")
	link := p.js(`document.querySelector(".sharing .address").value`)
	if !strings.HasPrefix(link, p.js(`location.origin`)+"/#/models?shared=") {
		t.Fatalf("the link is %q", link)
	}
	if p.js(`document.querySelector(".sharing .qr path").getAttribute("d").length > 1000`) != "true" {
		t.Error("there is no QR code of it")
	}
	p.accessibleHere("shared")

	other := openTabAt(t, link)
	other.says("came", "Somebody shares this with you: Model")
	other.accessibleHere("before it is opened")
	other.press("Open it")
	other.until("it is open", `document.querySelector('#shelf [aria-current=true]:not([data-id=base])') && document.getElementById("came-open").hidden`)
	other.press("Close")
	expects := map[string]string{}
	for who, tab := range map[string]*tab{"first": p, "other": other} {
		tab.at("try")
		tab.fill("Prompt", "Once upon")
		tab.until("it is told what it expects", `document.querySelectorAll("#next li").length > 4 && document.getElementById("prompt").value === "Once upon"`)
		for was := "-"; was != expects[who]; time.Sleep(2 * time.Second) { // until the last letter is answered
			was, expects[who] = expects[who], tab.js(`document.getElementById("next").textContent`)
		}
	}
	if expects["first"] != expects["other"] {
		t.Errorf("the first expects %q, the other %q", expects["first"], expects["other"])
	}

	p.reload() // the key is kept
	p.at("models")
	settled()
	p.press("Keep it longer: " + name)
	p.says("spoken", "there until")
	p.press("Take it back: " + name)
	p.until("it is forgotten", `!document.getElementById("shared")`)
	other.js(`(location.hash = "", location.hash = ` + fmt.Sprintf("%q", link[strings.Index(link, "#"):]) + `, true)`)
	other.says("came", "It is not there")
	other.press("Close")
	p.quiet()
}

// A class: a result is sent from one browser and seen in another, which closes and deletes
// the class.
func TestClass(t *testing.T) {
	t.Parallel()
	teacher := openShare(t)
	teacher.at("class")
	teacher.press("Open a class")
	teacher.until("there is a code", `document.getElementById("class-code-is")?.textContent.length === 6`)
	invitation := teacher.js(`document.querySelector("#class .address").value`)
	pupil := openTabAt(t, invitation)
	pupil.until("the code stands there", `document.getElementById("class-code").value.length === 6`)
	pupil.says("class-what", "train a model first")
	pupil.tiny()
	pupil.fill("Steps", "30")
	pupil.trains()
	pupil.at("class")
	pupil.fill("Nickname (only if you want one)", "<b>Ada</b>")
	pupil.accessibleHere("before sending")
	pupil.press("Send my result")
	pupil.until("it is sent", `/stands on the board of class/.test(document.getElementById("class").textContent)`)
	teacher.until("it stands on the board", `document.querySelector("#board-rows tbody th")?.textContent === "<b>Ada</b>"`)
	teacher.accessibleHere("with a result")
	sent := teacher.js(`document.querySelector("#board-rows tbody tr").textContent`)
	for _, part := range []string{"tiny", "Steps 30", "Bits a byte"} {
		if !strings.Contains(sent, part) {
			t.Errorf("the board's row is %q, without %q", sent, part)
		}
	}
	teacher.press("Take no more results")
	teacher.until("it is closed", `/no more results can be sent/.test(document.getElementById("class").textContent)`)
	pupil.press("Send my result")
	pupil.says("class-wrong", "The class is closed")
	pupil.press("Take it back")
	teacher.until("it is gone from the board", `!document.getElementById("board")`)
	teacher.reload()
	teacher.at("class")
	teacher.until("the class is kept", `document.getElementById("class-code-is")`)
	teacher.press("Delete the class")
	teacher.press("Really delete the class and all results")
	teacher.until("it is deleted", `!document.getElementById("class-code-is")`)
	pupil.press("Send my result")
	pupil.says("class-wrong", "There is no class with this code")
}

// Without a server there is nothing to share with, and results travel as files.
func TestClassByFiles(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	p.tiny()
	p.fill("Steps", "30")
	p.trains()
	p.at("models")
	p.at("class")
	if p.js(`["class-send", "class-open", "class-code"].every((id) => document.getElementById(id).closest("[hidden]"))`) != "true" {
		t.Error("without a server there are buttons for one")
	}
	p.js(`(URL.createObjectURL = (blob) => { window.blob = blob; return "#" }, true)`)
	p.press("Save my result as a file")
	p.until("there is a file", "window.blob")
	result := p.js(`blob.text()`)
	dir, paths := t.TempDir(), []string{}
	for i := range 30 {
		path := fmt.Sprintf("%s/%d.result", dir, i)
		content := strings.Replace(result, `{"objective"`, fmt.Sprintf(`{"nickname":"pupil %d","objective"`, i), 1)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	odd := dir + "/odd.result"
	if err := os.WriteFile(odd, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	p.listenIn()
	p.drop(append(paths, odd)...)
	p.until("all stand on the board", `document.querySelectorAll("#board-rows tbody tr").length === 30`)
	p.until("what is none is named", `document.getElementById("class").textContent.includes("no results of Hornbook: odd.result")`)
	p.accessible("with thirty results")
	p.js(`(window.blob = null, true)`)
	p.press("Save the table")
	p.until("there is a table", "window.blob")
	if lines := strings.Count(p.js(`blob.text()`), "\n"); lines != 31 {
		t.Errorf("the table has %d lines", lines)
	}
	p.quiet()
}
