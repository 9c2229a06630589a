package handoff_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/handoff"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/data/pairs"
	"hornbook/model/eval"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/train"
	"hornbook/tokenizer"
)

// small is a recipe of a small model that takes 24 steps.
func small(preset string) recipe.Recipe {
	r, _ := recipe.ByName(preset)
	r.Tokenizer, r.Model.Context, r.Model.Layers, r.Model.Heads, r.Model.KVHeads, r.Model.Channels, r.Model.Hidden = "bytes", 24, 2, 2, 2, 16, 24
	r.Batch, r.Steps, r.WarmUp, r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 6, 24, 3, 8, 2, 3, 0
	return r
}

// tok are bytes and the tokens of the chat template.
var tok = tokenizer.NewBytes(chat.Specials...)

// prose is a text of words that can be learned.
func prose(n int) []byte {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "the %s saw a %s. ", []string{"cat", "dog", "hen"}[i*i%3], []string{"tree", "fox", "bee", "cow"}[i*7%11%4])
	}
	return []byte(b.String())
}

func corpus(text []byte) data.Corpus { return data.Corpus{IDs: tok.Encode(text), Bytes: len(text)} }

// talks are conversations of questions whose answer is a letter, three times.
func talks(n int) (list []chat.Conversation) {
	for i := range n {
		letter := string(rune('a' + i*i%7))
		list = append(list, chat.Conversation{Messages: []chat.Message{{Role: chat.User, Content: letter + strings.Repeat("?", i%4)}, {Role: chat.Assistant, Content: strings.Repeat(letter, 3)}}})
	}
	return list
}

// begun is a run that has just begun, and what to hand off besides.
type begun struct {
	*train.Run
	tok  tokenizer.Tokenizer
	hand handoff.Run
}

