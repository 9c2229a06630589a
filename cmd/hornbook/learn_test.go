package main

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"hornbook/web/lesson"
	"hornbook/web/wording"
)

// lessonLanguages are those in which all lessons are taken: English and one that is
// written from right to left, or what HORNBOOK_LESSONS names, as "en de es ar". Then
// no run is cut short, and how long each takes is reported.
func lessonLanguages() (languages []string, whole bool) {
	if wish := os.Getenv("HORNBOOK_LESSONS"); wish != "" && wish != "1" {
		return strings.Fields(wish), true
	}
	return []string{"en", "ar"}, false
}

// course are the lessons of a language, as they were built.
func course(t *testing.T, language string) []lesson.Lesson {
	t.Helper()
	text, err := fs.ReadFile(builtPage(t), "lessons/"+language+".md")
	if err != nil {
		t.Fatal(err)
	}
	lessons, wrong := lesson.Read(string(text))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return lessons
}

// Each lesson is taken from its first card to its last as a pupil would: what it
// asks is answered, what it wants is done, and nothing is there that it does not
// open.
func TestLessonsAreTaken(t *testing.T) {
	languages, whole := lessonLanguages()
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			p := openTab(t)
			p.speak(language)
			p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
			p.js(`(window.generated = 0, hornbookTrainer.addEventListener("message", ({ data }) => {
				if (typeof data === "string" && JSON.parse(data).event === "generated") window.generated++;
			}), true)`)
			c := &pupil{tab: p, words: wording.New(language), whole: whole, said: map[string]bool{}}
			for _, l := range course(t, language) {
				t.Run(strconv.Itoa(l.Number), func(t *testing.T) {
					p.T = t
					c.takes(&l)
				})
			}
			p.T = t
			p.quiet()
		})
	}
}

// pupil takes lessons.
type pupil struct {
	*tab
	words *wording.Words
	whole bool // runs are not cut short
	axed  bool // axe looked at a card with a question
	said  map[string]bool
}

// takes takes a lesson.
func (c *pupil) takes(l *lesson.Lesson) {
	c.Helper()
	begin := time.Now()
	c.at("learn")
	c.until("the lessons are there", fmt.Sprintf(`document.getElementById("lesson-%d-begin")`, l.Number))
	c.js(fmt.Sprintf(`(document.getElementById("lesson-%d-begin").click(), true)`, l.Number))
	for i := range l.Steps {
		c.step(l, i)
	}
	c.until("the lesson is over", `!document.getElementById("guide") && document.querySelector("#station > section")?.id === "learn"`)
	c.Logf("lesson %d in %.0f s", l.Number, time.Since(begin).Seconds())
}

