package main

import (
	"fmt"
	"testing"
)

// What a run said is found by how many questions were asked.
func TestRewarded(t *testing.T) {
	seen := []moment{
		{"step": "0", "measure-questions": "64", "measure-pass-at-1": "0.1"},
		{"step": "219", "measure-questions": "512", "measure-pass-at-1": "0.55", "at": 7.5},
		{"step": "230", "measure-questions": "64", "measure-pass-at-1": "0.5"},
		{"step": "340", "measure-questions": "512", "measure-pass-at-1": "0.99"},
	}
	if m := asked(seen, 512); m.measure("pass@1") != 0.55 || m.number("at") != 7.5 {
		t.Errorf("found %v", m)
	}
	if m := asked(seen, 100); m.measure("pass@1") != 0 {
		t.Errorf("of none there is %v", m)
	}
	figures := rewarded(seen, 12, 512)
	if before, after := fmt.Sprintf(figures[1].form, figures[1].value), fmt.Sprintf(figures[2].form, figures[2].value); before != "55.0" || after != "99.0" {
		t.Errorf("the figures are %v", figures)
	}
}
