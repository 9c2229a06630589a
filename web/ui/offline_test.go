package ui

import (
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// A new version is offered, and never while a run is under way.
func TestNewerVersion(t *testing.T) {
	p, h := opened()
	p.Renew()
	if says := p.newerSays(); says != "" || h.renewed != 0 {
		t.Errorf("before there is one it says %q; used %d times", says, h.renewed)
	}
	p.Keep("newer")
	for _, c := range []struct {
		state, says string
		renewed     int
	}{
		{"training", english.Say("newer_training"), 0}, {"paused", english.Say("newer_training"), 0}, {"preparing", english.Say("newer_training"), 0},
		{"done", english.Say("newer_ready"), 1}, {"failed", english.Say("newer_ready"), 2},
	} {
		p.Apply(&protocol.State{State: c.state})
		p.Renew()
		if p.newerSays() != c.says || h.renewed != c.renewed {
			t.Errorf("%s: it says %q and was used %d times", c.state, p.newerSays(), h.renewed)
		}
	}
	p.Keep("others")
	if page := draw(t, p); !strings.Contains(page, english.Say("newer_others")) {
		t.Error("it does not say that another tab must be closed")
	}
}

func TestOfflineSays(t *testing.T) {
	for news, says := range map[string]string{
		"": "", "away": "", "kept": english.Say("offline_kept"), "single": english.Say("offline_single"), "apart": english.Say("offline_single") + " " + english.Say("offline_apart"),
	} {
		p, _ := opened()
		p.Keep(news)
		if p.offlineSays() != says || !strings.Contains(draw(t, p), says) {
			t.Errorf("%q: it says %q", news, p.offlineSays())
		}
	}
}
