package share

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// schema is made when the first statement finds no table.
var schema = []string{
	// A thing that is shared. state is "kept", or "hidden" after a report.
	`CREATE TABLE IF NOT EXISTS things (id TEXT PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
		key_hash TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'kept', expires INTEGER NOT NULL, reports INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '')`,
	`CREATE INDEX IF NOT EXISTS things_expire ON things (expires)`,
	`CREATE TABLE IF NOT EXISTS classes (code TEXT PRIMARY KEY, key_hash TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1, expires INTEGER NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS results (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, code TEXT NOT NULL, key_hash TEXT NOT NULL,
		at INTEGER NOT NULL, result TEXT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS results_of_class ON results (code, n)`,
	// How often somebody, known by a hash that no one can make again after the day, did
	// something in an hour.
	`CREATE TABLE IF NOT EXISTS counts (who TEXT NOT NULL, what TEXT NOT NULL, hour INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (who, what, hour))`,
	`CREATE TABLE IF NOT EXISTS salts (day INTEGER PRIMARY KEY, salt TEXT NOT NULL)`,
}

// exec changes rows and tells how many.
func (s *Server) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	result, err := s.DB.ExecContext(ctx, statement, args...)
	if isNew(err) {
		if err = s.create(ctx); err == nil {
			result, err = s.DB.ExecContext(ctx, statement, args...)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("share: change rows: %w", err)
	}
	return result.RowsAffected()
}

// one reads the one row that a statement gives into dst; it is sql.ErrNoRows if there
// is none.
func (s *Server) one(ctx context.Context, dst []any, statement string, args ...any) error {
	err := s.DB.QueryRowContext(ctx, statement, args...).Scan(dst...)
	if isNew(err) {
		if err = s.create(ctx); err == nil {
			err = s.DB.QueryRowContext(ctx, statement, args...).Scan(dst...)
		}
	}
	if err != nil && err != sql.ErrNoRows {
		return fmt.Errorf("share: read rows: %w", err)
	}
	return err
}

// each reads every row that a statement gives into dst, and calls take.
func (s *Server) each(ctx context.Context, dst []any, take func(), statement string, args ...any) error {
	rows, err := s.DB.QueryContext(ctx, statement, args...)
	if isNew(err) {
		if err = s.create(ctx); err == nil {
			rows, err = s.DB.QueryContext(ctx, statement, args...)
		}
	}
	if err != nil {
		return fmt.Errorf("share: read rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return fmt.Errorf("share: read rows: %w", err)
		}
		take()
	}
	return rows.Err()
}

// isNew tells whether a statement failed because the database has no tables yet.
func isNew(err error) bool { return err != nil && strings.Contains(err.Error(), "no such table") }

func (s *Server) create(ctx context.Context) error {
	for _, statement := range schema {
		if _, err := s.DB.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
