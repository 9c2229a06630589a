package sharetest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// dial opens a connection and sends the head of a put of length bytes, and some of them.
func (f from) dial(t testing.TB, kind string, sum [32]byte, length int, some []byte) net.Conn {
	t.Helper()
	u, err := url.Parse(f.p.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "POST /api/share?kind=%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nHornbook-SHA256: %x\r\n", kind, u.Host, length, sum)
	f.header.Write(c)
	io.WriteString(c, "\r\n")
	c.Write(some) // an answer that comes before the end is looked at by who reads it
	return c
}

// testCutOff ends a put at twenty places: nothing may be left, of objects or of rows.
func testCutOff(t *testing.T, p Place) {
	body := largeModel(t)
	sum := sha256.Sum256(body)
	before := p.Count(t)
	for i := range 20 {
		at := len(body) * i / 19
		if i == 19 {
			at = len(body) - 1
		}
		c := p.visitor().dial(t, "model", sum, len(body), body[:at])
		if i%2 == 0 { // some arrive before the end does
			time.Sleep(20 * time.Millisecond)
		}
		c.Close()
	}
	// A put that is taken is not quicker than one that was cut off before it.
	f := p.visitor()
	f.gone(t, f.share(t, "model", body))
	settled(t, p, before)
}

// settled waits until as much is kept as before: an end that nobody answers is noticed
// when it is noticed.
func settled(t testing.TB, p Place, before Count) {
	t.Helper()
	for range 100 {
		if p.Count(t) == before {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%+v is left where %+v was", p.Count(t), before)
}

// testSlow sends a half and then nothing.
func testSlow(t *testing.T, p Place) {
	body := goodModel(t)
	c := p.visitor().with(SlowHeader, "300ms").dial(t, "model", sha256.Sum256(body), len(body), body[:len(body)/2])
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	var text bytes.Buffer
	text.ReadFrom(answer.Body)
	read(answer, text.Bytes()).want(t, "half a model, then nothing", 408, "too_slow")

	large := p.visitor().dial(t, "model", sha256.Sum256(body), 8<<20+1, nil)
	defer large.Close()
	large.SetReadDeadline(time.Now().Add(time.Minute))
	if answer, err = http.ReadResponse(bufio.NewReader(large), nil); err != nil {
		t.Fatalf("no answer: %v", err)
	}
	text.Reset()
	text.ReadFrom(answer.Body)
	read(answer, text.Bytes()).want(t, "a model that says it is too large", 413, "too_long")
}
