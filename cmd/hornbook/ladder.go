package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hornbook/model/scale"
)

// ladderFile is scale.json: the plan, and what came of it so far.
type ladderFile struct {
	Text       string          `json:"text"`
	TextSHA256 string          `json:"text_sha256"`
	Plan       scale.Plan      `json:"plan"`
	Runs       []ladderRun     `json:"runs,omitempty"`
	Exponent   float64         `json:"exponent,omitempty"` // of the law that the runs speak for
	Floor      float64         `json:"floor,omitempty"`
	Noise      float64         `json:"noise,omitempty"` // between runs that differ in their seed
	Ruler      float64         `json:"ruler,omitempty"` // what a straight line says of the next size
	Forecast   *scale.Forecast `json:"forecast,omitempty"`
	Tested     *ladderRun      `json:"tested,omitempty"`
	Holds      *bool           `json:"holds,omitempty"`
}

// ladderRun is a run of a ladder.
type ladderRun struct {
	Folder  string  `json:"folder"`
	Width   int     `json:"width"`
	Weights int     `json:"weights"` // N
	Tokens  int     `json:"tokens"`  // D
	Seed    int     `json:"seed"`
	Seconds float64 `json:"seconds"`
	scale.Point
}

// The files of a ladder's folder, besides those of its runs.
const ladderJSON, ladderCSV, ladderSVG = "scale.json", "scale.csv", "scale.svg"

// read reads the plan of the ladder that is there, if one is; its runs are read from
// their folders.
func (l *ladder) read() (there bool, err error) {
	path := filepath.Join(l.dir, ladderJSON)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &l.kept)
	}
	if p := l.kept.Plan; err == nil && (len(p.Sizes) < scale.LeastSizes || len(p.Sizes) > mostSizes || p.Seeds < 1 || p.Seeds > mostSeeds) {
		err = errors.New("it has no plan")
	}
	if err != nil {
		return false, fmt.Errorf("%s cannot be read (%w); move it away to begin anew", path, reason(err))
	}
	for _, size := range append(l.kept.Plan.Sizes, l.kept.Plan.Next) {
		if err := size.Recipe(l.kept.Plan.Text, 1).Check(); err != nil {
			return false, fmt.Errorf("%s has been changed: %w", path, err)
		}
	}
	l.kept = ladderFile{Text: l.kept.Text, TextSHA256: l.kept.TextSHA256, Plan: l.kept.Plan}
	return true, nil
}

// write keeps all that is known, as data, as a table and as a picture.
func (l *ladder) write() error {
	text, err := json.MarshalIndent(l.kept, "", "\t")
	if err != nil {
		return err
	}
	for name, content := range map[string]string{ladderJSON: string(text) + "\n", ladderCSV: l.table(), ladderSVG: l.picture()} {
		if err := inPlaceOf(filepath.Join(l.dir, name), content); err != nil {
			return fmt.Errorf("cannot write %s to %s: %w", name, l.dir, reason(err))
		}
	}
	return nil
}

// inPlaceOf writes a file whole or not at all.
func inPlaceOf(path, content string) error {
	if content == "" {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(content), 0o666); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// foretell fits the law, and says what it says of the next size.
func (l *ladder) foretell() error {
	var points []scale.Point
	for _, r := range l.kept.Runs {
		points = append(points, r.Point)
	}
	law, err := scale.Fit(points)
	if errors.Is(err, scale.ErrNotFalling) {
		return fmt.Errorf("larger models did not do better on %s, so there is no law to be seen: give a longer text, or a larger -budget in another folder", l.text.Name)
	}
	if err != nil {
		return err
	}
	l.law = &law
	forecast := law.At(l.kept.Plan.Next.Ops)
	l.kept.Exponent, l.kept.Floor, l.kept.Noise, l.kept.Ruler, l.kept.Forecast = law.Exponent(), law.Floor(), law.Noise, law.Ruler(forecast.Ops), &forecast
	if err := l.write(); err != nil {
		return err
	}
	fmt.Fprintf(l.out, "\n%12s %10s %10s %12s %8s %16s\n", "operations", "weights", "tokens", "runs", "loss", "the line")
	for i, size := range l.kept.Plan.Sizes {
		at := law.At(size.Ops)
		fmt.Fprintf(l.out, "%12s %10s %10s %12d %8.4f %16s\n", operations(size.Ops), english.Count(size.Weights), english.Count(size.Tokens), l.kept.Plan.Seeds, law.Sizes[i].Loss,
			fmt.Sprintf("%.4f", at.Loss))
	}
	next := l.kept.Plan.Next
	fmt.Fprintf(l.out, "%12s %10s %10s %12s %8s %16s\n\n", operations(next.Ops), english.Count(next.Weights), english.Count(next.Tokens), "", "?", fmt.Sprintf("%.4f", forecast.Loss))
	fmt.Fprintf(l.out, "The line: loss = E + A/C^a, with a about %.2f and E about %.2f; two runs of a size differ by about %.3f.\n", l.kept.Exponent, l.kept.Floor, l.kept.Noise)
	_, err = fmt.Fprintf(l.out, "Forecast for the next size: %.3f, between %.3f and %.3f in %.0f of 100 cases. (A ruler laid through the points says %.3f.)\n",
		forecast.Loss, forecast.Low, forecast.High, 100*scale.Sure, l.kept.Ruler)
	return err
}

// verdict says whether the forecast holds.
func (l *ladder) verdict() error {
	holds, says := l.kept.Forecast.Holds(l.kept.Tested.Loss), "within"
	if l.kept.Holds = &holds; !holds {
		says = "outside"
	}
	if err := l.write(); err != nil {
		return err
	}
	f := l.kept.Forecast
	_, err := fmt.Fprintf(l.out, "The test: %.3f, %s what was said (%.3f, between %.3f and %.3f). %s, %s and %s are in %s.\n",
		l.kept.Tested.Loss, says, f.Loss, f.Low, f.High, ladderJSON, ladderCSV, ladderSVG, l.dir)
	return err
}

// operations is a number of them as people write it.
func operations(ops float64) string {
	return strings.Replace(strconv.FormatFloat(ops, 'e', 2, 64), "e+", "e", 1)
}

// table is the ladder as CSV: a line a run, the forecast with its interval, the test.
func (l *ladder) table() string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	w.Write([]string{"kind", "width", "weights", "tokens", "seed", "operations", "loss", "low", "high"})
	row := func(kind string, r ladderRun, low, high string) {
		w.Write([]string{kind, strconv.Itoa(r.Width), strconv.Itoa(r.Weights), strconv.Itoa(r.Tokens), strconv.Itoa(r.Seed), number(r.Ops), number(r.Loss), low, high})
	}
	for _, r := range l.kept.Runs {
		row("run", r, "", "")
	}
	if f, next := l.kept.Forecast, l.kept.Plan.Next; f != nil {
		row("forecast", ladderRun{Width: next.Width, Weights: next.Weights, Tokens: next.Tokens, Point: scale.Point{Ops: f.Ops, Loss: f.Loss}}, number(f.Low), number(f.High))
	}
	if l.kept.Tested != nil {
		row("test", *l.kept.Tested, "", "")
	}
	w.Flush() // a strings.Builder takes all
	return out.String()
}
