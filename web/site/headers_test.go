package site

import (
	"net/http"
	"strings"
	"testing"
)

func TestHeadersFile(t *testing.T) {
	file := string(HeadersFile())
	if !strings.HasPrefix(file, "/*\n") {
		t.Fatalf("it begins with %.20q", file)
	}
	for _, line := range Page {
		if !strings.Contains(file, "\n  "+line.Name+": "+line.Value+"\n") {
			t.Errorf("%s is missing", line.Name)
		}
	}
	for line := range strings.Lines(file) {
		if len(line) > 2000 {
			t.Errorf("a line has %d characters; hosts read 2000", len(line))
		}
	}
	if n := strings.Count(file, "\n/"); n > 99 {
		t.Errorf("%d rules; hosts read 100", n+1)
	}
}

// What is shared is never a page: it may load nothing, run nothing, and is kept by no
// browser.
func TestShared(t *testing.T) {
	h := http.Header{}
	Set(h, Shared)
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Access-Control-Allow-Origin": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") {
		t.Errorf("the policy is %s", policy)
	}
}
