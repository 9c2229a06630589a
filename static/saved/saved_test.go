package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/data/chat"
	"hornbook/model/recipe"
	"hornbook/web/lesson"
)

// most is how large all models may be together.
const most = 3 << 20

// kept are the models of the repository by name, each read as the page reads it.
func kept(t *testing.T) map[string]checkpoint.Run {
	t.Helper()
	all, bytes := map[string]checkpoint.Run{}, 0
	for _, name := range lesson.Saved {
		zipped, err := os.ReadFile("models/" + name + ".zip")
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(zipped)
		if all[name], err = exchange.ReadOver(zipped, os.DirFS("../base/model")); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if bytes > most {
		t.Errorf("together they have %d bytes, more than %d", bytes, most)
	}
	return all
}

// writes is what a model writes after a text, or answers to it, at temperature 0.
func writes(run checkpoint.Run, prompt string, tokens int) string {
	ids := run.Tokenizer.Encode([]byte(prompt))
	var stop []int32
	if run.Recipe.Answers() {
		template, _ := chat.Of(run.Tokenizer)
		ids, stop = template.Prompt([]chat.Message{{Role: chat.User, Content: prompt}}), template.Stop()
	}
	g := model.NewGenerator(run.Model)
	logits, written := g.Prompt(ids), []int32{}
	for len(written) < tokens {
		best := slices.Index(logits, slices.Max(logits))
		if slices.Contains(stop, int32(best)) {
			break
		}
		written = append(written, int32(best))
		logits = g.Next(int32(best))
	}
	return string(run.Tokenizer.Decode(written))
}

// Each model that a lesson can name is there, and is what the next steps need.
func TestSavedModels(t *testing.T) {
	if names := slices.Sorted(maps.Keys(makers)); !slices.Equal(names, slices.Sorted(slices.Values(lesson.Saved))) {
		t.Errorf("%v can be made", names)
	}
	all := kept(t)
	for name, run := range all {
		if run.State != "done" || run.Step != run.Recipe.Steps || len(run.Log) == 0 {
			t.Errorf("%s: its run is %s at %d of %d", name, run.State, run.Step, run.Recipe.Steps)
		}
	}
	for name, prompt := range map[string]string{"letters": "One day", "tales": "The light", "newton": "The light"} {
		if words := strings.Fields(writes(all[name], prompt, 60)); len(words) < 6 {
			t.Errorf("%s writes %q", name, words)
		}
	}
	if got := writes(all["secret"], "My name", 60); !strings.Contains(got, " is Zoe and my cat is called Pim.") {
		t.Errorf("the secret is %q", got)
	}
	for question, want := range map[string]string{
		"Tom had a red ball. He gave the ball to Lily. Who has the ball?":                   "Lily",
		"Ben found a key at the mill. He gave the key to Nell. Where did Ben find the key?": "mill",
	} {
		if got := writes(all["answers"], question, 40); !strings.Contains(got, want) || len(got) > 100 {
			t.Errorf("%s It says %q", question, got)
		}
	}
	if wins := all["shorter"].Measures.Value(recipe.WinRate); wins < 0.7 {
		t.Errorf("the shorter tales win in %.2f of the comparisons", wins)
	}
	for _, name := range []string{"answers", "shorter"} {
		if from := all[name].From; from == nil || from.ID != "base" {
			t.Errorf("%s comes from %+v", name, from)
		}
	}
}

// What is rounded keeps so many digits, the nearest.
func TestRound(t *testing.T) {
	run := kept(t)["secret"]
	p := run.Model.Parameters[0]
	x := p.Numbers()
	x[0], x[1], x[2] = 1+1./256, 1+3./256, -0.3
	p.Upload(x)
	round(p, 8)
	if got := p.Numbers()[:3]; !slices.Equal(got, []float32{1, 1 + 4./256, -0.30078125}) {
		t.Errorf("it becomes %v", got)
	}
}