// step does what a card asks.
func (c *pupil) step(l *lesson.Lesson, i int) {
	c.Helper()
	s := &l.Steps[i]
	says := fmt.Sprintf("lesson %d, step %d", l.Number, i+1)
	c.until(says+" is open", fmt.Sprintf(`document.getElementById("guide-title")?.textContent === %q && document.querySelector("#guide .where").textContent.includes(%q)`,
		s.Title, c.words.Say("learn_step", "n", i+1, "all", len(l.Steps))))
	if s.Station != "" {
		c.until(says+": its station is open", fmt.Sprintf(`document.querySelector("#station > section")?.id === %q`, s.Station))
	}
	if slices.Contains(lesson.Saved, s.Model) {
		c.until(says+": its model is open", fmt.Sprintf(`document.body.textContent.includes(%q)`, c.words.Say("saved_name")))
	}
	if c.js(`document.getElementById("left") === null`) != "true" {
		c.Errorf("%s sets what is not known: %s", says, c.js(`document.getElementById("left").textContent`))
	}
	c.closed(says, s)
	if s.Say != nil {
		c.said[s.Say.Name] = true
		c.js(fmt.Sprintf(`(() => { const box = document.getElementById("say"); box.value = "because of " + %q; box.dispatchEvent(new Event("input", { bubbles: true })) })(); true`, s.Say.Name))
	}
	if s.Predict != nil {
		if s.Done.Deed != "" && c.js(`document.querySelector("#guide .came-of") === null`) != "true" {
			c.Errorf("%s: the answer is there before it was predicted", says)
		}
		c.answer("predict", i%len(s.Predict.Choices))
		if !c.axed && l.Number == 1 {
			c.axed = true
			c.accessible(says)
			c.look(1280, 800, "light")
		}
	}
	if s.Done.Deed != "" {
		if s.Point != "" {
			c.until(says+": what it points at is there", fmt.Sprintf(`(() => {
				const rule = [...document.styleSheets].flatMap((s) => [...s.cssRules]).find((r) => r.selectorText?.startsWith(".point-"));
				const selector = rule.selectorText.split(", ").filter((s) => s.startsWith(".point-%s ")).join(", ");
				return [...document.querySelectorAll(selector)].some((e) => e.getClientRects().length > 0);
			})()`, s.Point))
		}
		c.does(says, s)
	}
	if s.Model == "answers" {
		c.until(says+": it answers", `[...document.querySelectorAll("#completion, .said span:not(.by)")].some((e) => e.textContent.includes("Lily has the ball."))`)
	}
	if s.Done.Deed != "" && s.Predict == nil && s.Check == nil && len(s.Extension) == 0 && i+1 < len(l.Steps) {
		return // it goes on by itself
	}
	if s.Predict != nil {
		c.until(says+": what was right is shown", `document.querySelector("#guide .came-of") && document.querySelector("#guide .right")`)
	}
	if s.Check != nil {
		c.answer("check", s.Check.Right)
	}
	for k, name := range s.Recall {
		want := c.words.Say("learn_unsaid") // where its lesson was not taken
		if c.said[name] {
			want = "because of " + name
		}
		c.until(says+": what was said stands there", fmt.Sprintf(`document.querySelectorAll("#guide .recalled")[%d]?.textContent.includes(%q)`, k, want))
	}
	c.until(says+" can be gone on from", `document.getElementById("guide-next").ariaDisabled === "false"`)
	c.js(`(document.getElementById("guide-next").click(), true)`)
}

// answer takes a choice.
func (c *pupil) answer(what string, choice int) {
	c.Helper()
	radio := fmt.Sprintf(`document.querySelector('#guide input[name=%s][value="%d"]')`, what, choice)
	c.until("it can be answered", radio)
	c.js(fmt.Sprintf(`(%s.click(), true)`, radio))
	c.until("it is answered", radio+".checked")
}

// closed fails where a control is there that the step does not open.
func (c *pupil) closed(says string, s *lesson.Step) {
	c.Helper()
	for _, control := range lesson.Controls {
		if slices.Contains(s.Open, control) {
			continue
		}
		if seen := c.js(fmt.Sprintf(`(() => {
			const rule = [...document.styleSheets].flatMap((s) => [...s.cssRules]).find((r) => r.selectorText?.startsWith(".no-"));
			const selector = rule.selectorText.split(", ").filter((s) => s.startsWith(".no-%[1]s ")).map((s) => s.slice(".no-%[1]s ".length)).join(", ");
			if (selector === "") return "there is no rule for it";
			return [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length > 0).length;
		})()`, control)); seen != "0" {
			c.Errorf("%s: %s is there, which the step does not open (%s)", says, control, seen)
		}
	}
}

