// Command edge is the Cloudflare Worker: package share over R2 and D1. The page itself
// is static assets, of which this program never hears.
//
// Bodies never pass through its memory: what is put goes from the request to R2, which
// compares the hash, and what is got the other way; the readers look at the parts that
// they need. An instance answers one request at a time (worker.mjs).
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/cron"
	"github.com/syumai/workers/cloudflare/d1"

	"hornbook/web/share"
)

func main() {
	debug.SetGCPercent(300) // an instance begins with little, and ends after a hundred requests
	rows, err := d1.OpenConnector("ROWS")
	if err != nil {
		fmt.Fprintln(os.Stderr, "edge: there is no database ROWS; see wrangler.jsonc:", err)
		return
	}
	s := share.New(objects{cloudflare.GetBinding("THINGS")}, sql.OpenDB(rows))
	s.Lines = 4 << 10 // a worker has ten milliseconds; the page reads all when it is opened
	s.Closed = setting("UPLOADS") == "off"
	if room, err := strconv.ParseInt(setting("ROOM_MIB"), 10, 64); err == nil {
		s.Room = room << 20
	}
	s.Address = func(r *http.Request) string { return share.Network(r.Header.Get("CF-Connecting-IP")) }
	s.Log = func(err error) { fmt.Fprintln(os.Stderr, err) }
	cron.ScheduleTaskNonBlock(func(ctx context.Context) error {
		event, err := cron.NewEvent(ctx)
		if err == nil {
			err = s.Sweep(ctx, event.ScheduledTime)
		}
		if err != nil {
			s.Log(err) // an error that is returned would end the program
		}
		return nil
	})
	serve(handler(s))
}

// serve answers requests, one at a time; worker.mjs deals them out.
//
// One goroutine handles them all: a new one would let its stack grow anew, step by step.
func serve(h http.Handler) {
	type asked struct {
		w    *answer
		r    *http.Request
		done chan struct{}
	}
	requests := make(chan asked)
	go func() {
		for one := range requests {
			h.ServeHTTP(one.w, one.r)
			one.w.send()
			close(one.done)
		}
	}()
	workers.ServeNonBlock(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one := asked{&answer{ResponseWriter: w}, r, make(chan struct{})}
		requests <- one
		<-one.done
	}))
	workers.Ready()
	select {} // until worker.mjs lets go of the instance
}

// setting is a variable of wrangler.jsonc, "" where there is none.
func setting(name string) string {
	value := cloudflare.GetBinding(name)
	if value.IsUndefined() {
		return ""
	}
	return value.String()
}
