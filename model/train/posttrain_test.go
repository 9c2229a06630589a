package train

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/tokenizer"
)

// lab is r1 grown small: parity, taught by rewards after a few demonstrations.
func lab() recipe.Recipe {
	r, _ := recipe.ByName("r1")
	r.Model.Layers, r.Model.Channels, r.Model.Hidden, r.Batch, r.EvalBatches, r.LastEvalBatches = 1, 32, 48, 8, 1, 1
	w := &r.Rewards
	w.WarmUp, w.Prompts, w.Group, w.Asked, w.MostAsked, w.Examples = 6, 5, 4, 3, 6, 200
	r.Steps = w.WarmUp + 12
	r.EvalEvery = 4
	return r
}

// labData is what a run of r learns from, and the recipe with its vocabulary.
func labData(t *testing.T, r recipe.Recipe) (recipe.Recipe, Data) {
	t.Helper()
	job, _ := task.ByName(r.Rewards.Task)
	tok, err := tokenizer.NewChars([]byte("01EO"), chat.Specials...)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := chat.Of(tok)
	d := Data{Ask: new(eval.NewAsker(tok))}
	d.Text, _ = template.Corpus(job.Demonstrations(task.Mix{Working: r.Rewards.Working}, r.Seed, r.Rewards.Examples), r.Model.Context)
	if d.Job, err = NewJob(r, job); err != nil {
		t.Fatal(err)
	}
	r.Model.Vocab = tok.Size()
	return r, d
}

// preferences are pairs of rhymes, of which the one that goes on right was chosen.
func preferences(n int) (chosen, rejected []data.Sequence) {
	ids := rhyme(20 * n)
	for i := range n {
		right := ids[20*i : 20*i+9]
		wrong := slices.Clone(right[:4+i%4])
		for j := 3; j < len(wrong); j++ {
			wrong[j] = (wrong[j] + 5) % 13
		}
		chosen, rejected = append(chosen, data.Sequence{IDs: right, Prompt: 3}), append(rejected, data.Sequence{IDs: wrong, Prompt: 3})
	}
	return chosen, rejected
}

// inDeepForm makes m one of DeepSeek's form.
func inDeepForm(m *recipe.Model) {
	form := deep().Model
	m.Norm, m.NormEps, m.Position, m.MLP, m.QKNorm, m.Bias, m.KVHeads = form.Norm, form.NormEps, form.Position, form.MLP, false, false, m.Heads
	m.Latent, m.Experts, m.Ahead = form.Latent, form.Experts, 1
	m.Experts.Dense = 0
}

// posttrained are short runs of each objective that lessons are given for.
func posttrained(t *testing.T) map[string]func() *Run {
	t.Helper()
	begin := func(r recipe.Recipe, d Data) func() *Run {
		return func() *Run {
			m := blank(cpu.New(), r)
			m.Init("gpt2", 3)
			if r.Trains == recipe.Adapter {
				m.InitAdapter(r.Seed)
			}
			run, err := On(m, r, d)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(run.Close)
			return run
		}
	}
	all := map[string]func() *Run{}
	for name, change := range map[string]func(*recipe.Recipe){
		"grpo":              func(*recipe.Recipe) {},
		"grpo, two updates": func(r *recipe.Recipe) { r.Rewards.Updates, r.Rewards.Loss, r.Rewards.KL = 2, "dapo", 0.05 },
		"grpo, adapter": func(r *recipe.Recipe) {
			r.From, r.Trains, r.Rewards.KL, r.Rewards.LeaveCut = recipe.Existing, recipe.Adapter, 0.05, true
			r.Tuning.LoRA = recipe.LoRA{Rank: 2, Alpha: 4, Targets: "query,up"}
		},
		"grpo, experts": func(r *recipe.Recipe) { inDeepForm(&r.Model) },
	} {
		r, d := labData(t, lab())
		change(&r)
		all[name] = begin(r, d)
	}
	r := brief("quick")
	r.From, r.Objective, r.Steps, r.Batch = recipe.Existing, recipe.DPO, 18, 4
	r.Preferences = recipe.Preferences{Loss: "sigmoid", Beta: 0.1, Pairs: 5, SFT: 0.1}
	d := Data{Old: data.Corpus{IDs: rhyme(700)}}
	d.Chosen, d.Rejected = preferences(40)
	all["dpo"] = begin(r, d)
	experts := r
	inDeepForm(&experts.Model)
	all["dpo, experts"] = begin(experts, d)
	r.Trains, r.Tuning.LoRA = recipe.Adapter, recipe.LoRA{Rank: 2, Alpha: 4, Targets: "query,up"}
	all["dpo, adapter"] = begin(r, d)
	letters, err := tokenizer.NewChars([]byte("abcdefghi .!\n"))
	if err != nil {
		t.Fatal(err)
	}
	ask := eval.GoOn(letters)
	d.Ask, r.Preferences.Taste = &ask, "shorter"
	all["dpo, adapter, judged"] = begin(r, d)

	r = recipe.Distilled(brief("quick"), "teacher")
	r.Steps, r.Distillation.Lambda, r.Distillation.Beta = 18, 0.5, 0.5
	large := r.Model
	large.Channels, large.Hidden = 48, 64
	teacher := model.New(cpu.New(), large)
	teacher.Init("gpt2", 9)
	d = text(2000)
	d.Teacher, d.Frozen = large, teacher.Weights.Numbers()
	all["distill"] = begin(r, d)
	return all
}

