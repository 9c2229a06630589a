package model_test

import (
	"encoding/json"
	"os"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
)

// DeepSeek's form: logits, losses, gradients, the loads of experts and steps of training
// are those of a model in PyTorch that is written as the papers have it.
func TestDeepSeekFollowsPyTorch(t *testing.T) {
	for name, c := range deepSeekCases(t) {
		t.Run(name, func(t *testing.T) { c.follow(t) })
	}
}

func deepSeekCases(t *testing.T) map[string]goldenCase {
	t.Helper()
	text, err := os.ReadFile("testdata/deepseek.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) < 4 {
		t.Fatalf("deepseek.json has only %d cases", len(g.Cases))
	}
	return g.Cases
}

// deepSeek is a small model of the form, and the batch that its golden steps begin with.
func deepSeek(t *testing.T) (*model.GPT, data.Batch) {
	c := deepSeekCases(t)["deepseek"]
	m := model.New(cpu.New(), c.Model)
	hashWeights(m)
	return m, window(c.Model, 0, 4)
}
