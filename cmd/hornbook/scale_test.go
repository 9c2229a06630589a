package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hornbook/model/data/village"
	"hornbook/model/scale"
)

// smallLadder are flags of a ladder that takes seconds.
var smallLadder = []string{"-ratio", "0.5", "-seeds", "1", "-ops", "8e9", "-ranks", "1"}

func scaled(t *testing.T, text, dir string, more ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(append(append([]string{"scale", "-text", text, "-out", dir}, smallLadder...), more...), &o, &e)
	return status, o.String(), e.String()
}

func villageFile(t *testing.T, size int) string {
	path := filepath.Join(t.TempDir(), "tales.txt")
	if err := os.WriteFile(path, village.Text(1, size), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScale climbs a ladder of tiny models up to the forecast, goes on with the test,
// and finds all of it in its files.
func TestScale(t *testing.T) {
	text, dir := villageFile(t, 60_000), filepath.Join(t.TempDir(), "ladder")
	status, out, errs := scaled(t, text, dir, "-test=false")
	if status != 0 || !strings.Contains(out, "Forecast for the next size") || strings.Contains(out, "The test") {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	var first, then ladderFile
	readJSON(t, filepath.Join(dir, "scale.json"), &first)
	if first.Forecast == nil || first.Tested != nil || len(first.Runs) != 3 {
		t.Fatalf("a forecast is %+v", first)
	}
	before, _ := os.Stat(filepath.Join(dir, first.Runs[0].Folder, "run.json"))
	var o, e bytes.Buffer
	if status := run([]string{"scale", "-text", text, "-out", dir, "-ranks", "1"}, &o, &e); status != 0 || !strings.Contains(o.String(), "The test") {
		t.Fatalf("going on: status %d\n%s%s", status, o.String(), e.String())
	}
	readJSON(t, filepath.Join(dir, "scale.json"), &then)
	if after, _ := os.Stat(filepath.Join(dir, first.Runs[0].Folder, "run.json")); !after.ModTime().Equal(before.ModTime()) {
		t.Error("a run that was over was trained again")
	}
	if then.Tested == nil || then.Holds == nil || *then.Holds != then.Forecast.Holds(then.Tested.Loss) || *then.Forecast != *first.Forecast {
		t.Errorf("after the test: %+v", then)
	}
	checkLadderFiles(t, dir, then)
}

// checkLadderFiles reads the table and the picture.
func checkLadderFiles(t *testing.T, dir string, l ladderFile) {
	file, err := os.Open(filepath.Join(dir, "scale.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 1+len(l.Runs)+2 {
		t.Errorf("the table has %d rows: %v", len(rows), err)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "scale.svg"))
	if err != nil || bytes.Count(picture, []byte("<circle")) != len(l.Runs)+3+2 || bytes.Contains(picture, []byte("%!")) || bytes.Contains(picture, []byte("NaN")) {
		t.Errorf("the picture: %v\n%s", err, picture)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestScaleRefuses has wrong flags, texts and folders told.
func TestScaleRefuses(t *testing.T) {
	text := villageFile(t, 60_000)
	dir := filepath.Join(t.TempDir(), "ladder")
	for name, one := range map[string]struct {
		args []string
		says string
	}{
		"no text":            {[]string{"-out", dir}, "-text FILE"},
		"no folder":          {[]string{"-text", text}, "-out DIR"},
		"two sizes":          {[]string{"-text", text, "-out", dir, "-sizes", "2"}, "-sizes 2"},
		"no seed":            {[]string{"-text", text, "-out", dir, "-seeds", "0"}, "-seeds 0"},
		"no time":            {[]string{"-text", text, "-out", dir, "-budget", "0"}, "-budget 0"},
		"a budget of NaN":    {[]string{"-text", text, "-out", dir, "-budget", "NaN"}, "-budget NaN"},
		"a short text":       {[]string{"-text", text, "-out", dir}, "needs 15"},
		"too little time":    {append(append([]string{"-text", text, "-out", dir}, smallLadder...), "-ops", "1e6"), "-ops"},
		"workers below none": {[]string{"-text", text, "-out", dir, "-ranks", "-1"}, "-ranks -1"},
	} {
		var o, e bytes.Buffer
		if status := run(append([]string{"scale"}, one.args...), &o, &e); status == 0 || !strings.Contains(e.String(), one.says) {
			t.Errorf("%s: status %d, %s", name, status, e.String())
		}
	}
	var kept ladderFile
	of := scale.TextOf(60_000, 60, 60_000)
	p, err := scale.New(of, 3, 1, 0.5, 1e12)
	if err != nil {
		t.Fatal(err)
	}
	kept.Plan, kept.Text, kept.TextSHA256 = p, "another.txt", "0"
	content, _ := json.Marshal(kept)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "scale.json"), content, 0o666); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := scaled(t, text, dir); status == 0 || !strings.Contains(errs, "another.txt") {
		t.Errorf("another text: status %d, %s", status, errs)
	}
}

// TestScaleStops begins no run once it was asked to end, as when that came while the run
// before ended by itself.
func TestScaleStops(t *testing.T) {
	text, dir := villageFile(t, 60_000), filepath.Join(t.TempDir(), "ladder")
	f := addScaleFlags(flag.NewFlagSet("scale", flag.ContinueOnError))
	if err := parse(f.FlagSet, append([]string{"-text", text, "-out", dir}, smallLadder...), io.Discard); err != nil {
		t.Fatal(err)
	}
	read, err := texts(f.data, "", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l := &ladder{ctx: ctx, stop: func() {}, dir: dir, text: read, ranks: 1, out: io.Discard, errs: io.Discard}
	if err := l.plan(f); err != nil {
		t.Fatal(err)
	}
	if err := l.climb(); err == nil || !strings.Contains(err.Error(), "the same command goes on") {
		t.Errorf("asked to end, it says %v", err)
	}
	if runs, _ := filepath.Glob(filepath.Join(dir, "width-*")); len(runs) > 0 {
		t.Errorf("asked to end, it began %v", runs)
	}
}
