package share

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// lengthOf is how long a request says that its body is.
func lengthOf(r *http.Request, what string, most int64) (int64, error) {
	switch n := r.ContentLength; {
	case n < 0 || r.Header.Get("Transfer-Encoding") != "" || n == 0 && r.Header.Get("Content-Length") == "":
		return 0, lengthNeeded
	case n == 0:
		return 0, wrongLength
	case n > most:
		return 0, tooLong(what, most)
	default:
		return n, nil
	}
}

// readBody reads a short body whole, and the value in it.
func (s *Server) readBody(r *http.Request, what string, most int64, value any) error {
	n, err := lengthOf(r, what, most)
	if err != nil {
		return err
	}
	text, err := s.inTime(r.Body, n)
	if err != nil {
		return err
	}
	if err := strict(bytes.NewReader(text), value); err != nil {
		return unfit(what, err)
	}
	return nil
}

// inTime reads n bytes and the end, unless they come too slowly.
func (s *Server) inTime(body io.Reader, n int64) ([]byte, error) {
	type read struct {
		text []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(body, n+1))
		done <- read{text, err}
	}()
	timer := time.NewTimer(s.Slow)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil, tooSlow
	case got := <-done:
		switch {
		case errors.Is(got.err, os.ErrDeadlineExceeded):
			return nil, tooSlow
		case got.err != nil:
			return nil, cutOff
		case int64(len(got.text)) != n:
			return nil, wrongLength
		}
		return got.text, nil
	}
}
