package share

import (
	"context"
	"encoding/json"
	"time"
)

// atOnce is how many things a sweep removes at most.
const atOnce = 500

// Sweep removes what is over at a time, and bytes without a row that are older than an
// hour: those of a put that ended between the two.
func (s *Server) Sweep(ctx context.Context, now time.Time) error {
	at := now.UnixMilli()
	over, err := s.ids(ctx, `SELECT id FROM things WHERE expires <= ? LIMIT ?`, at, atOnce)
	if err != nil {
		return err
	}
	if len(over) > 0 {
		if err := s.Objects.Delete(ctx, over...); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM things WHERE expires <= ? AND id IN (SELECT value FROM json_each(?))`, at, list(over)); err != nil {
			return err
		}
	}
	for _, old := range []struct {
		statement string
		before    int64
	}{
		{`DELETE FROM classes WHERE expires <= ?`, at},
		{`DELETE FROM results WHERE code NOT IN (SELECT code FROM classes) AND at <= ?`, at},
		{`DELETE FROM counts WHERE hour < ?`, now.Unix()/3600 - 1},
		{`DELETE FROM salts WHERE day < ?`, now.Unix()/86400 - 1},
	} {
		if _, err := s.exec(ctx, old.statement, old.before); err != nil {
			return err
		}
	}
	return s.sweepBytes(ctx, now.Add(-time.Hour))
}

// sweepBytes removes bytes since before a time that have no row.
func (s *Server) sweepBytes(ctx context.Context, before time.Time) error {
	old, err := s.Objects.Old(ctx, before)
	if err != nil || len(old) == 0 {
		return err
	}
	lost, err := s.ids(ctx, `SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM things)`, list(old))
	if err != nil || len(lost) == 0 {
		return err
	}
	return s.Objects.Delete(ctx, lost...)
}

// ids are those that a statement gives.
func (s *Server) ids(ctx context.Context, statement string, args ...any) (ids []string, err error) {
	var id string
	err = s.each(ctx, []any{&id}, func() { ids = append(ids, id) }, statement, args...)
	return ids, err
}

// list is ids as a statement takes them.
func list(ids []string) string {
	text, _ := json.Marshal(ids) // strings: no error
	return string(text)
}
