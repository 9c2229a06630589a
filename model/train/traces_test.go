package train

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
)

// goldenTraces are PyTorch's accounts of twenty steps each.
type goldenTraces struct {
	Model     recipe.Model `json:"model"`
	Teacher   recipe.Model `json:"teacher_model"`
	Sequences [][]answered `json:"sequences"`
	Pairs     [][]struct {
		Prompt, Chosen, Rejected []int32
	} `json:"pairs"`
	Rollouts [][][]answered         `json:"rollouts"`
	Runs     map[string]goldenTrace `json:"runs"`
}

type answered struct {
	Prompt, Completion []int32
	Rewards            []float64
	Ended              bool
}

func (a answered) sequence() data.Sequence {
	return data.Sequence{IDs: append(a.Prompt[:len(a.Prompt):len(a.Prompt)], a.Completion...), Prompt: len(a.Prompt)}
}

type goldenTrace struct {
	Kind string `json:"kind"`
	goldenRewards
	Terms       []struct{ Loss string }
	Temperature float64
	MaxLength   int `json:"max_length"`
	Updates     int
	Log         map[string][]float64
	End         struct {
		Sum, Squares float64
		Some         []float64
	}
}

// traceTolerance is what is asked of each loss of twenty steps.
const traceTolerance = 1e-5

// hashed is a model of golden.py's weights.
func hashed(c recipe.Model, seed int) *model.GPT {
	m := model.New(cpu.New(), c)
	for i, p := range m.Parameters {
		x := make([]float32, p.Len())
		for j := range x {
			h := uint32(j+1)*2654435761 + uint32(seed+i+1)*40503
			h ^= h >> 15
			h *= 2246822519
			h ^= h >> 13
			x[j] = float32(float64(h)/(1<<31) - 1)
			if strings.HasSuffix(p.Name, "gain") {
				x[j] = 1 + x[j]*0.1
			} else {
				x[j] *= 0.25
			}
		}
		p.Upload(x)
	}
	return m
}

// traced is a run of a trace, whose lessons are PyTorch's.
func traced(t *testing.T, g goldenTraces, trace goldenTrace) *Run {
	r := recipe.Recipe{Model: g.Model, Tokenizer: "chars", Objective: trace.Kind, Trains: recipe.All, From: recipe.Existing, Init: "gpt2",
		Batch: 2, Steps: 20 * trace.Updates, Optimizer: "adamw", LearningRate: 3e-3, FinalFraction: 1, Schedule: "constant", Beta1: 0.9, Beta2: 0.95,
		EvalEvery: 1, EvalBatches: 1, LastEvalBatches: 1}
	var d Data
	var give func(step int) []lesson
	switch trace.Kind {
	case recipe.SFT:
		d = conversations(20)
	case recipe.DPO:
		r.Preferences = recipe.Preferences{Loss: trace.Terms[0].Loss, Beta: trace.Beta, Pairs: 4}
		give = func(step int) []lesson {
			var pairs []pairOf
			for _, p := range g.Pairs[step] {
				pairs = append(pairs, pairOf{answered{Prompt: p.Prompt, Completion: p.Chosen}.sequence(), answered{Prompt: p.Prompt, Completion: p.Rejected}.sequence()})
			}
			return preferring(r.Preferences).lessons(pairs)
		}
	case recipe.GRPO:
		r.Rewards = recipe.Rewards{Reward: "strict", Examples: 10, Prompts: 2, Group: 4, ReplyMost: trace.MaxLength, Heat: trace.Temperature, Loss: trace.goldenRewards.Loss, Scale: trace.Scale,
			ClipLow: trace.Low, ClipHigh: trace.High, KL: trace.Beta, Updates: trace.Updates, LeaveCut: trace.Truncated == "zero", Tries: 8}
		give = func(step int) []lesson { return rollouts(clipped(r.Rewards), g.Rollouts[step/trace.Updates]) }
	case recipe.Distill:
		r.Distillation = recipe.Distillation{Beta: trace.Beta, Temperature: trace.Temperature}
		d = Data{Text: data.Corpus{IDs: make([]int32, 200)}, Teacher: g.Teacher, Frozen: hashed(g.Teacher, 100).Weights.Numbers()}
		give = func(step int) []lesson {
			var rows []data.Sequence
			for _, a := range g.Sequences[step] {
				rows = append(rows, a.sequence())
			}
			return even(rows)
		}
	}
	run, err := On(hashed(g.Model, 0), r, d)
	if err != nil {
		t.Fatal(err)
	}
	if give == nil {
		run.plan.batches = &written{list: g.Sequences, time: r.Model.Context}
		run.Recipe.Batch = len(g.Sequences[0])
	}
	run.plan.give = func(r *Run) ([]lesson, bool) {
		if r.Done%trace.Updates != 0 {
			return nil, true
		}
		return give(r.Done), true
	}
	t.Cleanup(run.Close)
	return run
}

