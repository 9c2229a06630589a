package ui

import (
	"strings"
	"testing"

	"hornbook/web/protocol"
	"hornbook/web/wording"
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
		{"training", wording.NewerTraining, 0}, {"paused", wording.NewerTraining, 0}, {"preparing", wording.NewerTraining, 0},
		{"done", wording.NewerReady, 1}, {"failed", wording.NewerReady, 2},
	} {
		p.Apply(&protocol.State{State: c.state})
		p.Renew()
		if p.newerSays() != c.says || h.renewed != c.renewed {
			t.Errorf("%s: it says %q and was used %d times", c.state, p.newerSays(), h.renewed)
		}
	}
	p.Keep("others")
	if page := draw(t, p); !strings.Contains(page, wording.NewerOthers) {
		t.Error("it does not say that another tab must be closed")
	}
}

func TestOfflineSays(t *testing.T) {
	for news, says := range map[string]string{
		"": "", "kept": wording.OfflineKept, "single": wording.OfflineSingle, "apart": wording.OfflineSingle + " " + wording.OfflineApart,
	} {
		p, _ := opened()
		p.Keep(news)
		if p.offlineSays() != says || !strings.Contains(draw(t, p), says) {
			t.Errorf("%q: it says %q", news, p.offlineSays())
		}
	}
}
