package share

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"hornbook/web/handin"
)

// mostResults bounds those of a class.
const mostResults = 200

// class is a row of classes.
type class struct {
	code, key string
	open      bool
	expires   int64
}

func (s *Server) openClass(w http.ResponseWriter, r *http.Request) error {
	if s.Closed {
		return uploadsOff
	}
	if err := s.count(r, "class"); err != nil {
		return err
	}
	key, expires := newID(), later(s.Now(r))
	for range 10 {
		code := newCode()
		n, err := s.exec(r.Context(), `INSERT INTO classes (code, key_hash, expires) VALUES (?, ?, ?) ON CONFLICT (code) DO NOTHING`, code, hashed(key), expires)
		if err != nil {
			return err
		}
		if n == 1 {
			return answer(w, 201, map[string]any{"code": code, "key": key, "expires": expires})
		}
	}
	return full // of a billion codes
}

// findClass is the class that a request names.
func (s *Server) findClass(r *http.Request) (c class, err error) {
	code, is := codeIn(r.PathValue("code"))
	if !is {
		return c, s.missed(r, noClass)
	}
	err = s.one(r.Context(), []any{&c.code, &c.key, &c.open, &c.expires}, `SELECT code, key_hash, open, expires FROM classes WHERE code = ?`, code)
	if errors.Is(err, sql.ErrNoRows) || err == nil && c.expires <= s.Now(r).UnixMilli() {
		err = s.missed(r, noClass)
	}
	return c, err
}

// led is findClass of one whose key the request brings.
func (s *Server) led(r *http.Request) (class, error) {
	key, err := keyOf(r)
	if err != nil {
		return class{}, err
	}
	c, err := s.findClass(r)
	if err == nil && c.key != key {
		err = s.missed(r, wrongKey)
	}
	return c, err
}

func (s *Server) aboutClass(w http.ResponseWriter, r *http.Request) error {
	c, err := s.findClass(r)
	if err != nil {
		return err
	}
	return answer(w, 200, map[string]any{"open": c.open, "expires": c.expires})
}

func (s *Server) takeResult(w http.ResponseWriter, r *http.Request) error {
	if s.Closed {
		return uploadsOff
	}
	if err := s.count(r, "result"); err != nil {
		return err
	}
	c, err := s.findClass(r)
	if err != nil {
		return err
	}
	if !c.open {
		return classClosed
	}
	var result handin.Result
	if err := s.readBody(r, "result", handin.MostBytes, &result); err != nil {
		return err
	}
	if err := result.Check(); err != nil {
		return unfit("result", err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		return unfit("result", err)
	}
	id, key := newID(), newID()
	n, err := s.exec(r.Context(), `INSERT INTO results (id, code, key_hash, at, result) SELECT ?, ?, ?, ?, ?
		WHERE EXISTS (SELECT 1 FROM classes WHERE code = ? AND open = 1) AND (SELECT COUNT(*) FROM results WHERE code = ?) < ?`,
		id, c.code, hashed(key), s.Now(r).UnixMilli(), string(text), c.code, c.code, mostResults)
	switch {
	case err != nil:
		return err
	case n == 0:
		return s.refusal(r)
	}
	return answer(w, 201, map[string]string{"id": id, "key": key})
}

// refusal is why a class took no result.
func (s *Server) refusal(r *http.Request) error {
	c, err := s.findClass(r)
	switch {
	case err != nil:
		return err
	case !c.open:
		return classClosed
	}
	return classFull
}

func (s *Server) dropResult(w http.ResponseWriter, r *http.Request) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	c, err := s.findClass(r)
	if err != nil {
		return err
	}
	var owner string
	err = s.one(r.Context(), []any{&owner}, `SELECT key_hash FROM results WHERE id = ? AND code = ?`, r.PathValue("id"), c.code)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s.missed(r, notFound)
	case err != nil:
		return err
	case key != owner && key != c.key:
		return s.missed(r, wrongKey)
	}
	n, err := s.exec(r.Context(), `DELETE FROM results WHERE id = ? AND code = ?`, r.PathValue("id"), c.code)
	if err == nil && n == 0 {
		err = notFound
	}
	if err == nil {
		w.WriteHeader(204)
	}
	return err
}

// entry is a result on the board.
type entry struct {
	N      int64           `json:"n"`
	ID     string          `json:"id"`
	At     int64           `json:"at"`
	Result json.RawMessage `json:"result"`
}

func (s *Server) board(w http.ResponseWriter, r *http.Request) error {
	c, err := s.led(r)
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 53)
	if err != nil || after < 0 {
		after = 0
	}
	list, ids, next := []entry{}, []string{}, after
	var one entry
	var text string
	err = s.each(r.Context(), []any{&one.N, &one.ID, &one.At, &text}, func() {
		ids = append(ids, one.ID)
		if one.N > after {
			one.Result = json.RawMessage(text)
			list, next = append(list, one), one.N
		}
	}, `SELECT n, id, at, CASE WHEN n > ? THEN result ELSE '' END FROM results WHERE code = ? ORDER BY n`, after, c.code)
	if err != nil {
		return err
	}
	return answer(w, 200, map[string]any{"open": c.open, "expires": c.expires, "next": next, "ids": ids, "results": list})
}

func (s *Server) closeClass(w http.ResponseWriter, r *http.Request) error  { return s.turn(w, r, false) }
func (s *Server) reopenClass(w http.ResponseWriter, r *http.Request) error { return s.turn(w, r, true) }

func (s *Server) turn(w http.ResponseWriter, r *http.Request, open bool) error {
	c, err := s.led(r)
	if err != nil {
		return err
	}
	n, err := s.exec(r.Context(), `UPDATE classes SET open = ? WHERE code = ?`, map[bool]int{true: 1}[open], c.code)
	switch {
	case err != nil:
		return err
	case n == 0:
		return noClass
	}
	return answer(w, 200, map[string]bool{"open": open})
}

// removeClass deletes the class first: without it no result can come.
func (s *Server) removeClass(w http.ResponseWriter, r *http.Request) error {
	c, err := s.led(r)
	if err != nil {
		return err
	}
	n, err := s.exec(r.Context(), `DELETE FROM classes WHERE code = ?`, c.code)
	if err != nil {
		return err
	}
	if _, err := s.exec(r.Context(), `DELETE FROM results WHERE code = ?`, c.code); err != nil {
		return err
	}
	if n == 0 {
		return noClass
	}
	w.WriteHeader(204)
	return nil
}
