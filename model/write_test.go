package model_test

import (
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
)

// What a sequence writes has the same bits alone, beside others, in any order,
// and where it shares its prompt; it ends where it is to end.
func TestWritesTheSameBesideOthers(t *testing.T) {
	for name, c := range forms() {
		c.Context = 12
		m := model.New(cpu.New(), c)
		hashWeights(m)
		rule := model.Rule{Sampling: model.Sampling{Temperature: 1, TopP: 0.9}, Tokens: 30, Stop: []int32{7}}
		var prompts []model.Prompt
		for i := range 16 {
			p := model.Prompt{}
			for j := range 1 + i*5%14 {
				p.IDs = append(p.IDs, int32((i+j*j)%c.Vocab))
			}
			for s := range 1 + i%7 {
				p.Seeds = append(p.Seeds, uint64(100*i+s))
			}
			prompts = append(prompts, p)
		}
		all := model.NewWriter(m).Write(prompts, rule, nil)
		w, at := model.NewWriter(m), 0
		for _, p := range prompts {
			for _, seed := range p.Seeds {
				alone := w.Write([]model.Prompt{{IDs: p.IDs, Seeds: []uint64{seed}}}, rule, nil)
				if !slices.Equal(alone[0], all[at]) {
					t.Fatalf("%s: sequence %d writes %v alone and %v beside others", name, at, alone[0], all[at])
				}
				n := len(alone[0])
				if stop := slices.Index(alone[0], 7); n == 0 || stop >= 0 && stop != n-1 || stop < 0 && n != rule.Tokens {
					t.Errorf("%s: sequence %d ends as %v", name, at, alone[0])
				}
				at++
			}
		}
		slices.Reverse(prompts)
		again := model.NewWriter(m).Write(prompts[:3], rule, nil)
		if last := all[len(all)-len(prompts[0].Seeds):]; !slices.EqualFunc(again[:len(last)], last, slices.Equal) {
			t.Errorf("%s: in another order %v is written, not %v", name, again[:len(last)], last)
		}
	}
}

// At temperature 0 a writer writes what a generator does.
func TestWriterFollowsGenerator(t *testing.T) {
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		prompt := []int32{3, 1, 4}
		got := model.NewWriter(m).Write([]model.Prompt{{IDs: prompt, Seeds: []uint64{1, 2}}}, model.Rule{Tokens: 20}, nil)
		g := model.NewGenerator(m)
		logits, want := g.Prompt(prompt), []int32(nil)
		for range 20 {
			id := g.Pick(logits, model.Sampling{}, nil)
			want = append(want, id)
			logits = g.Next(id)
		}
		if !slices.Equal(got[0], want) || !slices.Equal(got[1], want) {
			t.Errorf("%s: writes %v, one by one %v", name, got, want)
		}
	}
}

func TestWritingEnds(t *testing.T) {
	m := model.New(cpu.New(), forms()["qwen3"])
	hashWeights(m)
	w, passes := model.NewWriter(m), 0
	got := w.Write([]model.Prompt{{IDs: []int32{1}, Seeds: []uint64{1, 2}}, {IDs: []int32{2}}}, model.Rule{Tokens: 50},
		func() bool { passes++; return passes < 4 })
	if len(got) != 2 || len(got[0]) != 4 || passes != 4 {
		t.Errorf("after %d passes there is %v", passes, got)
	}
	if got := w.Write([]model.Prompt{{IDs: []int32{1}, Seeds: []uint64{1}}}, model.Rule{}, nil); len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("of no token there is %v", got)
	}
}
