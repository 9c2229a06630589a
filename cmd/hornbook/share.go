package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"

	"hornbook/web/share"
	"hornbook/web/share/local"
)

// sharing is what flags say of sharing.
type sharing struct {
	dir      string
	uploads  bool
	room     int64 // MiB
	reported bool
	show     string
}

func sharingFlags(f *flag.FlagSet) *sharing {
	s := &sharing{}
	f.StringVar(&s.dir, "share", "", "keep what people share, and classes, in the folder `DIR`")
	f.BoolVar(&s.uploads, "uploads", true, "with -share: take new things; false only gives and deletes those that are there")
	f.Int64Var(&s.room, "room", 8<<10, "with -share: `MiB` that all things may take")
	f.BoolVar(&s.reported, "reported", false, "with -share: list what is hidden because somebody reported it, and end")
	f.StringVar(&s.show, "show", "", "with -share: show the thing `ID` again that was reported, and end")
	return s
}

// asks tells whether the flags want an answer, not a server.
func (s *sharing) asks() bool { return s.reported || s.show != "" }

// sharedFolder is an opened one; the zero value has none.
type sharedFolder struct {
	*share.Server
	db   *sql.DB
	errs io.Writer
}

// open opens the folder that the flags name, if they do.
func (s *sharing) open(errs io.Writer) (sharedFolder, error) {
	switch {
	case s.dir == "" && s.asks():
		return sharedFolder{}, wrongUsage("-reported and -show need -share DIR")
	case s.dir == "":
		return sharedFolder{}, nil
	case s.room < 1:
		return sharedFolder{}, wrongUsage("-room %d: give the MiB that all things may take, 1 or more", s.room)
	}
	files, db, err := local.Open(s.dir)
	if err != nil {
		return sharedFolder{}, fmt.Errorf("-share %s: %w", s.dir, reason(err))
	}
	server := share.New(files, db)
	server.Closed, server.Room = !s.uploads, s.room<<20
	server.Log = func(err error) { fmt.Fprintln(errs, err) }
	return sharedFolder{server, db, errs}, nil
}

// look answers what the flags ask of a folder.
func (s *sharing) look(f sharedFolder, out io.Writer) error {
	ctx := context.Background()
	if s.show != "" {
		if err := f.Show(ctx, s.show); err != nil {
			return fmt.Errorf("-show %s: %w", s.show, err)
		}
		fmt.Fprintf(out, "%s is shown again.\n", s.show)
	}
	if !s.reported {
		return nil
	}
	list, err := f.Reported(ctx)
	for _, one := range list {
		fmt.Fprintf(out, "%s  %-7s  %d reports  %q\n", one.ID, one.Kind, one.Reports, one.Reason)
	}
	if len(list) == 0 && err == nil {
		fmt.Fprintln(out, "Nothing is hidden.")
	}
	return err
}

// beside serves what is shared beside the page.
func (f sharedFolder) beside(page http.Handler) http.Handler {
	if f.Server == nil {
		return page
	}
	return f.Server.Beside(page)
}

// sweep removes what is over now and every hour.
func (f sharedFolder) sweep(ctx context.Context) {
	if f.Server == nil {
		return
	}
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := f.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			fmt.Fprintln(f.errs, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (f sharedFolder) close() {
	if f.db != nil {
		f.db.Close()
	}
}
