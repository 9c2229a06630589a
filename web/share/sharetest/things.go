package sharetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

const day = 24 * time.Hour

func testAbout(t *testing.T, p Place) {
	s := p.visitor().do(t, "GET", "/api/", nil)
	limits, _ := s.json["limits"].(map[string]any)
	if s.status != 200 || s.json["share"] != true || s.json["uploads"] != true || s.json["days"] != 30. || limits["model"] != 8388608. || len(limits) != 5 {
		t.Errorf("what it is: %s", s)
	}
	for _, path := range []string{"/api/shares", "/api/share", "/api/things", "/api/share/x/y/z", "/api/class", "/api/share/", "/api/class/"} {
		p.visitor().do(t, "GET", path, nil).want(t, "GET "+path, 404, "unknown")
	}
	p.visitor().do(t, "PUT", "/api/share?kind=task", []byte(goodTask)).want(t, "PUT", 404, "unknown")
}

func testThings(t *testing.T, p Place) {
	f := p.visitor()
	for kind, body := range goodThings(t) {
		x := f.share(t, kind, body)
		sum := sha256.Sum256(body)
		got := f.do(t, "GET", x.path, nil)
		if got.status != 200 || !bytes.Equal(got.body, body) || got.header.Get("Content-Type") != "application/octet-stream" ||
			!strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: got %s %v", kind, got, got.header)
		}
		about := f.do(t, "GET", x.path+"/about", nil)
		if about.status != 200 || about.text("kind") != kind || about.text("sha256") != hex.EncodeToString(sum[:]) ||
			about.json["size"] != float64(len(body)) || about.json["expires"] != float64(x.expires) || len(about.json) != 5 {
			t.Errorf("%s: about %s", kind, about)
		}
		if left := time.Until(time.UnixMilli(x.expires)); left < 30*day-time.Hour || left > 30*day {
			t.Errorf("%s: it is kept for %v", kind, left)
		}
		f.gone(t, x)
		f.do(t, "GET", x.path, nil).want(t, "what was deleted", 404, "not_found")
		f.do(t, "GET", x.path+"/about", nil).want(t, "about what was deleted", 404, "not_found")
		f.key(x.key).do(t, "DELETE", x.path, nil).want(t, "a delete again", 404, "not_found")
		f.key(x.key).do(t, "POST", x.path+"/renew", nil).want(t, "a renewal of what was deleted", 404, "not_found")
	}
}

// together calls do n times at once.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func testTwoPuts(t *testing.T, p Place) {
	body := goodModel(t)
	list := make([]shared, 8)
	f := p.visitor()
	together(len(list), func(i int) { list[i] = f.share(t, "model", body) })
	seen := map[string]bool{}
	for _, x := range list {
		if seen[x.id] || seen[x.key] {
			t.Errorf("%s or its key was given twice", x.id)
		}
		seen[x.id], seen[x.key] = true, true
		if got := f.do(t, "GET", x.path, nil); !bytes.Equal(got.body, body) {
			t.Errorf("%s came back as %s", x.id, got)
		}
		f.gone(t, x)
	}
}

func testDeletes(t *testing.T, p Place) {
	f := p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	status := make([]int, 8)
	together(len(status), func(i int) { status[i] = f.key(x.key).do(t, "DELETE", x.path, nil).status })
	done := 0
	for _, s := range status {
		if s == 204 {
			done++
		} else if s != 404 {
			t.Errorf("a delete beside others: %d", s)
		}
	}
	if done != 1 {
		t.Errorf("%d of the deletes did it", done)
	}
}

// testDeleteWhileReading reads while the thing is deleted: who gets an answer gets all
// of it, or hears that there was an end.
func testDeleteWhileReading(t *testing.T, p Place) {
	body := largeModel(t)
	whole := 0
	for range 5 {
		f := p.visitor()
		x := f.share(t, "model", body)
		r, err := f.request(t.Context(), "GET", x.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 1000)
		if _, err := io.ReadFull(answer.Body, first); err != nil {
			t.Fatal(err)
		}
		f.gone(t, x)
		rest, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil && !bytes.Equal(append(first, rest...), body) {
			t.Errorf("a reader got %d bytes of %d without an error", len(first)+len(rest), len(body))
		}
		if err == nil {
			whole++
		}
		f.do(t, "GET", x.path, nil).want(t, "after the delete", 404, "not_found")
	}
	t.Logf("%d of 5 readers had all of it", whole)
}

