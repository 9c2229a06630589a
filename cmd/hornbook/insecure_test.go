package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hornbook/web/site"
)

// A page that comes by plain http from another machine says why nothing is kept: it is
// no secure context. The other machine is this one by another name.
func TestInsecure(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is not for -short")
	}
	server := httptest.NewServer(site.Handler(builtPage(t)))
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", "school.example", 1)
	p := openTabAt(t, address, chromedp.Flag("host-resolver-rules", "MAP school.example 127.0.0.1"))
	if p.js("isSecureContext") != "false" {
		t.Fatal("the context is secure")
	}
	p.js(`void (location.hash = "#/models")`)
	p.until("it says why nothing is kept", `document.body.textContent.includes("plain http from another machine")`)
	if p.js(`document.body.textContent.includes("private window")`) == "true" {
		t.Error("it speaks of a private window")
	}
}
