package main

import (
	"fmt"
	"testing"
)

// What a run said is found by its step and by how many questions were asked.
func TestAt(t *testing.T) {
	seen := []moment{
		{"step": "0", "measure-val-loss": "3.5", "measure-questions": "512", "measure-pass-at-1": "0.1"},
		{"step": "150", "measure-val-loss": "0.5", "measure-questions": "64", "measure-pass-at-1": "0.5"},
		{"step": "150", "measure-val-loss": "0.5", "measure-questions": "512", "measure-pass-at-1": "0.55", "at": 7.5},
		{"step": "270", "measure-val-loss": "0.4", "measure-questions": "512", "measure-pass-at-1": "0.99"},
	}
	if m := at(seen, 150, 512); m.measure("pass@1") != 0.55 || m.number("at") != 7.5 {
		t.Errorf("found %v", m)
	}
	if m := at(seen, 100, 0); m.measure("pass@1") != 0.5 {
		t.Errorf("found %v", m)
	}
	if m := at(seen, 300, 0); m.measure("pass@1") != 0 {
		t.Errorf("after the end there is %v", m)
	}
	figures := rewarded(seen, 12, 150, 512)
	if before, after := fmt.Sprintf(figures[1].form, figures[1].value), fmt.Sprintf(figures[2].form, figures[2].value); before != "55.0" || after != "99.0" {
		t.Errorf("the figures are %v", figures)
	}
}
