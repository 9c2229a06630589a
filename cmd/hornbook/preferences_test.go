package main

import (
	"fmt"
	"testing"
)

// A judge makes pairs of what the model writes, a person chooses between two more by
// keys, and the model learns from them; its answers before and after stand side by
// side, and the pairs are there again after a reload.
func TestPreferences(t *testing.T) {
	p := openTab(t)
	p.until("its own model predicts", `document.querySelectorAll("#next li").length === 5`)
	p.at("preferences")
	p.until("the text is there", `document.getElementById("judge-go")?.ariaDisabled !== "true" && hornbookTrainer`)
	pairs := `Number(document.getElementById("pairs-says").textContent.split(" ")[0])`
	p.choose("A judge who likes", "shorter")
	p.choose("Prompts", "25")
	p.press("Let the judge make pairs")
	p.until("the judge is done", `document.getElementById("judge-says").textContent.startsWith("Of 25 prompts")`)
	judged := p.js(pairs)
	p.until("they suffice", pairs+` >= 8`)
	p.press("Choose by hand")
	for i := 1; i <= 2; i++ {
		p.until("there is something to choose", `document.querySelectorAll("#choose .answer").length === 2 && document.activeElement.id === "choose"`)
		p.js(fmt.Sprintf(`document.getElementById("choose").dispatchEvent(new KeyboardEvent("keydown", { key: "%d", bubbles: true }))`, i))
		p.until("it is chosen", fmt.Sprintf(`%s === %s + %d`, pairs, judged, i))
	}
	p.press("Enough chosen")
	p.press("More numbers")
	p.choose("Judge of the wins", "shorter")
	p.fill("Steps", "3")
	p.trains()
	p.until("before and after stand side by side", `document.querySelectorAll("#outcome .saying").length >= 2`)
	p.until("who wins is told", `document.getElementById("change-says").textContent.includes("of the comparisons")`)
	p.accessible("after a run on preferences")
	p.reload()
	p.at("preferences")
	p.until("the pairs are there again", fmt.Sprintf(`%s === %s + 2`, pairs, judged))
	p.quiet()
}
