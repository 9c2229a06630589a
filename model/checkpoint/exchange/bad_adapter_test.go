package exchange

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/recipe"
)

// adapted is the spoilt run with an adapter on up.
func (m *maker) adapted() checkpoint.Run {
	run := spoilt(m.t)
	run.Recipe.SetMethod(recipe.Lora)
	run.Recipe.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 6, Targets: "up"}
	run.Model.Adapt(run.Recipe.Tuning.LoRA)
	run.Model.InitAdapter(3)
	return run
}

func (m *maker) adapters() {
	files := checkpointtest.Files{}
	if err := WriteAdapter(files, m.adapted()); err != nil {
		m.t.Fatal(err)
	}
	good := fstest.MapFS(files)
	config := func(old, new string) []byte { return m.replaced(good, layout.AdapterConfigFile, old, new) }
	for name, data := range map[string][]byte{
		"adapter-rank-overflow":   config(`"r": 2`, `"r": 4611686018427387905`),
		"adapter-rank-wraps":      config(`"r": 2`, `"r": 36893488147419103233`),
		"adapter-rank-huge":       config(`"r": 2`, `"r": 1000000`),
		"adapter-rank-large":      config(`"r": 2`, `"r": 256`),
		"adapter-alpha":           config(`"lora_alpha": 6`, `"lora_alpha": -1`),
		"adapter-begun-otherwise": config(`"r": 2`, `"init_lora_weights": "pissa", "r": 2`),
		"adapter-deep":            []byte(`{"r":` + nested("[", "]") + `}`),
	} {
		m.add(name, good, map[string][]byte{layout.AdapterConfigFile: data})
	}
	weights := good[layout.AdapterFile].Data
	nan := slices.Clone(weights)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	for name, data := range map[string][]byte{
		"adapter-cut-off":          weights[:len(weights)-8],
		"adapter-nan":              nan,
		"adapter-missing-tensor":   m.replaced(good, layout.AdapterFile, "lora_B", "lora_C"),
		"adapter-of-another-shape": m.replaced(good, layout.AdapterFile, "[2,8]", "[8,2]"),
		"adapter-twice":            bytes.Replace(weights, []byte("lora_B"), []byte("lora_A"), 1),
		"adapter-weights-deep":     safetensorsOf(`{"a":`+nested("[", "]")+`}`, 0),
	} {
		m.add(name, good, map[string][]byte{layout.AdapterFile: data})
	}
}

// runs are folders of runs whose sums are right, but not what they hold.
func (m *maker) runs() {
	nan := float32(math.NaN())
	for name, spoil := range map[string]func(*checkpoint.Run){
		"run-below-zero":           func(r *checkpoint.Run) { r.Step = -1 },
		"run-best-nan":             func(r *checkpoint.Run) { r.Best.Weights[len(r.Best.Weights)-1] = nan },
		"run-moments-nan":          func(r *checkpoint.Run) { r.Moments[0].Slice(1, 1).Upload([]float32{nan}) },
		"run-with-an-adapter":      func(r *checkpoint.Run) { r.Recipe.SetMethod(recipe.Full) },
		"run-with-another-adapter": func(r *checkpoint.Run) { r.Recipe.Tuning.LoRA.Alpha = 7 },
		"run-without-its-adapter":  func(r *checkpoint.Run) { r.Model.DropAdapter() },
	} {
		run, whole := m.adapted(), checkpointtest.Full(m.t)
		if name == "run-best-nan" || name == "run-moments-nan" {
			run = spoilt(m.t)
			run.Moments = whole.Moments
			run.Best = &checkpoint.Best{Step: 8, Loss: 1.4, Weights: run.Model.Weights.Numbers()}
		}
		spoil(&run)
		m.bad[name] = checkpointtest.InMemory(m.t, run)
	}
}
