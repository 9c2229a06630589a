package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	rows := []row{{"ready, s", "ready", "%.2f"}, {"moved", "shift", "%.1f"}}
	pages := []*page{{folder: "before"}, {folder: "after"}}
	three := []visit{{"ready": 3, "shift": 0.1}, {"ready": 1, "shift": 0.1}, {"ready": 2.5, "shift": 0.1}}
	two := []visit{{"ready": 2}, {"ready": 1}}
	var b strings.Builder
	if err := table(&b, pages, []part{{"First visit", rows, [][]visit{three, two}}, {"Not made", rows, [][]visit{nil, nil}}, {"Ended", rows[:1], [][]visit{two, nil}}}); err != nil {
		t.Fatal(err)
	}
	want := `
| First visit | before | after |
|---|--:|--:|
| ready, s | 2.50 (1.00–3.00) | 1.50 (1.00–2.00) |
| moved | 0.1 | 0.0 |

| Ended | before | after |
|---|--:|--:|
| ready, s | 1.50 (1.00–2.00) | – |
`
	if b.String() != want {
		t.Errorf("it says%s", b.String())
	}
}

func TestName(t *testing.T) {
	for folder, want := range map[string]string{"static/dist": "static-dist", "../before/static/dist": "before-static-dist"} {
		if got := (&page{folder: folder}).name(); got != want {
			t.Errorf("%s is named %q", folder, got)
		}
	}
}