// A run that went on from its state has the bits of one that never stopped: what was
// kept is what was there before a round, whatever of it was under way.
func TestPosttrainingResumes(t *testing.T) {
	for name, begin := range posttrained(t) {
		for size := 1; size <= 2; size++ {
			t.Run(fmt.Sprintf("%s, %d ranks", name, size), func(t *testing.T) {
				begun := func() *Run {
					run := begin()
					if err := run.Share(size, Goroutines); err != nil {
						t.Fatal(err)
					}
					return run
				}
				whole, cut := begun(), begun()
				steps(t, whole, 8)
				whole.State() // disturbs nothing
				last := append(steps(t, whole, 4), measures(whole)[0].Value)
				wanted := measuresOf(t, whole)

				steps(t, cut, 8)
				weights, state := cut.Model.Weights.Numbers(), keep(cut.State())
				asked := 0
				cut.goOn = func() bool { asked++; return asked < 3 } // in the middle of the next round
				cut.Step()
				cut.Close()

				later := begin()
				later.Model.Weights.Upload(weights)
				if err := later.Resume(state); err != nil {
					t.Fatal(err)
				}
				if err := later.Share(size, Goroutines); err != nil {
					t.Fatal(err)
				}
				if got := append(steps(t, later, 4), measures(later)[0].Value); !slices.Equal(got, last) {
					t.Errorf("the losses went %v, want %v", got, last)
				}
				if got := measuresOf(t, later); !slices.Equal(got, wanted) {
					t.Errorf("measured is %v, want %v", got, wanted)
				}
				if !slices.Equal(later.Model.Weights.Numbers(), whole.Model.Weights.Numbers()) {
					t.Error("the weights are others")
				}
				if later.Tokens() != whole.Tokens() || later.Written() != whole.Written() {
					t.Errorf("%d tokens, %d written; want %d, %d", later.Tokens(), later.Written(), whole.Tokens(), whole.Written())
				}
			})
		}
	}
}

func measuresOf(t *testing.T, r *Run) recipe.Measures {
	t.Helper()
	m, whole := r.Evaluate(nil)
	if !whole {
		t.Fatal("an evaluation was cut short")
	}
	return m.Measures
}

// Same seed and ranks, same bits; and another number of ranks changes no more than the
// order of sums does, as long as the replies are the same.
func TestPosttrainingRanks(t *testing.T) {
	for name, begin := range posttrained(t) {
		t.Run(name, func(t *testing.T) {
			var alone, again []float64
			var weights [][]float32
			sizes := []int{1, 1, 2, 3}
			if testing.Short() {
				sizes = sizes[:3]
			}
			for _, size := range sizes {
				run := begin()
				if err := run.Share(size, Goroutines); err != nil {
					t.Fatal(err)
				}
				losses := steps(t, run, 12)
				weights = append(weights, run.Model.Weights.Numbers())
				switch {
				case size == 1 && alone == nil:
					alone = losses
				case size == 1:
					if again = losses; !slices.Equal(alone, again) || !slices.Equal(weights[0], weights[1]) {
						t.Error("the same twice gave two models")
					}
				default:
					for i, l := range losses {
						if name == "grpo, experts" && i == 6 { // from here on two ranks may read one prompt, whose tokens count for the balance of both
							break
						}
						if off := math.Abs(l - alone[i]); !(off <= 1e-5*max(1, math.Abs(alone[i]))) {
							t.Errorf("%d ranks: loss %d is %v, of one %v", size, i, l, alone[i])
							break
						}
					}
				}
			}
		})
	}
}

