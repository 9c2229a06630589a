package sharetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hornbook/model/recipe"
	"hornbook/web/handin"
	"hornbook/web/share"
)

// class is one that was opened.
type class struct{ path, code, key string }

var codes = regexp.MustCompile(`^[2-9A-HJKMNP-Z]{6}$`)

func (f from) class(t testing.TB) class {
	t.Helper()
	s := f.do(t, "POST", "/api/class", nil)
	if s.status != 201 || !codes.MatchString(s.text("code")) || !share.ValidID(s.text("key")) {
		t.Fatalf("open a class: %s", s)
	}
	return class{"/api/class/" + s.text("code"), s.text("code"), s.text("key")}
}

// end deletes a class.
func (f from) end(t testing.TB, c class) {
	t.Helper()
	if s := f.key(c.key).do(t, "DELETE", c.path, nil); s.status != 204 {
		t.Fatalf("delete a class: %s", s)
	}
	f.do(t, "GET", c.path, nil).want(t, "a class that is gone", 404, "no_class")
}

// aResult is the i-th pupil's.
func aResult(i int) handin.Result {
	return handin.Result{Nickname: fmt.Sprintf("Pupil %d", i), Objective: recipe.LM, Preset: "tiny", Settings: map[string]string{"steps": fmt.Sprint(100 + i)},
		Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 2 + float64(i)/100}}, Samples: []string{"Once upon a time", "日本 é 🙂 مرحبا"},
		Strip: []float64{1, 0.5}, Curve: [][2]float64{{0, 4.5}, {100, 2 + float64(i)/100}}}
}

// onBoard is what the board shows.
type onBoard struct {
	Open    bool     `json:"open"`
	Expires int64    `json:"expires"`
	Next    int64    `json:"next"`
	IDs     []string `json:"ids"`
	Results []struct {
		N      int64         `json:"n"`
		ID     string        `json:"id"`
		At     int64         `json:"at"`
		Result handin.Result `json:"result"`
	} `json:"results"`
}

