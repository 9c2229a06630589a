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
	if err := parse(f, args, errs); err != nil {
		return err
	}
	server, address, err := start(*addr)
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Fprintf(out, "Hornbook is open at %s (Ctrl-C ends it)\n", address)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
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
	s.Handler, s.ReadHeaderTimeout = site.Handler(files), 10*time.Second
	go func() { s.ended <- s.Serve(listener) }()
	return s, "http://" + listener.Addr().String(), nil
}