// A rank that is lost in the middle costs nothing but its help.
func TestPosttrainingLosesARank(t *testing.T) {
	for name, begin := range posttrained(t) {
		t.Run(name, func(t *testing.T) {
			run := begin()
			if err := run.Share(3, Goroutines); err != nil {
				t.Fatal(err)
			}
			steps(t, run, 7)
			run.crew.(seat).close()
			steps(t, run, 2)
			if run.Ranks() != 2 || run.Done != 9 {
				t.Errorf("%d ranks after %d steps", run.Ranks(), run.Done)
			}
		})
	}
}

// What the model can do once it was shown how, and before it is rewarded, is measured
// with most questions, wherever that step falls.
func TestWarmedUpIsMeasured(t *testing.T) {
	run := posttrained(t)["grpo"]()
	asked := map[int]float64{}
	if _, err := run.Loop(Hooks{Measured: func(m recipe.Measurement) { asked[m.Step] = m.Measures.Value(recipe.Questions) }}); err != nil {
		t.Fatal(err)
	}
	w := run.Recipe.Rewards
	want := map[int]float64{0: float64(w.Asked), w.WarmUp: float64(w.MostAsked), run.Recipe.Steps: float64(w.MostAsked)}
	for step := run.Recipe.EvalEvery; step < run.Recipe.Steps; step += run.Recipe.EvalEvery {
		want[step] = float64(w.Asked)
	}
	if w.WarmUp%run.Recipe.EvalEvery == 0 || !maps.Equal(asked, want) {
		t.Errorf("questions at each evaluation: %v, want %v", asked, want)
	}
}

// Where replies are made, Stop ends the run at once and without a step.
func TestStoppedInARound(t *testing.T) {
	run := posttrained(t)["grpo"]()
	steps(t, run, run.Recipe.Rewards.WarmUp)
	run.Measured = true
	wishes := 0
	outcome, err := run.Loop(Hooks{Wish: func() Wish {
		if wishes++; wishes > 4 {
			return Stop
		}
		return GoOn
	}})
	if outcome != Stopped || err != nil || run.Done != run.Recipe.Rewards.WarmUp {
		t.Errorf("%v, %v after %d steps", outcome, err, run.Done)
	}
}

// What is silently lost elsewhere: the token that ends a reply is learned, no token of
// a prompt is, and at a temperature the first ratio is 1 and the first divergence 0.
func TestLessonsOfARound(t *testing.T) {
	r, d := labData(t, lab())
	r.Rewards.Heat, r.Rewards.KL, r.Rewards.WarmUp, r.Steps, r.Rewards.Loss = 0.6, 0.1, 0, 12, "grpo"
	run, err := New(r, d)
	if err != nil {
		t.Fatal(err)
	}
	if !run.give() {
		t.Fatal("no lessons")
	}
	end := d.Ask.Stop[0]
	ended := 0
	for _, l := range run.lessons {
		in := pack([]lesson{l})
		for i, target := range in.targets {
			if (target >= 0) != (i >= l.Prompt-1) {
				t.Fatalf("of %v, with %d given, %v are learned", l.IDs, l.Prompt, in.targets)
			}
		}
		if l.IDs[len(l.IDs)-1] == end {
			ended++
			if in.targets[len(in.targets)-1] != end {
				t.Error("the end is not learned")
			}
		}
	}
	if ended == 0 {
		t.Error("no reply ended")
	}
	run.learn(0, 1)
	tokens := run.sums[sumTokens]
	if off := math.Abs(run.sums[sumKL]); off > 1e-6*tokens || run.sums[sumLow]+run.sums[sumHigh] != 0 {
		t.Errorf("at first the divergence is %v, %v of %v are clipped", off, run.sums[sumLow]+run.sums[sumHigh], tokens)
	}
	norm := 0.0
	for _, g := range run.Model.Gradients.Numbers() {
		norm += float64(g) * float64(g)
	}
	if math.Abs(run.sums[sumLoss]) > 1e-5 || norm == 0 {
		t.Errorf("at first the loss is %v, and the gradient %v", run.sums[sumLoss], norm)
	}
}

