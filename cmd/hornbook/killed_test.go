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
	ctx, cancel, err := openChromium(m.Context(), chromedp.UserDataDir(m.profile), chromedp.ModifyCmdFunc(func(c *exec.Cmd) {
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

// begin trains the tiny preset on a text of one's own.
func (p *tab) begin(steps int) {
	p.Helper()
	p.upload("mine.txt", tales)
	p.until("the text is taken", `document.querySelector('a[href="#text"]').textContent.includes("mine.txt")`, 20*time.Second)
	p.choose("Preset", "tiny")
	p.until("characters are tokens", `document.getElementById("kind").value === "chars"`, 20*time.Second)
	p.fill("Steps", fmt.Sprint(steps))
	p.choose("Workers", "2")
	p.press("Train")
	p.state("training", 30*time.Second)
}

// The browser is killed at 25 random moments of a run; each time the page
// offers it again, and in the end the model has the bits of one that was never
// stopped.
func TestKilledTab(t *testing.T) {
	const steps = 500
	m := newMortal(t)
	m.begin(steps)
	m.state("done", 3*time.Minute)
	want := m.sum()
	m.cancel()

	m = newMortal(t)
	m.begin(steps)
	rng, furthest, kills := rand.New(rand.NewPCG(25, 1)), 0, 0
	for ; kills < 25 && furthest < steps-50; kills++ {
		time.Sleep(time.Duration(rng.IntN(2000)) * time.Millisecond)
		m.die()
		m.live()
		m.press("Go on")
		m.state("training", 30*time.Second)
		if at := m.step(); at < furthest {
			t.Fatalf("after kill %d it goes on at step %d, it had been at %d", kills+1, at, furthest)
		} else {
			furthest = at
		}
	}
	t.Logf("killed %d times, at last at step %d", kills, furthest)
	m.state("done", 3*time.Minute)
	if got := m.sum(); got != want {
		t.Errorf("the weights' sum is %s, of the run never stopped %s", got, want)
	}
	if kills < 25 || furthest == 0 {
		t.Errorf("killed only %d times, up to step %d", kills, furthest)
	}
}
