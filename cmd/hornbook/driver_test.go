package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// driver is a tab of some browser, as far as browsers differ. Elements are found
// as a screen reader names them. A failure ends the test.
type driver interface {
	// goTo opens an address, anew opens the same page again.
	goTo(address string)
	anew()
	// script is the value of an expression whose value is a promise of a text.
	script(expression string) string
	// on waits for the one element of a role and an accessible name, and gives
	// it to a JavaScript function that returns a text.
	on(role, name, function string) string
	// click presses and releases the mouse at a place in the window.
	click(x, y float64)
	// write types characters, press a key that UI Events name: Enter, Tab, Escape,
	// ArrowLeft, ArrowRight, ArrowUp, ArrowDown.
	write(text string)
	press(key string)
	// choose has an <input type=file>, the value of an expression, hold files.
	choose(input string, paths []string)
	// complaints are what the console has said.
	complaints() []string
	// end ends the browser.
	end()
}

// user is a person at a browser.
type user struct {
	*testing.T
	driver
}

// Open opens an address; the page's scripts may still be at work.
func (u *user) Open(address string) { u.Helper(); u.goTo(address) }

// Reload opens the page again, as F5 does.
func (u *user) Reload() { u.Helper(); u.anew() }

// Close ends the browser.
func (u *user) Close() { u.Helper(); u.end() }

// Eval is the value of an expression in the page, as JSON has it; a promise is
// awaited.
func (u *user) Eval(expression string) (value any) {
	u.Helper()
	text := u.script(`(async () => JSON.stringify(await (` + expression + `)) ?? "null")()`)
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		u.Fatalf("%s is %q: %v", expression, text, err)
	}
	return value
}

// Wait waits for a condition in the page.
func (u *user) Wait(what, condition string) {
	u.Helper()
	begin := time.Now()
	if !wait(func() bool { return u.Eval("Boolean("+condition+")") == true }) {
		u.Fatalf("after %v still not: %s (%s); the page is at %v, its console says %q", patience, what, condition,
			u.Eval(itsState), u.complaints())
	}
	u.Logf("%5.1f s until %s", time.Since(begin).Seconds(), what)
}

// There waits for the one element of a role and name.
func (u *user) There(role, name string) {
	u.Helper()
	u.on(role, name, `() => ""`)
}

// Click clicks the middle of an element with the mouse, once it stands still.
func (u *user) Click(role, name string) {
	u.Helper()
	place, before := "", "-"
	for ; place != before; time.Sleep(100 * time.Millisecond) {
		before, place = place, u.on(role, name, `(e) => {
			e.scrollIntoView({block: "center", behavior: "instant"});
			const r = e.getBoundingClientRect();
			return (r.x + r.width / 2) + " " + (r.y + r.height / 2);
		}`)
	}
	var x, y float64
	if _, err := fmt.Sscan(place, &x, &y); err != nil {
		u.Fatalf("%s %q is at %q: %v", role, name, place, err)
	}
	u.click(x, y)
}

// Fill types over what stands in a text box.
func (u *user) Fill(role, name, text string) {
	u.Helper()
	u.on(role, name, `(box) => { box.focus(); box.select(); return "" }`)
	u.write(text)
	if got := u.on(role, name, `(box) => box.value`); got != text {
		u.Fatalf("%s %q has %q, typed was %q", role, name, got, text)
	}
}

// Press presses a key by its name, as "Enter".
func (u *user) Press(key string) { u.Helper(); u.press(key) }

// Choose picks an option of a select by its value.
func (u *user) Choose(name, value string) {
	u.Helper()
	got := u.on("combobox", name, fmt.Sprintf(`(s) => {
		s.value = %q;
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return s.value;
	}`, value))
	if got != value {
		u.Fatalf("%q has no option %q", name, value)
	}
}

// file is a file to upload.
type file struct {
	name    string
	content []byte
}

// Upload chooses files in the input that is labelled so.
func (u *user) Upload(name string, files ...file) {
	u.Helper()
	dir, paths := u.TempDir(), []string(nil)
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, f.content, 0o666); err != nil {
			u.Fatal(err)
		}
		paths = append(paths, path)
	}
	input := fmt.Sprintf(`[...document.querySelectorAll("input[type=file]")].find((e) =>
		e.ariaLabel === %[1]q || [...e.labels].some((l) => l.textContent.trim() === %[1]q))`, name)
	u.Wait("one can upload by "+name, input)
	u.choose(input, paths)
}

// Quiet fails for whatever the console has said.
func (u *user) Quiet() {
	u.Helper()
	for _, m := range u.complaints() {
		if !strings.Contains(m, noAdapters) {
			u.Errorf("the console says: %s", m)
		}
	}
}

// Heard has the console say something and waits until that comes, so that its
// silence before means something.
func (u *user) Heard() {
	u.Helper()
	u.Eval(`console.error("a word of ours")`)
	if !wait(func() bool { return strings.Contains(fmt.Sprint(u.complaints()), "a word of ours") }) {
		u.Fatal("what the console says is not heard")
	}
}