// does does what a step waits for.
func (c *pupil) does(says string, s *lesson.Step) {
	c.Helper()
	switch s.Done.Deed {
	case "predicted":
		for n := range s.Done.N {
			c.typeInto("prompt", "Lily saw "+strconv.Itoa(n))
		}
	case "added":
		for range s.Done.N {
			was := c.js(`document.getElementById("prompt").value`)
			c.js(`(document.querySelector("#next button").click(), true)`)
			c.until(says+": it is added", fmt.Sprintf(`!document.getElementById("prompt") || document.getElementById("prompt").value !== %q`, was))
			time.Sleep(50 * time.Millisecond)
		}
	case "generated":
		for n := range s.Done.N {
			if c.js(`document.getElementById("prompt").value`) == "" {
				c.typeInto("prompt", fmt.Sprintf("Ben found %d keys at the mill. Where did Ben find the keys?", n+2))
			}
			before := c.js(`window.generated`)
			c.js(`(document.getElementById("generate").click(), true)`)
			c.until(says+": it has written", fmt.Sprintf(`window.generated > %s`, before))
			time.Sleep(100 * time.Millisecond)
			if c.whole {
				c.Logf("%s: it writes %.200s", says, c.js(`document.getElementById("completion")?.textContent`))
			}
		}
	case "cut":
		for n := range s.Done.N {
			c.typeInto("cut", "Lily saw "+strconv.Itoa(n))
		}
	case "text":
		c.types()
	case "drawn":
		if slices.Contains(s.Open, "hand") {
			c.chooses(says, s.Done.N)
			return
		}
		c.until(says+": the judge can begin", `document.getElementById("judge-go").ariaDisabled === "false"`)
		c.js(`(document.getElementById("judge-go").click(), true)`)
	case "stepped":
		c.starts(says, "start")
		c.until(says+": it has learned so much", fmt.Sprintf(`Number(document.getElementById("run").dataset.step) >= %d`, s.Done.N))
	case "mended":
		c.js(`(document.querySelectorAll("#mend input[type=checkbox]").forEach((s) => { if (!s.checked) s.click() }), true)`)
		c.until(says+": the holes are closed", `[...document.querySelectorAll("#mend input[type=checkbox]")].every((s) => s.checked)`)
		c.starts(says, "again")
		c.ends(says)
	case "trained":
		if c.js(`["training", "preparing"].includes(document.getElementById("run").dataset.state)`) != "true" {
			c.starts(says, "start")
		}
		c.ends(says)
	default:
		c.Fatalf("%s: nobody knows how to do %q", says, s.Done.Deed)
	}
}

// chooses chooses between two answers by a key, so many times.
func (c *pupil) chooses(says string, n int) {
	c.Helper()
	c.until(says+": one can choose", `document.getElementById("hand-go").ariaDisabled === "false"`)
	c.js(`(document.getElementById("hand-go").click(), true)`)
	chosen := "" // what was chosen from last
	for range n {
		c.until(says+": there is something else to choose", fmt.Sprintf(`document.querySelectorAll("#choose .answer").length === 2 && document.getElementById("choose").textContent !== %q`, chosen))
		chosen = c.js(`document.getElementById("choose").textContent`)
		c.js(`document.getElementById("choose").dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true }))`)
	}
}

// typeInto types over what stands in a box.
func (c *pupil) typeInto(id, text string) {
	c.Helper()
	c.until("it can be typed", fmt.Sprintf(`document.getElementById(%q)`, id))
	c.js(fmt.Sprintf(`(() => { const box = document.getElementById(%q); box.value = %q; box.dispatchEvent(new Event("input", { bubbles: true })) })(); true`, id, text))
	time.Sleep(100 * time.Millisecond)
}

// types makes a text of a sentence that is said again and again.
func (c *pupil) types() {
	c.Helper()
	if c.js(`document.getElementById("typed") === null`) == "true" {
		c.js(`(document.querySelector("#text .row > .plain").click(), true)`)
	}
	c.until("it can be typed", `document.getElementById("typed")`)
	c.js(fmt.Sprintf(`(() => { const box = document.getElementById("typed"); box.value = %q; box.dispatchEvent(new Event("change", { bubbles: true })) })(); true`,
		strings.Repeat("My name is Zoe and my cat is called Pim. ", 40)))
	c.js(`(document.querySelector("#text .typed button").click(), true)`)
}

// starts presses a button and waits until the run is under way.
func (c *pupil) starts(says, button string) {
	c.Helper()
	c.until(says+": it can begin", fmt.Sprintf(`document.getElementById(%q)?.ariaDisabled === "false"`, button))
	c.js(fmt.Sprintf(`(document.getElementById(%q).click(), true)`, button))
	c.until(says+": it has begun", `["training", "preparing"].includes(document.getElementById("run").dataset.state)`)
}

