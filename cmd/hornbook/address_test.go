package main

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// What is told of a server can be opened: never the address of all interfaces.
func TestPlaces(t *testing.T) {
	of := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("169.254.1.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("fe80::1"), netip.MustParseAddr("2001:db8::7")}
	for _, c := range []struct {
		at, here  string
		elsewhere []string
	}{
		{"127.0.0.1:80", "127.0.0.1:80", nil},
		{"[::1]:80", "[::1]:80", nil},
		{"192.0.2.7:80", "192.0.2.7:80", nil},
		{"0.0.0.0:80", "127.0.0.1:80", []string{"192.0.2.7:80"}},
		{"[::]:80", "127.0.0.1:80", []string{"192.0.2.7:80", "[2001:db8::7]:80"}},
	} {
		at := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.at))
		here, elsewhere := places(at, of)
		if here != c.here || !slices.Equal(elsewhere, c.elsewhere) {
			t.Errorf("%s: %s and %v", c.at, here, elsewhere)
		}
		var out, errs bytes.Buffer
		tellOpen(&out, &errs, "http", at)
		if !strings.HasPrefix(out.String(), "Hornbook is open at http://"+c.here+" (") || strings.Contains(out.String(), "0.0.0.0") || strings.Contains(out.String(), "[::]:") {
			t.Errorf("%s: it says %q", c.at, out.String())
		}
		if warned := strings.Contains(errs.String(), "-cert"); warned != (c.at == "192.0.2.7:80") && !strings.Contains(out.String(), "other machines") {
			t.Errorf("%s: it says %q", c.at, errs.String())
		}
	}
}
