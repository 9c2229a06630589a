package share

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"hornbook/web/handin"
)

// thing is a row of things.
type thing struct {
	id, kind, sha256, key, state string
	size, expires                int64
}

// later is when what is shared now is over, in Unix milliseconds.
func later(now time.Time) int64 { return now.Add(Days * 24 * time.Hour).UnixMilli() }

// put takes a thing: its bytes first, then what is said of it.
func (s *Server) put(w http.ResponseWriter, r *http.Request) error {
	if s.Closed {
		return uploadsOff
	}
	if err := s.count(r, "put"); err != nil {
		return err
	}
	name := r.URL.Query().Get("kind")
	k, known := kinds[name]
	if !known {
		return wrongKind
	}
	size, err := lengthOf(r, name, k.most)
	if err != nil {
		return err
	}
	said := r.Header.Values("Hornbook-SHA256")
	if len(said) != 1 {
		return noHash
	}
	sum, err := hex.DecodeString(said[0])
	if err != nil || len(sum) != 32 {
		return noHash
	}
	t := thing{id: newID(), kind: name, sha256: hex.EncodeToString(sum), size: size, expires: later(s.Now(r))}
	key := newID()
	t.key = hashed(key)
	if err := s.keep(r, t, Want{size, [32]byte(sum)}); err != nil {
		return err
	}
	return answer(w, 201, map[string]any{"id": t.id, "key": key, "expires": t.expires, "size": size, "kind": name})
}

// keep takes t's bytes, reads them, and adds the row; if anything of that fails nothing
// is left.
func (s *Server) keep(r *http.Request, t thing, want Want) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.Slow)
	defer cancel()
	o, err := s.Objects.Put(ctx, t.id, r.Body, want)
	switch {
	case errors.Is(err, ErrSum):
		return wrongHash
	case errors.Is(err, ErrCut):
		return cutOff
	case errors.Is(err, ErrSlow), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return tooSlow
	case err != nil:
		return err
	}
	ctx = context.WithoutCancel(r.Context())
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Objects.Delete(ctx, t.id))
		}
	}()
	if err := s.look(o, t); err != nil {
		return err
	}
	n, err := s.exec(ctx, `INSERT INTO things (id, kind, size, sha256, key_hash, expires)
		SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT COALESCE(SUM(size), 0) FROM things) + ? <= ?`,
		t.id, t.kind, t.size, t.sha256, t.key, t.expires, t.size, s.Room)
	if err == nil && n == 0 {
		err = full
	}
	return err
}

// look has t's bytes read by the readers of its kind, and closes them.
func (s *Server) look(o Object, t thing) (err error) {
	defer o.Close()
	defer func() {
		if p := recover(); p != nil {
			s.Log(fmt.Errorf("share: read a %s: panic: %v", t.kind, p))
			err = unfit(t.kind, errors.New("it cannot be read"))
		}
	}()
	k, n := kinds[t.kind], t.size
	if k.lines {
		if n, err = first(o, t.size, s.Lines); err != nil {
			return err
		}
	}
	if err := k.check(o, n); err != nil {
		return unfit(t.kind, err)
	}
	return nil
}