// ends waits until the run is over, or stops it once it learns.
func (c *pupil) ends(says string) {
	c.Helper()
	begin := time.Now()
	if !c.whole {
		c.until(says+": it learns", `document.getElementById("run").dataset.state === "done" || document.getElementById("run").dataset.state === "training" && Number(document.getElementById("run").dataset.step) >= 2`)
		if c.js(`document.getElementById("run").dataset.state`) != "done" {
			c.js(`(document.getElementById("stop").click(), true)`)
		}
	}
	c.state("done")
	c.Logf("%s: its run took %.0f s", says, time.Since(begin).Seconds())
}

// Who cannot train in lesson 4 goes on with our model, which is fetched only then, and
// asks it on the next card.
func TestSavedModelAnswers(t *testing.T) {
	p := openTab(t)
	p.at("learn")
	p.until("the lessons are there", `document.getElementById("lesson-4-begin")`)
	lesson := course(t, "en")[4]
	p.js(`(document.getElementById("lesson-4-begin").click(), true)`)
	c := &pupil{tab: p, words: wording.New("en"), said: map[string]bool{}}
	out := func(step int, button string) {
		c.until("the card is open", fmt.Sprintf(`document.getElementById("guide-title")?.textContent === %q`, lesson.Steps[step].Title))
		c.answer("predict", 0)
		c.press("It does not work")
		c.press(button)
		c.until("it can be gone on from", `document.getElementById("guide-next").ariaDisabled === "false"`)
		c.press("Next")
	}
	out(0, "Go on without it")
	if p.js(`performance.getEntriesByType("resource").filter((e) => e.name.includes("/saved/")).length`) != "0" {
		t.Error("a saved model is fetched before it is asked for")
	}
	out(1, "Go on with our model")
	c.until("the next card asks", `document.getElementById("prompt")?.value === "Tom had a red ball. He gave the ball to Lily. Who has the ball?"`)
	c.js(`(document.getElementById("generate").click(), true)`)
	c.until("it answers", `[...document.querySelectorAll("#completion .said span:not(.by)")].map((s) => s.textContent).join("").includes("Lily")`)
	p.quiet()
}

// What a pupil has said is there after a reload, and so is the step; it can be
// taken along as a file, and the lesson be left.
func TestLessonIsKept(t *testing.T) {
	p := openTab(t)
	p.at("learn")
	p.until("the lessons are there", `document.getElementById("lesson-1-begin")`)
	p.press("Begin: " + course(t, "en")[1].Title)
	p.until("it is open", `document.getElementById("say")`)
	p.fill("Why does it sometimes write nonsense?", "It has read nonsense.")
	p.press("Next")
	p.until("the next card is open", `document.querySelector('#guide input[name=predict]')`)
	p.js(`(document.querySelector('#guide input[name=predict][value="1"]').click(), true)`)
	p.until("it is answered", `document.querySelector("#guide .came-of")`)
	p.reload()
	p.until("the same card is open", `document.querySelector('#guide input[name=predict][value="1"]')?.checked && document.querySelector("#guide .came-of")`)
	p.press("Back")
	p.until("what was said is there", `document.getElementById("say")?.value === "It has read nonsense."`)
	p.press("Leave the lesson")
	p.until("the lesson is left", `!document.getElementById("guide") && document.getElementById("learn")`)
	p.js(`URL.createObjectURL = (blob) => { blob.text().then((text) => { window.answers = text }); return "blob:none" }; HTMLAnchorElement.prototype.click = () => {}; true`)
	p.press("Save my answers")
	p.until("the answers are saved", `window.answers?.includes("- It has read nonsense.")`)
	p.quiet()
}

// A class's link opens its lesson and nothing that the lesson does not need.
func TestLockedLesson(t *testing.T) {
	p := openTab(t)
	p.at("learn")
	p.until("the lessons are there", `document.getElementById("lesson-1-link")`)
	p.js(`navigator.clipboard.writeText = async (text) => { window.copied = text }; true`)
	p.press("Copy link for a class: " + course(t, "en")[1].Title)
	p.until("the link is copied", "window.copied")
	link := p.js("window.copied")
	if link != p.address+"/?lesson=1&locked=1" {
		t.Errorf("the link is %s", link)
	}
	p.do(chromedp.Navigate("about:blank"))
	p.do(chromedp.Navigate(link))
	p.until("the lesson is open", `document.getElementById("guide") && document.getElementById("try")`)
	p.js(`(location.hash = "/models", true)`)
	time.Sleep(300 * time.Millisecond)
	if p.js(`document.querySelector("#station > section").id`) != "try" {
		t.Error("another station can be opened")
	}
	p.press("Leave the lesson")
	p.until("there are lessons only", `document.getElementById("learn") && [...document.querySelectorAll(".bar a.stand")].filter((a) => a.getClientRects().length > 0).length === 1`)
	p.quiet()
}

