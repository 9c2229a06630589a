package share

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// most is how often an address may do something in an hour. A school has one address
// for all its pupils.
var most = map[string]int64{
	"put":    60,
	"get":    600,
	"class":  20,
	"result": 600,
	"report": 20,
	"miss":   120, // ask for what is not there, or with a key that is not its own
}

// count notes that a request does something, and is tooMany if it did so too often.
func (s *Server) count(r *http.Request, what string) error {
	now := s.Now(r)
	who, err := s.who(r, now)
	if err != nil {
		return err
	}
	var n int64
	err = s.one(r.Context(), []any{&n}, `INSERT INTO counts (who, what, hour, n) VALUES (?, ?, ?, 1)
		ON CONFLICT (who, what, hour) DO UPDATE SET n = n + 1 RETURNING n`, who, what, now.Unix()/3600)
	if err == nil && n > most[what] {
		err = tooMany
	}
	return err
}

// who is a hash of a request's address with the day's salt.
func (s *Server) who(r *http.Request, now time.Time) (string, error) {
	salt, err := s.salt.of(now.Unix()/86400, func(day int64) (salt string, err error) {
		err = s.one(r.Context(), []any{&salt}, `INSERT INTO salts (day, salt) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET day = day RETURNING salt`, day, newID())
		return salt, err
	})
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(s.Address(r)))
	return hex.EncodeToString(mac.Sum(nil)[:16]), err
}

// salt is the day's, which is the same wherever the server runs and is forgotten two days
// later. It is asked for once a day.
type salt struct {
	sync.Mutex
	day  int64
	text string
}

func (s *salt) of(day int64, ask func(day int64) (string, error)) (text string, err error) {
	s.Lock()
	defer s.Unlock()
	if s.text == "" || s.day != day {
		if text, err = ask(day); err != nil {
			return "", err
		}
		s.day, s.text = day, text
	}
	return s.text, nil
}

// missed is a problem that guessing meets: who meets it often hears tooMany instead.
func (s *Server) missed(r *http.Request, p *problem) error {
	if err := s.count(r, "miss"); err != nil {
		return err
	}
	return p
}