// begin begins a run of r, further from a model of its own weights where r says so.
func begin(t *testing.T, tok tokenizer.Tokenizer, r recipe.Recipe, d train.Data, teacher *model.GPT) begun {
	t.Helper()
	r.Model.Vocab = tok.Size()
	d.Ask = new(eval.NewAsker(tok))
	var hand handoff.Run
	if teacher != nil {
		d.Teacher, d.Frozen = teacher.Config, teacher.Weights.Numbers()
		hand.Teacher = &checkpoint.Run{Recipe: r, Tokenizer: tok, Model: teacher, Name: "teacher", State: "done"}
		hand.Teacher.Recipe.Model, hand.Teacher.Recipe.Objective, hand.Teacher.Recipe.Trains = teacher.Config, recipe.LM, recipe.All
	}
	var err error
	var run *train.Run
	if r.From == recipe.New {
		run, err = train.New(r, d)
	} else {
		m := drawn(r.Model)
		if r.Trains == recipe.Adapter {
			m.Adapt(r.Tuning.LoRA)
			m.InitAdapter(5)
		}
		run, err = train.On(m, r, d)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	hand.Data, hand.Source = d, []byte("what it learns from\n")
	return begun{run, tok, hand}
}

// drawn is a model of random weights that knows something of everything.
func drawn(c recipe.Model) *model.GPT {
	c.Vocab = tok.Size()
	m := model.New(cpu.New(), c)
	m.Init("gpt2", 9)
	for _, p := range m.Parameters {
		x := p.Numbers()
		for i := range x {
			if x[i] != 1 {
				x[i] *= 4
			}
		}
		p.Upload(x)
	}
	return m
}

// told is what a run says of its steps.
type told struct {
	losses   map[int]float64
	measures map[int]recipe.Measures
	log      []checkpoint.Entry
}

// upTo trains until so many steps are taken.
func (b begun) upTo(t *testing.T, steps int, into *told) {
	t.Helper()
	_, err := b.Loop(train.Hooks{
		Wish: func() train.Wish {
			if b.Done >= steps {
				return train.Hold
			}
			return train.GoOn
		},
		Stepped: func() {
			if err := b.Tell(); err != nil {
				t.Error(err)
			}
			into.losses[b.Done] = b.Loss
			into.log = checkpoint.Noted(into.log, checkpoint.Entry{Step: b.Done, Loss: b.Loss})
		},
		Measured: func(m recipe.Measurement) {
			into.measures[b.Done] = m.Measures
			into.log = checkpoint.Noted(into.log, checkpoint.Evaluation(m))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func listening() *told {
	return &told{losses: map[int]float64{}, measures: map[int]recipe.Measures{}}
}

// kept is the run as it is now, as a save holds it.
func (b begun) kept(log []checkpoint.Entry) handoff.Run {
	s := b.State()
	hand := b.hand
	hand.Run = checkpoint.Run{Recipe: b.Recipe, Tokenizer: b.tok, Model: b.Model, Name: "A run", Step: s.Done, Tokens: s.Tokens, Written: s.Written, Seconds: 1.25,
		Text: "text.txt", TextSHA256: strings.Repeat("ab", 32), TextBytes: 9, Ranks: 1, Backend: "cpu", State: "paused", Moments: s.Moments, Stale: s.Stale,
		Frozen: s.Frozen, Tally: s.Tally, Log: log}
	if best := s.Best; best != nil {
		hand.Best = &checkpoint.Best{Step: best.Step, Loss: best.Loss, Weights: best.Weights}
	}
	return hand
}

// folder is the run handed off, in a folder.
func folder(t *testing.T, hand handoff.Run) string {
	t.Helper()
	dir := t.TempDir()
	if err := handoff.Write(format.Dir(dir), hand); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cases are runs of every objective, by name.
var cases = map[string]func(t *testing.T) begun{
	"lm, AdamW, GPT-2": func(t *testing.T) begun {
		r := small("nanogpt-cpu")
		r.Model.Bias, r.Batch = true, 5
		return begin(t, tok, r, train.Data{Text: corpus(prose(2000))}, nil)
	},
	"lm, Muon, looks back": func(t *testing.T) begun {
		r := small("quick")
		r.Model.Lookback, r.Model.Trigrams, r.Clip, r.WeightDecay = 2, 64, 0.5, 0.1
		return begin(t, tok, r, train.Data{Text: corpus(prose(2000))}, nil)
	},
	"lm, DeepSeek's form": func(t *testing.T) begun {
		r := small("deepseek")
		inDeepForm(&r.Model)
		return begin(t, tok, r, train.Data{Text: corpus(prose(2000))}, nil)
	},
	"sft, DeepSeek's form, AdamW": func(t *testing.T) begun {
		r := recipe.Chat(small("deepseek"), recipe.Full, 2000)
		inDeepForm(&r.Model)
		r.Steps, r.Batch, r.EvalEvery, r.Optimizer, r.Clip, r.WeightDecay = 24, 4, 8, "adamw", 0.5, 0.1
		template, _ := chat.Of(tok)
		c, _ := template.Corpus(talks(40), r.Model.Context)
		return begin(t, tok, r, train.Data{Text: c}, nil)
	},
	"dpo, DeepSeek's form": func(t *testing.T) begun {
		r := recipe.Prefer(small("deepseek"), recipe.Full, 40)
		inDeepForm(&r.Model)
		r.Steps, r.EvalEvery, r.Preferences.Pairs, r.Preferences.Chat = 24, 8, 3, true
		return begin(t, tok, r, preferences(r), nil)
	},
	"lm, the last layer": func(t *testing.T) begun {
		r := recipe.FineTune(small("quick"), recipe.Last, 2000)
		r.Steps, r.EvalEvery, r.Tuning.LastLayers, r.Tuning.Patience = 24, 4, 1, 9
		return begin(t, tok, r, train.Data{Text: corpus(prose(2000)), Old: corpus(prose(400))}, nil)
	},
	"sft, an adapter": func(t *testing.T) begun {
		r := recipe.Chat(small("quick"), recipe.Lora, 2000)
		r.Steps, r.Batch, r.EvalEvery, r.Model.KVHeads = 24, 4, 8, 1
		template, _ := chat.Of(tok)
		c, _ := template.Corpus(talks(40), r.Model.Context)
		return begin(t, tok, r, train.Data{Text: c}, nil)
	},
	"dpo": func(t *testing.T) begun {
		r := recipe.Prefer(small("quick"), recipe.Full, 40)
		r.Steps, r.EvalEvery, r.Preferences.Pairs, r.Preferences.SFT, r.Preferences.Chat = 24, 8, 3, 0.2, true
		return begin(t, tok, r, preferences(r), nil)
	},
	"dpo, an adapter, ipo": func(t *testing.T) begun {
		r := recipe.Prefer(small("quick"), recipe.Lora, 40)
		r.Steps, r.EvalEvery, r.Preferences.Pairs, r.Preferences.Loss, r.Preferences.Chat = 24, 8, 4, "ipo", true
		return begin(t, tok, r, preferences(r), nil)
	},
	"grpo": func(t *testing.T) begun { return rewarded(t, small("r1")) },
	"grpo, DeepSeek's form": func(t *testing.T) begun {
		r := small("r1")
		r.Model.QKNorm, r.Model.Ahead = false, 1
		inDeepForm(&r.Model)
		return rewarded(t, r)
	},
	"distill": func(t *testing.T) begun {
		r := recipe.Distilled(small("quick"), "teacher")
		r.Distillation.Lambda, r.Distillation.Beta, r.Distillation.Temperature = 0.5, 0.3, 0.9
		large := r.Model
		large.Layers, large.Channels = 3, 24
		return begin(t, tok, r, train.Data{Text: corpus(prose(2000))}, drawn(large))
	},
}

// rewarded begins a run by rewards: the first letter is asked for.
func rewarded(t *testing.T, r recipe.Recipe) begun {
	letters, err := tokenizer.NewChars([]byte("abcde?"), chat.Specials...)
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	for i := range 60 {
		fmt.Fprintf(&file, "{\"prompt\":%q,\"answer\":\"a\"}\n", strings.Repeat(string(rune('a'+i%5)), 1+i/5))
	}
	asked, err := task.Read("letters", strings.NewReader(file.String()), "exact")
	if err != nil {
		t.Fatal(err)
	}
	w := &r.Rewards
	w.Task, w.WarmUp, w.WarmRate, w.Prompts, w.Group, w.ReplyMost, w.KL, w.Updates, w.Asked, w.MostAsked, w.Examples = "", 8, 1e-3, 6, 6, 4, 0.01, 2, 6, 9, 60
	w.Reward, w.LengthCost, w.Scale, w.Loss, w.Verifier = "anywhere=0.5,strict", 0.01, true, "dapo", "exact"
	r.Model.Vocab, r.LearningRate = letters.Size(), 1e-2
	job, err := train.NewJob(r, asked)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := chat.Of(letters)
	c, _ := template.Corpus(asked.Demonstrations(task.Mix{}, 1, 60), r.Model.Context)
	return begin(t, letters, r, train.Data{Text: c, Job: job}, nil)
}

// inDeepForm gives a small model of DeepSeek's form its size: the second of two blocks
// has experts, and so has the block that looks ahead.
func inDeepForm(m *recipe.Model) {
	m.Latent = recipe.Latent{Query: 12, Rank: 8, Plain: 6, Turned: 4, Value: 5}
	m.Experts = recipe.Experts{Count: 5, Chosen: 2, Shared: 1, Hidden: 10, Dense: 1, Normed: true, Scale: 1.5}
}

func preferences(r recipe.Recipe) (d train.Data) {
	var list []pairs.Pair
	for i := range 40 {
		letter := string(rune('a' + i%5))
		list = append(list, pairs.Text(letter+strings.Repeat("!", i%3), letter, "no "+letter))
	}
	d.Chosen, d.Rejected, _ = pairs.Encode(list, tok, true, r.Model.Context)
	return d
}

// back is what continue.py made of a run.
func back(t *testing.T, dir string) checkpoint.Run {
	t.Helper()
	run, err := checkpoint.Load(filepath.Join(dir, "continued"))
	if err != nil {
		entries, _ := os.ReadDir(filepath.Join(dir, "continued"))
		t.Fatal(err, entries)
	}
	return run
}
