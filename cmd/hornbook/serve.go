package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"hornbook/static"
	"hornbook/web/site"
)

// serve gives the page until it is interrupted.
func serve(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	addr := f.String("addr", "127.0.0.1:8080", "where to listen; port 0 takes a free one")
	cert := f.String("cert", "", "a certificate `FILE` in PEM, with -key: serve by https, which browsers want of other machines")
	key := f.String("key", "", "the certificate's key, a `FILE` in PEM")
	sharing := sharingFlags(f)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	if (*cert == "") != (*key == "") {
		return wrongUsage("-cert and -key go together")
	}
	shared, err := sharing.open(errs)
	if err != nil {
		return err
	}
	defer shared.close()
	if sharing.asks() {
		return sharing.look(shared, out)
	}
	server, address, err := startWith(*addr, *cert, *key, shared.beside)
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Fprintf(out, "Hornbook is open at %s (Ctrl-C ends it)\n", address)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go shared.sweep(ctx)
	select {
	case <-ctx.Done():
		return nil
	case err := <-server.ended:
		return fmt.Errorf("the server ended: %w", err)
	}
}

// pageServer serves the built page in the background.
type pageServer struct {
	http.Server
	ended chan error
}

// start listens on addr and returns the address of the page.
func start(addr string) (*pageServer, string, error) {
	return startWith(addr, "", "", func(page http.Handler) http.Handler { return page })
}

// startWith is start of the page beside what else is served, by https where there is a
// certificate.
func startWith(addr, cert, key string, beside func(page http.Handler) http.Handler) (*pageServer, string, error) {
	files, err := static.Files()
	if err != nil {
		return nil, "", err
	}
	listener, err := net.Listen("tcp", addr)
	var wrong *net.AddrError
	switch {
	case errors.As(err, &wrong):
		return nil, "", wrongUsage("-addr %s: give a host and a port, like 127.0.0.1:8080 (%s)", addr, wrong.Err)
	case err != nil:
		return nil, "", fmt.Errorf("cannot listen on %s: %w; choose another port: make run ADDR=127.0.0.1:8081, or hornbook serve -addr", addr, err)
	}
	s := &pageServer{ended: make(chan error, 1)}
	s.Handler, s.ReadHeaderTimeout, s.IdleTimeout = beside(site.Handler(files)), 10*time.Second, 2*time.Minute
	if cert != "" {
		go func() { s.ended <- s.ServeTLS(listener, cert, key) }()
		return s, "https://" + listener.Addr().String(), nil
	}
	go func() { s.ended <- s.Serve(listener) }()
	return s, "http://" + listener.Addr().String(), nil
}