// find is the thing that a request names. One that is over is removed.
func (s *Server) find(r *http.Request) (t thing, err error) {
	id := r.PathValue("id")
	if !ValidID(id) {
		return t, s.missed(r, notFound)
	}
	err = s.one(r.Context(), []any{&t.id, &t.kind, &t.size, &t.sha256, &t.key, &t.state, &t.expires},
		`SELECT id, kind, size, sha256, key_hash, state, expires FROM things WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return t, s.missed(r, notFound)
	}
	if now := s.Now(r).UnixMilli(); err == nil && t.expires <= now {
		if err := s.drop(r.Context(), t.id, now); err != nil {
			return t, err
		}
		return t, notFound
	}
	return t, err
}

// shown is find of a thing that is not hidden.
func (s *Server) shown(r *http.Request) (thing, error) {
	t, err := s.find(r)
	if err == nil && t.state != "kept" {
		err = hidden
	}
	return t, err
}

// owned is find of a thing whose key the request brings.
func (s *Server) owned(r *http.Request) (thing, error) {
	key, err := keyOf(r)
	if err != nil {
		return thing{}, err
	}
	t, err := s.find(r)
	if err == nil && t.key != key {
		err = s.missed(r, wrongKey)
	}
	return t, err
}

// drop removes a thing that is over at a time, bytes first: what has a row only is
// not there, and is swept up.
func (s *Server) drop(ctx context.Context, id string, at int64) error {
	if err := s.Objects.Delete(ctx, id); err != nil {
		return err
	}
	_, err := s.exec(ctx, `DELETE FROM things WHERE id = ? AND expires <= ?`, id, at)
	return err
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) error {
	if err := s.count(r, "get"); err != nil {
		return err
	}
	t, err := s.shown(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="hornbook-`+t.kind+`"`)
	h.Set("Content-Length", strconv.FormatInt(t.size, 10))
	pace := http.NewResponseController(w)
	pace.SetWriteDeadline(time.Now().Add(10 * s.Slow))
	defer pace.SetWriteDeadline(time.Time{}) // of the connection's next answer
	var left *net.OpError                    // of who reads no more: it would tell an address
	if err := s.Objects.Send(r.Context(), t.id, w); errors.Is(err, ErrNone) {
		for _, name := range []string{"Content-Length", "Content-Disposition"} {
			h.Del(name)
		}
		return notFound
	} else if err != nil && !errors.As(err, &left) {
		s.Log(err) // some of it has been sent
	}
	return nil
}

func (s *Server) aboutThing(w http.ResponseWriter, r *http.Request) error {
	t, err := s.shown(r)
	if err != nil {
		return err
	}
	return answer(w, 200, map[string]any{"id": t.id, "kind": t.kind, "size": t.size, "sha256": t.sha256, "expires": t.expires})
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) error {
	t, err := s.owned(r)
	if err != nil {
		return err
	}
	if err := s.Objects.Delete(r.Context(), t.id); err != nil {
		return err
	}
	n, err := s.exec(r.Context(), `DELETE FROM things WHERE id = ?`, t.id)
	if err == nil && n == 0 {
		err = notFound // another request was faster
	}
	if err == nil {
		w.WriteHeader(204)
	}
	return err
}

func (s *Server) renew(w http.ResponseWriter, r *http.Request) error {
	t, err := s.owned(r)
	if err != nil {
		return err
	}
	if t.state != "kept" {
		return hidden
	}
	t.expires = later(s.Now(r))
	n, err := s.exec(r.Context(), `UPDATE things SET expires = ? WHERE id = ? AND state = 'kept'`, t.expires, t.id)
	switch {
	case err != nil:
		return err
	case n == 0:
		return notFound
	}
	return answer(w, 200, map[string]any{"expires": t.expires})
}

// report hides a thing at once; the first reason is kept for whoever runs the server.
func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	if err := s.count(r, "report"); err != nil {
		return err
	}
	var said struct {
		Reason string `json:"reason"`
	}
	if err := s.readBody(r, "report", 4<<10, &said); err != nil {
		return err
	}
	if err := handin.CheckLine("reason", said.Reason, 500); err != nil {
		return unfit("report", err)
	}
	t, err := s.find(r)
	if err != nil {
		return err
	}
	n, err := s.exec(r.Context(), `UPDATE things SET state = 'hidden', reports = reports + 1,
		reason = CASE reason WHEN '' THEN ? ELSE reason END WHERE id = ?`, said.Reason, t.id)
	switch {
	case err != nil:
		return err
	case n == 0:
		return notFound
	}
	return answer(w, 200, map[string]bool{"hidden": true})
}

// Show shows a thing again that a report has hidden, and forgets the reports.
func (s *Server) Show(ctx context.Context, id string) error {
	n, err := s.exec(ctx, `UPDATE things SET state = 'kept', reports = 0, reason = '' WHERE id = ? AND state = 'hidden'`, id)
	if err == nil && n == 0 {
		err = fmt.Errorf("nothing with the id %q is hidden", id)
	}
	return err
}

// Report is a thing that a report has hidden.
type Report struct {
	ID, Kind, Reason string
	Reports          int64
}

// Reported lists what is hidden, for whoever runs the server.
func (s *Server) Reported(ctx context.Context) (list []Report, err error) {
	var one Report
	err = s.each(ctx, []any{&one.ID, &one.Kind, &one.Reason, &one.Reports}, func() { list = append(list, one) },
		`SELECT id, kind, reason, reports FROM things WHERE state = 'hidden' ORDER BY id LIMIT 1000`)
	return list, err
}
