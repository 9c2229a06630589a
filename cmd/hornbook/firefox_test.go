package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// firefox is a running Firefox with a profile of its own.
type firefox struct {
	process *exec.Cmd
	home    string
	once    sync.Once // it is killed
	*bidi
}

// firefoxPrefs keep Firefox from doing what it does by itself. When it is
// driven it sets most of what tests need; these are wanted from the start.
const firefoxPrefs = `user_pref("app.normandy.enabled", false);
user_pref("app.update.auto", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,#none");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
`

// errNoFirefox is what is said where there is no Firefox.
var errNoFirefox = errors.New("Firefox is not there; install it (apt-get install firefox-esr)")

// startTakes is how long Firefox may take to start before it is tried again.
const startTakes = 2 * time.Minute

// openFirefox starts a headless Firefox; a start that fails, as happens on a
// busy machine, is tried again.
func openFirefox(parent context.Context, heed func(method string, params json.RawMessage)) (f *firefox, err error) {
	program, err := exec.LookPath("firefox-esr")
	if err != nil {
		program, err = exec.LookPath("firefox")
	}
	if err != nil {
		return nil, errNoFirefox
	}
	for range 3 {
		if f, err = tryFirefox(parent, program, heed); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("Firefox does not start: %w", err)
}

// tryFirefox starts Firefox in a group of processes, which can be ended as one,
// and with a home of its own, since Firefox refuses one of another user.
func tryFirefox(parent context.Context, program string, heed func(method string, params json.RawMessage)) (*firefox, error) {
	home, err := os.MkdirTemp("", "hornbook-firefox-")
	if err != nil {
		return nil, err
	}
	f := &firefox{home: home, process: exec.Command(program, "--headless", "--no-remote", "--profile", home,
		"--remote-debugging-port", "0", "about:blank")}
	f.process.Env = append(os.Environ(), "HOME="+home, "MOZ_HEADLESS=1", "MOZ_CRASHREPORTER_DISABLE=1",
		"MOZ_HEADLESS_WIDTH=1280", "MOZ_HEADLESS_HEIGHT=1000")
	f.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	says, err := f.process.StderrPipe()
	if err == nil {
		err = os.WriteFile(filepath.Join(home, "user.js"), []byte(firefoxPrefs), 0o666)
	}
	if err == nil {
		err = f.process.Start()
	}
	if err != nil {
		os.RemoveAll(home)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(parent, startTakes)
	defer cancel()
	address, err := listensAt(ctx, says)
	if err == nil {
		f.bidi, err = dialBidi(ctx, address, heed)
	}
	if err != nil {
		f.kill()
		return nil, err
	}
	return f, nil
}

// listensAt is the address that Firefox says it listens at. What else it says is
// read and let go, for as long as it speaks.
func listensAt(ctx context.Context, says io.Reader) (string, error) {
	address, heard := make(chan string, 1), []string(nil)
	go func() {
		defer close(address)
		lines := bufio.NewScanner(says)
		for lines.Scan() {
			if _, at, found := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); found {
				address <- strings.TrimSpace(at)
				break
			}
			heard = append(heard, lines.Text())
		}
		go io.Copy(io.Discard, says)
	}()
	select {
	case at := <-address:
		if at == "" {
			return "", fmt.Errorf("it ends and says %q", heard)
		}
		return at, nil
	case <-ctx.Done():
		return "", fmt.Errorf("it does not say where it listens: %w", ctx.Err())
	}
}

// kill ends Firefox and all processes that it began, and forgets its profile.
func (f *firefox) kill() { f.once.Do(f.killed) }

func (f *firefox) killed() {
	syscall.Kill(-f.process.Process.Pid, syscall.SIGKILL)
	f.process.Wait()
	for range 50 { // processes that were killed may still be ending
		if os.RemoveAll(f.home) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// firefoxDriver drives a tab by WebDriver BiDi.
type firefoxDriver struct {
	*testing.T
	*firefox
	tab string // the browsing context's id

	lock sync.Mutex
	said []string // by the console
}

func newFirefox(t *testing.T) driver {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	d := &firefoxDriver{T: t}
	f, err := openFirefox(t.Context(), d.heed)
	if err != nil {
		missing(t, err.Error())
	}
	t.Cleanup(f.kill)
	d.firefox = f
	var tree struct{ Contexts []struct{ Context string } }
	d.command("browsingContext.getTree", object{"maxDepth": 0}, &tree)
	d.tab = tree.Contexts[0].Context
	d.command("session.subscribe", object{"events": []string{"log.entryAdded"}}, nil)
	d.command("browsingContext.setViewport", object{"context": d.tab, "viewport": object{"width": 1280, "height": 900}}, nil)
	return d
}

// heed keeps what the console says.
func (d *firefoxDriver) heed(method string, params json.RawMessage) {
	if method != "log.entryAdded" {
		return
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	d.said = append(d.said, string(params))
}

func (d *firefoxDriver) complaints() []string {
	d.lock.Lock()
	defer d.lock.Unlock()
	return slices.Clone(d.said)
}

// command gives a command that must succeed.
func (d *firefoxDriver) command(method string, params object, result any) {
	d.Helper()
	if !d.unlessGone(method, params, result) {
		d.Fatalf("%s: an element is gone (%v)", method, params)
	}
}

// unlessGone gives a command and reports whether the elements that it is about
// were still there: the page may have put others in their places.
func (d *firefoxDriver) unlessGone(method string, params object, result any) bool {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), patience)
	defer cancel()
	err := d.call(ctx, method, params, result)
	var failed *bidiError
	if errors.As(err, &failed) && failed.code == "no such node" {
		return false
	}
	if err != nil {
		d.Fatalf("%v (%v)", err, params)
	}
	return true
}

func (d *firefoxDriver) goTo(address string) {
	d.Helper()
	d.command("browsingContext.navigate", object{"context": d.tab, "url": address, "wait": "complete"}, nil)
}

func (d *firefoxDriver) anew() {
	d.Helper()
	d.command("browsingContext.reload", object{"context": d.tab, "wait": "complete"}, nil)
}

func (d *firefoxDriver) end() { d.kill() }

// scripted is the result of a script that is to give a text.
type scripted struct {
	Result struct {
		Type  string
		Value any
	}
	ExceptionDetails struct{ Text string }
}

// text is the text that a script gave; what tells which script it was.
func (d *firefoxDriver) text(s scripted, what string) string {
	d.Helper()
	text, is := s.Result.Value.(string)
	if !is {
		d.Fatalf("%s: not a text but %q %s", what, s.Result.Type, s.ExceptionDetails.Text)
	}
	return text
}

func (d *firefoxDriver) script(expression string) string {
	d.Helper()
	var s scripted
	d.command("script.evaluate", object{"expression": expression, "target": object{"context": d.tab}, "awaitPromise": true}, &s)
	return d.text(s, expression)
}

// firefoxRoles are the elements that may have a role: Firefox asks each element
// for its name, and lays the page out twice for each one that is hidden.
var firefoxRoles = map[string]string{
	"button": "button, summary, [role=button]", "checkbox": "input, [role=checkbox]", "combobox": "select, input, [role=combobox]",
	"dialog": "dialog, [role=dialog]", "heading": "h1, h2, h3, h4, [role=heading]", "link": "a, [role=link]",
	"list": "ol, ul, menu, [role=list]", "region": "section, [role=region]", "switch": "[role=switch]", "textbox": "input, textarea, [role=textbox]",
}

// find waits for the one element of a role and name.
func (d *firefoxDriver) find(role, name string) (id string) {
	d.Helper()
	css, known := firefoxRoles[role]
	if !known {
		d.Fatalf("firefoxRoles lacks %q", role)
	}
	var found map[string]bool
	one := wait(func() bool {
		found = map[string]bool{}
		candidates := d.elements(fmt.Sprintf("[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility())", css))
		var located struct{ Nodes []struct{ SharedID string } }
		if len(candidates) == 0 || !d.unlessGone("browsingContext.locateNodes", object{"context": d.tab, "startNodes": candidates,
			"locator": object{"type": "accessibility", "value": object{"role": role, "name": name}}}, &located) {
			return false
		}
		for _, n := range located.Nodes {
			found[n.SharedID] = true
			id = n.SharedID
		}
		return len(found) == 1
	})
	if !one {
		d.Fatalf("there are %d elements of role %s called %q, want one", len(found), role, name)
	}
	return id
}

// elements are references to the elements that an expression gives.
func (d *firefoxDriver) elements(expression string) (references []object) {
	d.Helper()
	var s struct {
		Result struct{ Value []struct{ SharedID string } }
	}
	d.command("script.evaluate", object{"expression": expression, "target": object{"context": d.tab}, "awaitPromise": false}, &s)
	for _, e := range s.Result.Value {
		references = append(references, object{"sharedId": e.SharedID})
	}
	return references
}

func (d *firefoxDriver) on(role, name, function string) (answer string) {
	d.Helper()
	called := wait(func() bool {
		var s scripted
		if !d.unlessGone("script.callFunction", object{"functionDeclaration": function, "target": object{"context": d.tab},
			"awaitPromise": true, "arguments": []object{{"sharedId": d.find(role, name)}}}, &s) {
			return false
		}
		answer = d.text(s, fmt.Sprintf("%s %q", role, name))
		return true
	})
	if !called {
		d.Fatalf("%s %q is gone whenever it was found", role, name)
	}
	return answer
}

// act does with the mouse or the keyboard.
func (d *firefoxDriver) act(device string, actions []object) {
	d.Helper()
	d.command("input.performActions", object{"context": d.tab,
		"actions": []object{{"type": device, "id": device, "actions": actions}}}, nil)
}

func (d *firefoxDriver) click(x, y float64) {
	d.Helper()
	d.act("pointer", []object{{"type": "pointerMove", "x": int(x), "y": int(y)},
		{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}})
}

func (d *firefoxDriver) write(text string) {
	d.Helper()
	var actions []object
	for _, character := range text {
		actions = append(actions, object{"type": "keyDown", "value": string(character)}, object{"type": "keyUp", "value": string(character)})
	}
	d.act("key", actions)
}

// firefoxKeys are WebDriver's names of keys (https://www.w3.org/TR/webdriver2/#keyboard-actions).
var firefoxKeys = map[string]string{"Tab": "\uE004", "Enter": "\uE007", "Escape": "\uE00C",
	"ArrowLeft": "\uE012", "ArrowUp": "\uE013", "ArrowRight": "\uE014", "ArrowDown": "\uE015"}

func (d *firefoxDriver) press(key string) {
	d.Helper()
	code, known := firefoxKeys[key]
	if !known {
		d.Fatalf("no key is called %q", key)
	}
	d.write(code)
}

func (d *firefoxDriver) choose(input string, paths []string) {
	d.Helper()
	d.command("input.setFiles", object{"context": d.tab, "element": d.elements("[" + input + "]")[0], "files": paths}, nil)
}
