package sharetest

import (
	"bytes"
	"encoding/json"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// aRun is a small one with all that a folder can hold.
func aRun(t testing.TB) checkpoint.Run { return checkpointtest.Full(t) }

// goodModel is a run's zip as it is shared.
func goodModel(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := exchange.ZipShared(&out, aRun(t)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// largeModel is one of some megabytes.
func largeModel(t testing.TB) []byte {
	t.Helper()
	shape := checkpointtest.Forms["llama"]
	shape.Channels, shape.Hidden, shape.Layers, shape.Heads, shape.KVHeads = 128, 512, 4, 4, 4
	var out bytes.Buffer
	if err := exchange.ZipShared(&out, checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// adapted is a run with an adapter.
func adapted(t testing.TB) checkpoint.Run {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], checkpointtest.Chars(t))
	run.Recipe.SetMethod(recipe.Lora)
	run.Recipe.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 6, Targets: "output,up,down"}
	run.Model.Adapt(run.Recipe.Tuning.LoRA)
	run.Model.InitAdapter(3)
	return run
}

func goodAdapter(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := exchange.ZipAdapter(&out, adapted(t)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// outcome is what came of a run.
func outcome() protocol.Outcome {
	return protocol.Outcome{Objective: recipe.SFT, Method: recipe.Full, Tokens: 1000, FLOPs: 2e9, Seconds: 3.5,
		Before: protocol.Moment{Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 2.5}}},
		After:  protocol.Moment{Step: 100, Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 1.5}, {Name: recipe.PassAt1, Value: 0.25}}}}
}

// inJSON is a value as JSON.
func inJSON(t testing.TB, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const (
	goodTask  = `{"prompt":"2 + 3","answer":"5"}` + "\n" + `{"prompt":"2 + 4","answer":"6"}` + "\n"
	goodPairs = `{"prompt":"The sky is","chosen":" blue.","rejected":" green."}` + "\n"
)

// goodThings are one of each kind.
func goodThings(t testing.TB) map[string][]byte {
	return map[string][]byte{"model": goodModel(t), "adapter": goodAdapter(t), "card": inJSON(t, outcome()), "task": []byte(goodTask), "pairs": []byte(goodPairs)}
}