func testExpiry(t *testing.T, p Place) {
	empty := p.Count(t)
	f := p.visitor()
	x, y := f.share(t, "task", []byte(goodTask)), f.share(t, "pairs", []byte(goodPairs))
	for _, path := range []string{x.path, y.path} {
		if s := f.ahead(30*day-time.Hour).do(t, "GET", path, nil); s.status != 200 {
			t.Errorf("an hour before its end: %s", s)
		}
	}
	s := f.ahead(20*day).key(y.key).do(t, "POST", y.path+"/renew", nil)
	if renewed, _ := s.json["expires"].(float64); s.status != 200 || time.UnixMilli(int64(renewed)).Sub(time.UnixMilli(y.expires)).Round(day) != 20*day {
		t.Errorf("renewed: %s", s)
	}
	f.ahead(30*day+time.Hour).do(t, "GET", x.path, nil).want(t, "after its end", 404, "not_found")
	if c := p.Count(t); c.Objects != empty.Objects+1 || c.Rows != empty.Rows+1 {
		t.Errorf("who asked for what is over left %+v, of %+v", c, empty)
	}
	if s := f.ahead(49*day).do(t, "GET", y.path, nil); s.status != 200 {
		t.Errorf("renewed, 49 days later: %s", s)
	}
	p.Sweep(t, 49*day)
	if c := p.Count(t); c.Rows != empty.Rows+1 {
		t.Errorf("a sweep before the end left %+v", c)
	}
	f.ahead(51*day).key(y.key).do(t, "POST", y.path+"/renew", nil).want(t, "a renewal that is too late", 404, "not_found")
	z := f.share(t, "task", []byte(goodTask))
	p.Sweep(t, 31*day)
	if c := p.Count(t); c != empty {
		t.Errorf("a sweep left %+v of %+v", c, empty)
	}
	f.do(t, "GET", z.path, nil).want(t, "what was swept", 404, "not_found")
}

func testReport(t *testing.T, p Place) {
	f, other := p.visitor(), p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	for _, bad := range []string{``, `{}x`, `{"reason":"a","more":1}`, `{"reason":"` + strings.Repeat("a", 501) + `"}`, `{"reason":"a\u0000"}`, strings.Repeat("a", 5000)} {
		if s := other.do(t, "POST", x.path+"/report", []byte(bad)); s.status < 400 || s.status > 422 {
			t.Errorf("the report %.30q: %s", bad, s)
		}
	}
	if s := f.do(t, "GET", x.path, nil); s.status != 200 {
		t.Errorf("a report that is none hides: %s", s)
	}
	if s := other.do(t, "POST", x.path+"/report", []byte(`{"reason":"It is <b>rude</b>."}`)); s.status != 200 || s.json["hidden"] != true {
		t.Fatalf("a report: %s", s)
	}
	for _, who := range []from{f, f.key(x.key), other} {
		who.do(t, "GET", x.path, nil).want(t, "what is hidden", 410, "hidden")
		who.do(t, "GET", x.path+"/about", nil).want(t, "about what is hidden", 410, "hidden")
	}
	f.key(x.key).do(t, "POST", x.path+"/renew", nil).want(t, "its owner renews it", 410, "hidden")
	f.do(t, "GET", x.path, nil).want(t, "and it is shown", 410, "hidden")
	p.Show(t, x.id)
	if s := f.do(t, "GET", x.path, nil); s.status != 200 {
		t.Errorf("whoever runs the server shows it again: %s", s)
	}
	other.do(t, "POST", x.path+"/report", []byte(`{"reason":""}`))
	f.gone(t, x)
	other.do(t, "POST", x.path+"/report", []byte(`{"reason":"again"}`)).want(t, "a report of what is gone", 404, "not_found")
}

func testLimits(t *testing.T, p Place) {
	f := p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	for _, c := range []struct {
		what    string
		most    int
		quick   bool
		request func(from) said
	}{
		{"puts", 60, false, func(f from) said { return f.put(t, "diary", []byte("dear")) }},
		{"classes", 20, false, func(f from) said { return f.with("Content-Length", "0").do(t, "POST", "/api/class", nil) }},
		{"reports", 20, false, func(f from) said { return f.do(t, "POST", x.path+"/report", []byte(`{`)) }},
		{"guesses of ids", 120, false, func(f from) said { return f.do(t, "GET", "/api/share/"+strings.Repeat("a", 26)+"/about", nil) }},
		{"guesses of codes", 120, true, func(f from) said { return f.do(t, "GET", "/api/class/222222", nil) }},
		{"guesses of keys", 120, true, func(f from) said { return f.key(strings.Repeat("a", 26)).do(t, "DELETE", x.path, nil) }},
		{"reads", 600, true, func(f from) said { return f.do(t, "GET", x.path, nil) }},
		{"results", 600, true, func(f from) said { return f.do(t, "POST", "/api/class/22/result", nil) }},
	} {
		if c.quick && !p.Quick {
			continue
		}
		f := p.visitor()
		for i := range c.most {
			if s := c.request(f); s.status == 429 && c.what != "results" { // of which wrong codes are guesses too
				t.Errorf("%s: number %d: %s", c.what, i+1, s)
				break
			}
		}
		s := c.request(f)
		if s.want(t, c.what, 429, "too_many"); s.header.Get("Retry-After") == "" {
			t.Errorf("%s: it is not said for how long", c.what)
		}
		if s := c.request(p.visitor()); s.status == 429 {
			t.Errorf("%s: another address hears %s", c.what, s)
		}
		if s := c.request(f.ahead(time.Hour)); s.status == 429 {
			t.Errorf("%s: an hour later: %s", c.what, s)
		}
	}
	f.gone(t, x)
	p.Sweep(t, 31*day) // the classes
}

