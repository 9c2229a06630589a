package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"runtime/debug"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// version is that of run.json, which had no objectives but lm and sft up to the third.
// The first had only the recipe, the losses, and
// weights under our own names; the second named a method in place of the
// recipe's objective, what trains, and from where, and losses in place of
// measures, as the first folders of version 3 did. All can still be read, a newer one
// is refused.
// What a model came with (papers) is of the fifth; folders without are written as the fourth.
const version = 5

// manifest is run.json.
type manifest struct {
	Version    int               `json:"version"`
	Hornbook   string            `json:"hornbook"` // that wrote it
	Name       string            `json:"name"`
	Recipe     recipe.Recipe     `json:"recipe"`
	Step       int               `json:"step"`
	Tokens     int               `json:"tokens"`
	Written    int               `json:"written,omitzero"`
	Seconds    float64           `json:"seconds"`
	Measures   recipe.Measures   `json:"measures,omitempty"`
	Text       string            `json:"text"`
	TextSHA256 string            `json:"text_sha256"`
	TextBytes  int               `json:"text_bytes"`
	Old        string            `json:"old,omitempty"`
	OldSHA256  string            `json:"old_sha256,omitempty"`
	Ranks      int               `json:"ranks"`
	Backend    string            `json:"backend"`
	Fused      bool              `json:"fused"`
	State      string            `json:"state"`
	Best       *bestManifest     `json:"best,omitempty"`
	From       *Origin           `json:"from,omitempty"`
	Teacher    *Origin           `json:"teacher,omitempty"`
	Questions  []recipe.Question `json:"questions,omitempty"`
	Tally      []float64         `json:"tally,omitempty"`
	Papers     []string          `json:"papers,omitempty"` // files that the model came with
	SHA256     map[string]string `json:"sha256"`           // of the other files, by name
}

type bestManifest struct {
	Step  int     `json:"step"`
	Loss  float64 `json:"loss"`
	Stale int     `json:"stale"` // evaluations since
}

// manifestOf is run's, without the sums of its files.
func manifestOf(run Run) manifest {
	d := manifest{
		Version: 4, Hornbook: hornbookVersion(), Name: run.Name, Recipe: run.Recipe, Step: run.Step, Tokens: run.Tokens,
		Seconds: finite(run.Seconds), Measures: run.Measures,
		Text: run.Text, TextSHA256: run.TextSHA256, TextBytes: run.TextBytes, Old: run.Old, OldSHA256: run.OldSHA256,
		Ranks: run.Ranks, Backend: run.Backend, Fused: run.Fused, State: run.State, From: run.From, SHA256: map[string]string{},
		Written: run.Written, Teacher: run.Teacher, Questions: run.Questions, Tally: run.Tally,
	}
	if d.Papers = run.Papers.Names(); len(d.Papers) > 0 {
		d.Version = version
	}
	if run.Best != nil {
		d.Best = &bestManifest{run.Best.Step, finite(run.Best.Loss), run.Stale}
	}
	return d
}

// run is what the manifest says of a run.
func (d manifest) run() Run {
	return Run{
		Name: d.Name, Recipe: d.Recipe, Step: d.Step, Tokens: d.Tokens, Seconds: d.Seconds, Measures: d.Measures,
		Text: d.Text, TextSHA256: d.TextSHA256, TextBytes: d.TextBytes, Old: d.Old, OldSHA256: d.OldSHA256,
		Ranks: d.Ranks, Backend: d.Backend, Fused: d.Fused, State: d.State, From: d.From,
		Written: d.Written, Teacher: d.Teacher, Questions: d.Questions, Tally: d.Tally,
	}
}

// finite is x, or 0 for what JSON cannot say.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// hornbookVersion is the version of the module that this program was built of.
func hornbookVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// readManifest reads run.json and checks all that it says.
func readManifest(fsys fs.FS) (manifest, error) {
	text, err := format.Whole(fsys, RunFile, format.MaxJSON)
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{}, &format.Problem{Kind: format.NotModel, File: RunFile, What: "it is missing: there is no saved model here", Err: err}
	}
	if err != nil {
		return manifest{}, err
	}
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return manifest{}, format.Unreadable(RunFile, err)
	}
	if head.Version < 1 || head.Version > version {
		return manifest{}, format.Wrong(format.Unsupported, RunFile, "it is of version %d, and this Hornbook knows version 1 to %d; use the Hornbook that saved it", head.Version, version)
	}
	d, err := decodeManifest(text, head.Version)
	if err != nil {
		return manifest{}, format.Unreadable(RunFile, err)
	}
	if err := CheckRecipe(d.Recipe); err != nil {
		return manifest{}, format.Unreadable(RunFile, err)
	}
	if d.Recipe.Model.Vocab < 1 {
		return manifest{}, format.Unreadable(RunFile, errors.New("its model has no vocabulary"))
	}
	if d.Step < 0 || d.Tokens < 0 || d.Written < 0 || len(d.Questions) > recipe.MostQuestions || d.Best != nil && (d.Best.Step < 0 || d.Best.Stale < 0) {
		return manifest{}, format.Unreadable(RunFile, errors.New("it counts steps or tokens below zero"))
	}
	if _, has := d.SHA256[layout.AdapterFile]; has != (d.Recipe.Trains == recipe.Adapter) {
		return manifest{}, format.Wrong(format.Damaged, RunFile, "it trains %q, but whether there is an adapter (%t) says otherwise; use another copy of the model", d.Recipe.Trains, has)
	}
	return d, nil
}

// decodeManifest reads run.json of a version.
func decodeManifest(text []byte, version int) (d manifest, err error) {
	strict := func(into any) error {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		return dec.Decode(into)
	}
	if version > 2 {
		var now struct {
			manifest
			losses
		}
		err = strict(&now)
		d = now.manifest
		d.Measures = now.measures(d.Measures)
		return d, err
	}
	var old struct {
		manifest
		losses
		Recipe struct {
			recipe.Recipe
			Method string `json:"method"`
		} `json:"recipe"`
	}
	err = strict(&old)
	d, d.Recipe = old.manifest, old.Recipe.Recipe
	d.Measures = old.measures(nil)
	d.Recipe.Objective = recipe.LM
	d.Recipe.SetMethod(old.Recipe.Method)
	return d, err
}

// CheckRecipe is r.Check in the words of one who reads it.
func CheckRecipe(r recipe.Recipe) error {
	if err := r.Check(); err != nil {
		return fmt.Errorf("what it says of the model is impossible: %w", err)
	}
	return nil
}