// rollouts are a round's lessons.
func rollouts(c clipped, groups [][]answered) []lesson {
	var round Round
	var prompts []model.Prompt
	var written [][]int32
	lengths := make([][]int, len(groups))
	for g, group := range groups {
		var rewards []float64
		for _, a := range group {
			rewards, written = append(rewards, a.Rewards[0]), append(written, a.Completion)
			n := len(a.Completion)
			if c.LeaveCut && !a.Ended {
				n = 0
			}
			lengths[g] = append(lengths[g], n)
		}
		made := Group{}
		for _, a := range advantages(rewards, c.Scale) {
			made.Replies = append(made.Replies, Reply{Advantage: a})
		}
		round.Groups, prompts = append(round.Groups, made), append(prompts, model.Prompt{IDs: group[0].Prompt})
	}
	return c.lessons(round, prompts, written, lengths)
}

// written is a source of written-out sequences, a row each.
type written struct {
	list [][]answered
	time int
	next int
}

func (w *written) Seed(uint64) {}
func (w *written) Next() data.Batch {
	var lessons []lesson
	var b data.Batch
	var rows []data.Sequence
	for _, a := range w.list[w.next] {
		rows = append(rows, a.sequence())
	}
	w.next++
	lessons = even(rows)
	for _, l := range lessons {
		in := pack([]lesson{l})
		for i := range w.time {
			id, target, weight := int32(0), int32(-1), float32(0)
			if i < len(in.ids) {
				id, target = in.ids[i], in.targets[i]
			}
			if target >= 0 {
				weight = l.each
			}
			b.IDs, b.Targets, b.Weights = append(b.IDs, id), append(b.Targets, target), append(b.Weights, weight)
		}
		b.Spans = append(b.Spans, len(in.ids), w.time-len(in.ids))
	}
	return b
}

// Twenty steps go as PyTorch's do, alone and divided among ranks.
func TestTraces(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Traces goldenTraces `json:"traces"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	g := all.Traces
	if len(g.Runs) < 7 {
		t.Fatalf("only %d traces", len(g.Runs))
	}
	for name, trace := range g.Runs {
		for size := 1; size <= 3; size++ {
			if size > 1 && trace.Kind == recipe.SFT {
				break // whose batches the ranks draw themselves
			}
			t.Run(fmt.Sprintf("%s, %d ranks", name, size), func(t *testing.T) {
				run := traced(t, g, trace)
				if err := run.Share(size, Goroutines); err != nil {
					t.Fatal(err)
				}
				follow(t, run, trace)
			})
		}
	}
}

// follow compares a run, step by step, with a trace.
func follow(t *testing.T, run *Run, trace goldenTrace) {
	near := func(what string, got, want float64) {
		t.Helper()
		if off := math.Abs(got - want); !(off <= traceTolerance*max(1, math.Abs(want))) {
			t.Fatalf("%s is %.7f, PyTorch has %.7f", what, got, want)
		}
	}
	for i, want := range trace.Log["loss"] {
		steps(t, run, 1)
		near(fmt.Sprintf("loss %d", i), run.Loss, want)
		tokens := max(1, run.sums[sumTokens])
		for name, got := range map[string]float64{"kl": run.sums[sumKL] / tokens, "clip_low": run.sums[sumLow] / tokens, "clip_high": run.sums[sumHigh] / tokens} {
			if list, logged := trace.Log[name]; logged && (name != "kl" || trace.Beta > 0) {
				near(fmt.Sprintf("%s %d", name, i), got, list[i])
			}
		}
		pairs := max(1, run.sums[sumPairs])
		for name, got := range map[string]float64{"rewards_chosen": run.sums[sumChosen] / pairs, "rewards_rejected": run.sums[sumRejected] / pairs, "accuracies": run.sums[sumAccurate] / pairs,
			"logps_chosen": run.sums[sumChosenLogP] / pairs, "logps_rejected": run.sums[sumRejectedLogP] / pairs} {
			if list, logged := trace.Log[name]; logged {
				near(fmt.Sprintf("%s %d", name, i), got, list[i])
			}
		}
	}
	var sum, squares float64
	numbers := run.Model.Weights.Numbers()
	for _, w := range numbers {
		sum, squares = sum+float64(w), squares+float64(w)*float64(w)
	}
	tokens := run.Model.Parameters[0].Numbers()
	for i, want := range trace.End.Some {
		near("a weight at the end", float64(tokens[i*len(tokens)/5]), want)
	}
	near("the squares of the weights", squares, trace.End.Squares)
}