func testGuesses(t *testing.T, p Place) {
	f := p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	last := x.id[:25] + string(x.id[25]+1) // says the same 128 bits, if it says any
	for _, id := range []string{strings.Repeat("a", 26), strings.ToUpper(x.id), x.id[:25], x.id + "a", last, x.id[1:] + x.id[:1], "*", "%25", "%00", "..%2fshare.db",
		"..%5cshare.db", x.id + "%00", x.id + ".part", "'%20OR%20'1'='1", "x%22%20OR%201=1--"} {
		s := f.do(t, "GET", "/api/share/"+id, nil)
		if s.status != 404 || bytes.Contains(s.body, []byte("prompt")) {
			t.Errorf("the id %s: %s", id, s)
		}
	}
	f.gone(t, x)
}

func testKeys(t *testing.T, p Place) {
	f := p.visitor()
	x, y := f.share(t, "task", []byte(goodTask)), f.share(t, "task", []byte(goodTask))
	for name, c := range map[string]struct {
		header, code string
		status       int
	}{
		"no key": {"", "no_key", 401}, "another's key": {"Bearer " + y.key, "wrong_key", 403}, "its id": {"Bearer " + x.id, "wrong_key", 403},
		"its key in capitals": {"Bearer " + strings.ToUpper(x.key), "wrong_key", 403}, "half its key": {"Bearer " + x.key[:13], "wrong_key", 403},
		"its key as a password": {"Basic " + x.key, "no_key", 401}, "everything": {"Bearer %", "wrong_key", 403}, "an empty key": {"Bearer ", "no_key", 401},
	} {
		asks := f
		if c.header != "" {
			asks = f.with("Authorization", c.header)
		}
		for method, path := range map[string]string{"DELETE": x.path, "POST": x.path + "/renew"} {
			s := asks.do(t, method, path, nil)
			if c.header == "Bearer " { // whose space the way here may take away
				if s.status != 401 && s.status != 403 {
					t.Errorf("%s: %s", name, s)
				}
				continue
			}
			s.want(t, method+" with "+name, c.status, c.code)
		}
	}
	f.gone(t, x)
	f.key(x.key).do(t, "DELETE", y.path, nil).want(t, "a key again, elsewhere", 403, "wrong_key")
	f.gone(t, y)
}

func testCrossOrigin(t *testing.T, p Place) {
	f := p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	for name, headers := range map[string][2]string{
		"another site":     {"Origin", "https://example.com"},
		"another port":     {"Origin", "http://127.0.0.1:1"},
		"a file":           {"Origin", "null"},
		"what Chrome says": {"Sec-Fetch-Site", "cross-site"},
		"a site beside":    {"Sec-Fetch-Site", "same-site"},
	} {
		from := f.with(headers[0], headers[1])
		from.put(t, "task", []byte(goodTask)).want(t, "a put from "+name, 403, "cross_origin")
		from.do(t, "POST", "/api/class", nil).want(t, "a class from "+name, 403, "cross_origin")
		from.do(t, "POST", x.path+"/report", []byte(`{"reason":""}`)).want(t, "a report from "+name, 403, "cross_origin")
		from.key(x.key).do(t, "DELETE", x.path, nil).want(t, "a delete from "+name, 403, "cross_origin")
	}
	if s := f.with("Origin", "https://example.com").with("Access-Control-Request-Method", "POST").do(t, "OPTIONS", "/api/share", nil); s.status < 400 {
		t.Errorf("a question whether one may: %s", s)
	}
	same := f.with("Origin", p.URL).with("Sec-Fetch-Site", "same-origin")
	y := same.share(t, "task", []byte(goodTask))
	same.gone(t, y)
	f.gone(t, x)
}

func testOff(t *testing.T, p Place) {
	f := p.visitor()
	x := f.share(t, "task", []byte(goodTask))
	c := f.class(t)
	off := f.with(ClosedHeader, "1")
	if s := off.do(t, "GET", "/api/", nil); s.json["uploads"] != false || s.json["share"] != true {
		t.Errorf("what it is: %s", s)
	}
	off.put(t, "task", []byte(goodTask)).want(t, "a put", 503, "uploads_off")
	off.do(t, "POST", "/api/class", nil).want(t, "a class", 503, "uploads_off")
	off.do(t, "POST", c.path+"/result", inJSON(t, aResult(1))).want(t, "a result", 503, "uploads_off")
	if s := off.do(t, "GET", x.path, nil); s.status != 200 {
		t.Errorf("what is there: %s", s)
	}
	off.gone(t, x)
	off.end(t, c)
}
