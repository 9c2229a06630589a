package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
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
	server, scheme, err := listen(*addr, *cert, *key, shared.beside)
	if err != nil {
		return err
	}
	defer server.Close()
	tellOpen(out, errs, scheme, server.at)
	ctx, stop := interrupted()
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
	at    net.Addr
	ended chan error
}

// start listens on addr and returns the address of the page.
func start(addr string) (*pageServer, string, error) {
	return startWith(addr, "", "", func(page http.Handler) http.Handler { return page })
}

// startWith is start of the page beside what else is served, by https where there is a
// certificate.
func startWith(addr, cert, key string, beside func(page http.Handler) http.Handler) (*pageServer, string, error) {
	server, scheme, err := listen(addr, cert, key, beside)
	if err != nil {
		return nil, "", err
	}
	here, _ := places(server.at, nil)
	return server, scheme + "://" + here, nil
}

// listen is startWith that returns the address's scheme.
func listen(addr, cert, key string, beside func(page http.Handler) http.Handler) (*pageServer, string, error) {
	files, err := static.Files()
	if err != nil {
		return nil, "", err
	}
	s := &pageServer{ended: make(chan error, 1)}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, "", fmt.Errorf("-cert %s with -key %s: %w", cert, key, err)
		}
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, "", unheard(addr, err)
	}
	s.at, s.Handler, s.ReadHeaderTimeout, s.IdleTimeout = listener.Addr(), beside(site.Handler(files)), 10*time.Second, 2*time.Minute
	if s.TLSConfig != nil {
		go func() { s.ended <- s.ServeTLS(listener, "", "") }()
		return s, "https", nil
	}
	go func() { s.ended <- s.Serve(listener) }()
	return s, "http", nil
}
