package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"hornbook/web/site"
)

// What depends on how the page is laid out: the addresses of its parts, and
// where it tells what it does.
const (
	partText   = "#/text"
	partTrain  = "#/pretrain"
	partTry    = "#/try"
	partModels = "#/models"

	pageReady   = `document.documentElement.dataset.ready === "true"`
	predicted   = `document.querySelectorAll("#next li").length === 5`
	textTaken   = `document.getElementById("understood")?.textContent.includes("tale.docx: a Word document") && document.querySelector('.stand[href="#/text"]').textContent.includes("tale.docx and 1 more")`
	byCharacter = charTokens
	runState    = `document.getElementById("run").dataset.state`
	runStep     = `Number(document.getElementById("run").dataset.step)`
	runSaved    = `document.getElementById("saved").textContent.includes("step " + Number(document.getElementById("run").dataset.step).toLocaleString("en") + ".")`
	offered     = `document.querySelector(".go-on p")?.textContent`
	prompt      = `document.getElementById("prompt").value`
	written     = `document.getElementById("completion").innerText`
	hasWritten  = `document.getElementById("picked").textContent.includes("200 tokens")`
	itsState    = `JSON.stringify(document.getElementById("run")?.dataset) + [...document.querySelectorAll(".notice")].map((e) => " " + e.textContent)`
	modelNames  = `[...document.querySelectorAll("#shelf .name b")].map((e) => e.textContent)`
)

// show shows a part of the page.
func (u *user) show(part string) { u.Helper(); u.Eval("location.hash = " + strconv.Quote(part)) }

// browsers are those that the flow is tested in.
var browsers = []struct {
	name  string
	begin func(*testing.T) driver
}{{"Chromium", newChromium}, {"Firefox", newFirefox}}

// From the first visit to a model of one's own that has a name, in each browser.
func TestFlow(t *testing.T) {
	t.Parallel()
	for _, b := range browsers {
		t.Run(b.name, func(t *testing.T) {
			server := httptest.NewServer(site.Handler(builtPage(t)))
			t.Cleanup(server.Close)
			u := &user{t, b.begin(t)}
			u.predicts(server.URL)
			u.beginsToTrain()
			u.goesOn()
			u.trainsToTheEnd()
			u.generates()
			u.renames()
			u.speaks()
			u.Quiet()
			u.Heard()
			u.Close()
		})
	}
}

func (u *user) predicts(address string) {
	u.Open(address)
	u.Wait("the page is ready", pageReady)
	u.show(partTry)
	u.Fill("textbox", "Prompt", "One day")
	u.There("list", "Next token")
	u.Wait("it predicts", predicted)
}

// beginsToTrain begins a run that does not end by itself, however fast the
// machine, so that it can be paused.
func (u *user) beginsToTrain() {
	u.show(partText)
	docx, err := os.ReadFile("../../model/data/document/testdata/tale.docx")
	if err != nil {
		u.Fatal(err)
	}
	u.Upload("Upload text", file{"tale.docx", docx}, file{"mine.txt", tales})
	u.Wait("the text is taken", textTaken)
	u.trains(100_000)
	u.Wait("it trains", runState+` === "training" && `+runStep+` > 0`)
	u.pauses()
}

// trains begins a run of the smallest preset.
func (u *user) trains(steps int) {
	u.show(partTrain)
	u.Choose("Preset", "tiny")
	u.Wait("characters are tokens", byCharacter)
	u.Fill("textbox", "Steps", strconv.Itoa(steps))
	u.Click("button", "Train")
}

func (u *user) pauses() {
	u.Click("button", "Pause")
	u.Wait("it pauses", runState+` === "paused"`)
	u.Wait("the pause is saved", runSaved)
}

// fewSteps are those of a run that ends by itself; the run before takes more, so
// that one is not taken for the other.
const fewSteps = 20

// goesOn opens the page anew, where the run is offered at the step that was
// saved.
func (u *user) goesOn() {
	step := u.Eval(runStep)
	u.Reload()
	u.Wait("the page is ready again", pageReady)
	u.Wait("it offers to go on at that step", fmt.Sprintf(`%s.includes("step " + (%v).toLocaleString("en") + " of ")`, offered, step))
	u.show(partTrain)
	u.Click("button", "Go on")
	u.Wait("it goes on", fmt.Sprintf(`%s === "training" && %s > Math.max(%v, %d)`, runState, runStep, step, fewSteps))
	u.pauses()
	u.Click("button", "Resume")
	u.Wait("it resumes", runState+` === "training"`)
	u.Click("button", "Stop")
	u.Wait("it is done", runState+` === "done"`)
}

func (u *user) trainsToTheEnd() {
	u.trains(fewSteps)
	u.Wait("it ends by itself", fmt.Sprintf(`%s === "done" && %s === %d`, runState, runStep, fewSteps))
}

func (u *user) generates() {
	u.show(partTry)
	u.Fill("textbox", "Prompt", "Tom had a")
	u.Press("Enter")
	u.There("region", "Completion")
	u.Wait("it has written", hasWritten)
	if text := u.Eval(written).(string); !strings.HasPrefix(text, "Tom had a") || len(text) < 100 {
		u.Errorf("it wrote %q", text)
	}
	if prompt := u.Eval(prompt); prompt != "Tom had a" {
		u.Errorf("Enter makes %q of the prompt", prompt)
	}
}

// speaks chooses another language, which stays when the page is opened anew.
func (u *user) speaks() {
	const german, english = `document.documentElement.lang === "de" && document.querySelector(".stand[aria-current=page] b").textContent === "Meine Modelle"`,
		`document.documentElement.lang === "en" && document.querySelector(".stand[aria-current=page] b").textContent === "My models"`
	u.Choose("Language", "de")
	u.Wait("it speaks German", german)
	u.Reload()
	u.Wait("it still does", pageReady+" && "+german)
	u.Choose("Sprache", "en")
	u.Wait("it speaks English again", english)
}

// renames gives the newest model of My models a name, which is still there
// when the page is opened anew.
func (u *user) renames() {
	const name = "Tom’s tales"
	kept := modelNames + `.includes("` + name + `")`
	u.show(partModels)
	u.Wait("the models are listed", modelNames+`.length >= 2`)
	u.Click("button", fmt.Sprintf("Rename: %v", u.Eval(modelNames+"[0]")))
	u.Fill("textbox", "New name", name)
	u.Press("Enter")
	u.Wait("it has the name", kept)
	u.Reload()
	u.Wait("the page is ready once more", pageReady)
	u.show(partModels)
	u.Wait("it has kept the name", kept)
}