func (f from) board(t testing.TB, c class, after int64) (b onBoard) {
	t.Helper()
	s := f.key(c.key).do(t, "GET", fmt.Sprintf("%s/results?after=%d", c.path, after), nil)
	dec := json.NewDecoder(bytes.NewReader(s.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil || s.status != 200 {
		t.Fatalf("the board: %s, %v", s, err)
	}
	return b
}

func (f from) send(t testing.TB, c class, result handin.Result) (id, key string) {
	t.Helper()
	s := f.do(t, "POST", c.path+"/result", inJSON(t, result))
	if s.status != 201 || !share.ValidID(s.text("id")) || !share.ValidID(s.text("key")) {
		t.Fatalf("send a result: %s", s)
	}
	return s.text("id"), s.text("key")
}

func testClass(t *testing.T, p Place) {
	f, pupil := p.visitor(), p.visitor()
	c, other := f.class(t), f.class(t)
	if s := pupil.do(t, "GET", strings.ToLower(c.path), nil); s.status != 200 || s.json["open"] != true {
		t.Errorf("its code in small letters: %s", s)
	}
	for _, code := range []string{"222222", "22222", "2222222", "O0I1L1", "%25%25%25", "......", c.code + "%20"} {
		pupil.do(t, "GET", "/api/class/"+code, nil).want(t, "the code "+code, 404, "no_class")
	}
	for _, key := range []string{other.key, c.code, ""} {
		for method, path := range map[string]string{"GET": "/results", "POST": "/close", "DELETE": ""} {
			if s := pupil.key(key).do(t, method, c.path+path, nil); s.status != 401 && s.status != 403 {
				t.Errorf("%s%s with the key %q: %s", method, path, key, s)
			}
		}
	}
	id, key := pupil.send(t, c, aResult(1))
	pupil.send(t, c, aResult(2))
	b := f.board(t, c, 0)
	if len(b.Results) != 2 || !b.Open || b.Results[0].Result.Nickname != "Pupil 1" || b.Results[0].ID != id || b.Next != b.Results[1].N || len(b.IDs) != 2 {
		t.Fatalf("the board shows %+v", b)
	}
	if got, want := inJSON(t, b.Results[0].Result), inJSON(t, aResult(1)); !bytes.Equal(got, want) {
		t.Errorf("a result came as %s, was %s", got, want)
	}
	if again := f.board(t, c, b.Next); len(again.Results) != 0 || again.Next != b.Next || len(again.IDs) != 2 {
		t.Errorf("the board after all: %+v", again)
	}
	if theirs := f.board(t, other, 0); len(theirs.IDs) != 0 {
		t.Errorf("another class shows %+v", theirs)
	}
	_, key2 := pupil.send(t, c, aResult(3))
	pupil.key(key2).do(t, "DELETE", c.path+"/result/"+id, nil).want(t, "another pupil's key", 403, "wrong_key")
	pupil.key(key).do(t, "DELETE", other.path+"/result/"+id, nil).want(t, "in another class", 404, "not_found")
	if s := pupil.key(key).do(t, "DELETE", c.path+"/result/"+id, nil); s.status != 204 {
		t.Errorf("a pupil takes it back: %s", s)
	}
	pupil.key(key).do(t, "DELETE", c.path+"/result/"+id, nil).want(t, "and again", 404, "not_found")
	b = f.board(t, c, b.Next)
	if len(b.Results) != 1 || b.Results[0].Result.Nickname != "Pupil 3" || len(b.IDs) != 2 || slices.Contains(b.IDs, id) {
		t.Errorf("the board then shows %+v", b)
	}
	if s := f.key(c.key).do(t, "DELETE", c.path+"/result/"+b.IDs[0], nil); s.status != 204 {
		t.Errorf("a teacher takes one away: %s", s)
	}
	if s := f.key(c.key).do(t, "POST", c.path+"/close", nil); s.status != 200 || s.json["open"] != false {
		t.Errorf("close: %s", s)
	}
	pupil.do(t, "POST", c.path+"/result", inJSON(t, aResult(4))).want(t, "a result for a closed class", 409, "closed")
	if s := pupil.do(t, "GET", c.path, nil); s.json["open"] != false {
		t.Errorf("a closed class: %s", s)
	}
	f.key(c.key).do(t, "POST", c.path+"/open", nil)
	pupil.send(t, c, aResult(5))
	f.end(t, c)
	pupil.do(t, "POST", c.path+"/result", inJSON(t, aResult(6))).want(t, "a result for a class that is gone", 404, "no_class")
	f.key(c.key).do(t, "DELETE", c.path, nil).want(t, "a delete again", 404, "no_class")
	f.end(t, other)
}

func testBadResults(t *testing.T, p Place) {
	f := p.visitor()
	c := f.class(t)
	change := func(do func(*handin.Result)) string {
		r := aResult(1)
		do(&r)
		return string(inJSON(t, r))
	}
	good := string(inJSON(t, aResult(1)))
	for name, body := range map[string]string{
		"text": "a diary", "a list": "[]", "two": good + good, "half": good[:len(good)/2],
		"a field more":        strings.Replace(good, "{", `{"email":"a@example.com",`, 1),
		"a deep one":          strings.Repeat(`{"settings":`, 900),
		"a deep list":         strings.Repeat("[", 16<<10),
		"a long nickname":     change(func(r *handin.Result) { r.Nickname = strings.Repeat("é", 25) }),
		"a nickname's line":   change(func(r *handin.Result) { r.Nickname = "a\nb" }),
		"a turned nickname":   change(func(r *handin.Result) { r.Nickname = "a\u202Eb" }),
		"no objective":        change(func(r *handin.Result) { r.Objective = "" }),
		"a script":            change(func(r *handin.Result) { r.Objective = "<script>" }),
		"a script for preset": change(func(r *handin.Result) { r.Preset = "<script>" }),
		"no measures":         change(func(r *handin.Result) { r.Measures = nil }),
		"a measure's script":  change(func(r *handin.Result) { r.Measures[0].Name = "<img>" }),
		"a loss of 1e300":     change(func(r *handin.Result) { r.Measures[0].Value = 1e300 }),
		"a loss of text":      strings.Replace(good, `"val_loss":2.01`, `"val_loss":"2.01"`, 1),
		"a setting's script":  change(func(r *handin.Result) { r.Settings = map[string]string{"<b>": "1"} }),
		"a long setting":      change(func(r *handin.Result) { r.Settings = map[string]string{"a": strings.Repeat("1", 101)} }),
		"eleven samples":      change(func(r *handin.Result) { r.Samples = make([]string, 11) }),
		"a long sample":       change(func(r *handin.Result) { r.Samples = []string{strings.Repeat("a", 401)} }),
		"a sample's bell":     change(func(r *handin.Result) { r.Samples = []string{"\a"} }),
		"a long strip":        change(func(r *handin.Result) { r.Strip = make([]float64, 65) }),
		"a long curve":        change(func(r *handin.Result) { r.Curve = make([][2]float64, 301) }),
		"a curve of 1e300":    change(func(r *handin.Result) { r.Curve = [][2]float64{{1, 1e300}} }),
	} {
		f.do(t, "POST", c.path+"/result", []byte(body)).want(t, name, 422, "unfit")
	}
	f.do(t, "POST", c.path+"/result", bytes.Repeat([]byte(" "), 16<<10+1)).want(t, "17 kB", 413, "too_long")
	f.do(t, "POST", c.path+"/result", nil).want(t, "nothing", 400, "wrong_length")
	if b := f.board(t, c, 0); len(b.IDs) != 0 {
		t.Errorf("the board shows %+v", b)
	}
	f.end(t, c)
}

// testScripts sends what would be a program if somebody took it for a page.
func testScripts(t *testing.T, p Place) {
	f := p.visitor()
	c := f.class(t)
	r := aResult(1)
	r.Nickname, r.Samples = "<script>a()</script>", []string{"<img src=x onerror=alert(1)>", `"><script>alert(1)</script>`, "=HYPERLINK(1)", "</script>'"}
	f.send(t, c, r)
	s := f.key(c.key).do(t, "GET", c.path+"/results", nil)
	if bytes.ContainsAny(s.body, "<>") || s.header.Get("Content-Type") != "application/json" {
		t.Errorf("scripts come back as they were, as %s: %s", s.header.Get("Content-Type"), s)
	}
	if b := f.board(t, c, 0); b.Results[0].Result.Nickname != r.Nickname || !slices.Equal(b.Results[0].Result.Samples, r.Samples) {
		t.Errorf("the board shows %+v", b)
	}
	x := f.share(t, "task", []byte(`{"prompt":"<script>alert(1)</script>","answer":"<b>"}`))
	got := f.do(t, "GET", x.path, nil)
	if got.header.Get("Content-Type") != "application/octet-stream" || got.header.Get("Content-Disposition") != `attachment; filename="hornbook-task"` {
		t.Errorf("a task with a script comes as %v", got.header)
	}
	for _, path := range []string{"/api/share/%3Cscript%3E", "/api/%3Cscript%3E", "/api/class/%3Cimg%3E"} {
		if s := f.do(t, "GET", path, nil); bytes.ContainsAny(s.body, "<>") {
			t.Errorf("%s is said again: %s", path, s)
		}
	}
	f.gone(t, x)
	f.end(t, c)
}

// testThirty is a lesson: thirty pupils behind one address send within a minute, some
// of them twice, while the teacher looks at the board.
func testThirty(t *testing.T, p Place) {
	teacher, school := p.visitor(), p.visitor()
	c := teacher.class(t)
	began := time.Now()
	sent := make([]map[string]handin.Result, 30)
	var seen []string
	var next int64
	look := func() {
		b := teacher.board(t, c, next)
		for _, r := range b.Results {
			seen = append(seen, r.ID)
		}
		next = b.Next
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		together(30, func(i int) {
			sent[i] = map[string]handin.Result{}
			for range 1 + i%2 {
				id, _ := school.send(t, c, aResult(i))
				sent[i][id] = aResult(i)
			}
		})
	}()
	for running := true; running; {
		select {
		case <-finished:
			running = false
		default:
		}
		look()
	}
	t.Logf("45 results in %v", time.Since(began).Round(time.Millisecond))
	b := teacher.board(t, c, 0)
	if len(b.Results) != 45 || len(seen) != 45 || len(b.IDs) != 45 {
		t.Errorf("the board has %d results, showed %d one by one, lists %d; 45 were sent", len(b.Results), len(seen), len(b.IDs))
	}
	for _, r := range b.Results {
		if !slices.Contains(seen, r.ID) {
			t.Errorf("%s was not shown while it came", r.ID)
		}
		found := slices.IndexFunc(sent, func(list map[string]handin.Result) bool { _, has := list[r.ID]; return has })
		if found < 0 || !bytes.Equal(inJSON(t, sent[found][r.ID]), inJSON(t, r.Result)) {
			t.Errorf("the board shows %+v, which nobody sent", r)
		}
	}
	teacher.end(t, c)
}

// testClosing closes a class while results come: what was taken is on the board, what
// was refused is not.
func testClosing(t *testing.T, p Place) {
	f := p.visitor()
	c := f.class(t)
	taken := make([]string, 12)
	together(len(taken), func(i int) {
		if i == 6 {
			f.key(c.key).do(t, "POST", c.path+"/close", nil)
			return
		}
		s := f.do(t, "POST", c.path+"/result", inJSON(t, aResult(i)))
		if taken[i] = s.text("id"); s.status != 201 {
			s.want(t, "after the end", 409, "closed")
		}
	})
	b := f.board(t, c, 0)
	taken = slices.DeleteFunc(taken, func(id string) bool { return id == "" })
	slices.Sort(taken)
	if slices.Sort(b.IDs); !slices.Equal(b.IDs, taken) || b.Open {
		t.Errorf("the board has %v, told of %v", b.IDs, taken)
	}
	f.end(t, c)
}

func testClassExpiry(t *testing.T, p Place) {
	f := p.visitor()
	c := f.class(t)
	f.send(t, c, aResult(1))
	late := f.ahead(30*day + time.Hour)
	late.do(t, "GET", c.path, nil).want(t, "a class that is over", 404, "no_class")
	late.do(t, "POST", c.path+"/result", inJSON(t, aResult(2))).want(t, "a result for it", 404, "no_class")
	if b := f.ahead(29*day).board(t, c, 0); len(b.IDs) != 1 {
		t.Errorf("a day before: %+v", b)
	}
	p.Sweep(t, 31*day)
	f.do(t, "GET", c.path, nil).want(t, "a class that was swept", 404, "no_class")
}
