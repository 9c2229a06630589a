package main

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hornbook/web/headless"
	"hornbook/web/site"
)

// mortal is a tab of a browser that can be killed and started again, with all
// that it has kept.
type mortal struct {
	*tab
	server  *httptest.Server
	profile string
	browser *exec.Cmd
	cancel  func()
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	m := &mortal{server: httptest.NewServer(site.Handler(builtPage(t))), profile: t.TempDir(), tab: &tab{T: t}}
	t.Cleanup(m.server.Close)
	t.Cleanup(func() { m.cancel() })
	m.live()
	return m
}

// live starts the browser and opens the page.
func (m *mortal) live() {
	m.Helper()
	ctx, cancel, err := headless.Open(m.Context(), chromedp.UserDataDir(m.profile), chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		m.browser = c
	}))
	if err != nil {
		missing(m.T, err.Error())
	}
	m.tab, m.cancel = &tab{T: m.T, ctx: ctx, address: m.server.URL}, cancel
	if err := ready(ctx, m.address); err != nil {
		m.Fatal(err)
	}
}

// die kills all processes of the browser at once.
func (m *mortal) die() {
	m.Helper()
	if err := syscall.Kill(-m.browser.Process.Pid, syscall.SIGKILL); err != nil {
		m.Fatal(err)
	}
	m.cancel()
}

// sum is the SHA-256 of the open model's weights.
func (p *tab) sum() string {
	p.Helper()
	return p.js(`new Promise((done) => {
		const take = async ({ data }) => {
			if (typeof data === "string") return;
			hornbookTrainer.removeEventListener("message", take);
			const sum = await crypto.subtle.digest("SHA-256", data.payload.slice(0));
			done([...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, "0")).join(""));
		};
		hornbookTrainer.addEventListener("message", take);
		hornbookTrainer.postMessage({ json: '{"command":"export","id":0,"model":"","format":"safetensors","dtype":"f32"}' });
	})`)
}

// prepare chooses the tiny preset and a text of one's own.
func (p *tab) prepare(steps int) {
	p.Helper()
	p.upload("mine.txt", tales)
	p.until("the text is taken", `document.querySelector('.stand[href="#/text"]').textContent.includes("mine.txt")`)
	p.tiny()
	p.fill("Steps", fmt.Sprint(steps))
	p.choose("Workers", "2")
}

// begin trains the tiny preset on a text of one's own.
func (p *tab) begin(steps int) {
	p.Helper()
	p.prepare(steps)
	p.press("Train")
	p.state("training")
}

// holdBeyond waits in the page for a step and presses Pause at once, if asked to.
func (p *tab) holdBeyond(step int, pause bool) {
	p.Helper()
	p.js(fmt.Sprintf(`new Promise((done) => {
		const look = () => {
			if (Number(document.getElementById("run").dataset.step) <= %d) return setTimeout(look, 1);
			if (%t) document.getElementById("hold").click();
			done(true);
		};
		look();
	})`, step, pause))
}

// digits is the whole number that a script finds on the page as text.
func (p *tab) digits(script string) (n int) {
	p.Helper()
	fmt.Sscan(p.js("("+script+`).replace(/\D/g, "")`), &n)
	return n
}

// saved is the step that the page says was saved last; 0 while it says nothing.
func (p *tab) saved() int {
	p.Helper()
	return p.digits(`document.getElementById("saved").textContent`)
}

// The browser is killed again and again: between two saves, about the time that
// a pause is saved, and after that. Each time the page offers the run again at
// the step that it said was saved, or a later one, and in the end the model has
// the bits of one that was never stopped.
func TestKilledTab(t *testing.T) {
	t.Parallel()
	const steps, most, least = 200, 5, 3 // each of the three ways to die, and two again
	m := newMortal(t)
	m.prepare(steps)
	m.trains()
	want := m.sum()
	m.cancel()

	m = newMortal(t)
	m.begin(steps)
	rng, kept, kills := rand.New(rand.NewPCG(25, 1)), 0, 0
	for ; kills < most && kept < steps*2/3; kills++ {
		m.holdBeyond(kept+rng.IntN(20), kills%3 > 0)
		if kills%3 == 1 {
			time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond)
		}
		if kills%3 == 2 {
			m.state("paused")
			m.until("the pause is saved", fmt.Sprintf(`document.getElementById("saved").textContent.includes("step %s.")`, english.Count(m.step())))
		}
		told := max(kept, m.saved())
		m.die()
		m.live()
		m.until("it is offered", `document.querySelector(".go-on p")`)
		if kept = m.digits(`document.querySelector(".go-on p").textContent.match(/step (.*) of/)[1]`); kept < told {
			t.Fatalf("after kill %d it goes on at step %d, step %d had been saved", kills+1, kept, told)
		}
		m.press("Go on")
		m.state("training")
	}
	t.Logf("killed %d times, at last at step %d", kills, kept)
	m.state("done")
	if got := m.sum(); got != want {
		t.Errorf("the weights' sum is %s, of the run never stopped %s", got, want)
	}
	if kills < least || kept == 0 {
		t.Errorf("killed only %d times, up to step %d", kills, kept)
	}
}