// yes is for fields of the protocol that may be left out.
var yes = func() *bool { is := true; return &is }()

// onePage is what a PDF has of each page.
var onePage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// Each worksheet prints on one sheet of A4, in each language. HORNBOOK_SHEETS names
// a folder to put them into.
func TestWorksheets(t *testing.T) {
	t.Parallel()
	p := openTab(t)
	for _, language := range wording.Languages {
		p.speak(language)
		for _, l := range course(t, language) {
			if len(l.Sheet) == 0 {
				continue
			}
			p.at("learn")
			p.until("the lessons are there", fmt.Sprintf(`document.getElementById("lesson-%d-sheet") && document.querySelector("#lesson-%[1]d h3").textContent.includes(%q)`, l.Number, l.Title))
			p.js(fmt.Sprintf(`(document.getElementById("lesson-%d-sheet").click(), true)`, l.Number))
			p.until("the worksheet is open", fmt.Sprintf(`document.getElementById("paper-title")?.textContent.includes(%q)`, l.Title))
			printed, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: yes})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(onePage.FindAll(printed.Data, -1)); n != 1 {
				t.Errorf("%s: the worksheet of lesson %d has %d pages", language, l.Number, n)
			}
			if dir := os.Getenv("HORNBOOK_SHEETS"); dir != "" {
				os.WriteFile(fmt.Sprintf("%s/%s-%d.pdf", dir, language, l.Number), printed.Data, 0o666)
			}
			if l.Number == 6 && language != "de" && language != "es" {
				p.accessible("a worksheet in " + language)
				p.js(`(document.getElementById("paper-back").click(), true)`)
				p.until("the lessons are there", `document.getElementById("lesson-6-teacher")`)
				p.accessible("the lessons in " + language)
				p.js(`(document.getElementById("lesson-6-teacher").click(), true)`)
				p.until("the teacher's page is open", `document.getElementById("teacher")`)
				p.accessible("a teacher's page in " + language)
			}
			p.js(`(document.getElementById("paper-back").click(), true)`)
		}
	}
	p.quiet()
}

// speak has the page speak another language, whichever it speaks.
func (p *tab) speak(language string) {
	p.Helper()
	p.js(fmt.Sprintf(`(() => { const s = document.getElementById("language"); s.value = %q; s.dispatchEvent(new Event("change", { bubbles: true })) })(); true`, language))
	p.until("it speaks "+language, fmt.Sprintf(`document.documentElement.lang === %q`, language))
}

// A lesson that is dropped on the page is there; one with mistakes is not, and they
// are told by their lines.
func TestOwnLesson(t *testing.T) {
	p := openTab(t)
	own := "# Of my own\n\nlesson: 50\n\n## Aims\n\n- To see.\n\n## Step: Look\npart: do\nstation: tray\n\nLook here.\n"
	p.upload("mine.lesson.md", []byte(own))
	p.until("the mistake is told", `document.getElementById("learn-wrong")?.textContent.includes("Line 11:")`)
	p.accessible("mistakes of a lesson")
	p.upload("mine.lesson.md", []byte(strings.Replace(own, "tray", "try", 1)))
	p.until("it is there", `document.getElementById("lesson-50-begin") && !document.getElementById("learn-wrong")`)
	p.reload()
	p.until("it is there again", `document.getElementById("lesson-50-begin")`)
	p.press("Begin: Of my own")
	p.until("it is taken", `document.getElementById("guide-title")?.textContent === "Look"`)
	p.press("Finish")
	p.until("it is over", `document.getElementById("learn-own")`)
	p.press("Remove")
	p.until("it is gone", `!document.getElementById("lesson-50-begin")`)
	p.quiet()
}