// A group whose replies are all as good teaches nothing, and is told.
func TestFlatGroups(t *testing.T) {
	for _, rewards := range [][]float64{{0, 0, 0}, {1, 1, 1}} {
		for _, scale := range []bool{false, true} {
			if a := advantages(rewards, scale); slices.ContainsFunc(a, func(x float64) bool { return x != 0 }) {
				t.Errorf("%v give advantages of %v", rewards, a)
			}
		}
	}
	r := Round{Groups: []Group{{Replies: []Reply{{Reward: 1, Tokens: 3}, {Reward: 1, Tokens: 5}}}, {Replies: []Reply{{Reward: 1, Tokens: 4, Ended: true}, {Tokens: 4, Ended: true}}}}}
	if s := r.Seen(); s.Flat != 0.5 || s.Reward != 0.75 || s.Length != 4 || s.Cut != 0.5 {
		t.Errorf("seen is %+v", s)
	}
}

// Where all replies of a round were cut off and are left out, nothing is learned: not
// the round before once more, by no rank.
func TestAllCut(t *testing.T) {
	for size := 1; size <= 2; size++ {
		r, d := labData(t, lab())
		r.Rewards.LeaveCut, r.Rewards.WarmUp, r.Steps = true, 0, 12
		d.Job.Reward = func(_ task.Example, reply string) float64 { return float64(len(reply)) } // so that a round teaches
		run, err := New(r, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Share(size, Goroutines); err != nil {
			t.Fatal(err)
		}
		steps(t, run, 2)
		if run.sums[sumTokens] == 0 {
			t.Fatal("no round taught anything")
		}
		never := *d.Ask
		never.Stop = nil
		run.data.Ask = &never
		steps(t, run, 1)
		if run.sums[sumTokens] != 0 || run.GradNorm != 0 {
			t.Errorf("%d ranks: %v tokens were learned, by a gradient of %v", size, run.sums[sumTokens], run.GradNorm)
		}
		run.Close()
	}
}

// The loss of preferences is log 2 before the first step and not after it.
func TestPreferencesMove(t *testing.T) {
	run := posttrained(t)["dpo"]()
	run.Recipe.Preferences.SFT = 0
	run.plan.rule.of = preferring(run.Recipe.Preferences).pair
	w := preferring(run.Recipe.Preferences)
	run.plan.give = func(r *Run) ([]lesson, bool) { return w.lessons(r.drawPairs(36)), true }
	losses := steps(t, run, 3)
	if math.Abs(losses[0]-math.Ln2) > 1e-6 || math.Abs(losses[1]-math.Ln2) < 1e-6 {
		t.Errorf("the losses are %v", losses)
	}
}

func TestRewardsAreRefused(t *testing.T) {
	r, d := labData(t, lab())
	d.Job = &Job{Strict: d.Job.Strict, Reward: d.Job.Reward}
	if _, err := New(r, d); err == nil {
		t.Error("a task without a prompt was taken")
	}
	r.Rewards.Reward = "beauty"
	job, _ := task.ByName("parity")
	if _, err := NewJob(r, job); err == nil {
		t.Error("a reward that nobody knows was taken")
	}
	few := posttrained(t)["dpo"]().data
	few.Chosen, few.Rejected = few.Chosen[:5], few.Rejected[:5]
	p := brief("quick")
	p.From, p.Objective, p.Preferences = recipe.Existing, recipe.DPO, recipe.Preferences{Loss: "sigmoid", Beta: 0.1, Pairs: 5}
	m := blank(cpu.New(), p)
	if _, err := On(m, p, few); !errors.Is(err, ErrTooShort) {
		t.Errorf("five pairs give %v", err)
	}
}
