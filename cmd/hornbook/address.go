package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
)

// tellOpen says where the page can be opened: here and, of a server that listens on all
// interfaces, from other machines.
func tellOpen(out, errs io.Writer, scheme string, at net.Addr) {
	here, elsewhere := places(at, interfaces())
	fmt.Fprintf(out, "Hornbook is open at %s://%s (Ctrl-C ends it)\n", scheme, here)
	for _, place := range elsewhere {
		fmt.Fprintf(out, "From other machines: %s://%s\n", scheme, place)
	}
	if scheme == "http" && (len(elsewhere) > 0 || !loopback(here)) {
		fmt.Fprintln(errs, "hornbook: for a page that comes by http from another machine browsers keep no models, and it does not open offline; for https give -cert and -key.")
	}
}

// places are where one can open what listens at an address: on this machine, and on
// others if it listens on all interfaces.
func places(at net.Addr, interfaces []netip.Addr) (here string, elsewhere []string) {
	tcp, is := at.(*net.TCPAddr)
	if !is || !tcp.IP.IsUnspecified() {
		return at.String(), nil
	}
	port := strconv.Itoa(tcp.Port)
	for _, ip := range interfaces {
		if ip.IsGlobalUnicast() && (tcp.IP.To4() == nil || ip.Is4()) { // 0.0.0.0 is IPv4 only
			elsewhere = append(elsewhere, net.JoinHostPort(ip.String(), port))
		}
	}
	return net.JoinHostPort("127.0.0.1", port), elsewhere
}

// interfaces are the addresses of this machine, IPv4 first.
func interfaces() (list []netip.Addr) {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, prefix.Addr())
		}
	}
	slices.SortStableFunc(list, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return list
}

// loopback tells whether only this machine reaches a host and port.
func loopback(place string) bool {
	at, err := netip.ParseAddrPort(place)
	return err == nil && at.Addr().IsLoopback()
}

// unheard is why no server can listen at addr.
func unheard(addr string, err error) error {
	var wrong *net.AddrError
	var unknown *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(err, &wrong):
		return wrongUsage("-addr %s: give a host and a port, like 127.0.0.1:8080 (%s)", addr, wrong.Err)
	case errors.As(err, &unknown):
		return wrongUsage("-addr %s: %s; give a host and a port, like 127.0.0.1:8080", addr, unknown.Err)
	case errors.As(err, &call):
		err = call.Err
	}
	return fmt.Errorf("cannot listen on %s: %w; give another host or port by -addr, like 127.0.0.1:8081", addr, err)
}
