package train

import (
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"hornbook/model"
)

// begins are prompts of many lengths and numbers of sequences.
func begins(n int) (prompts []model.Prompt) {
	for i := range n {
		p := model.Prompt{IDs: rhyme(1 + i*5%12)}
		for s := range i * 3 % 5 {
			p.Seeds = append(p.Seeds, uint64(i)<<40+uint64(s))
		}
		prompts = append(prompts, p)
	}
	return prompts
}

var freely = model.Rule{Sampling: model.Sampling{Temperature: 1.1, TopP: 0.97, TopK: 11}, Tokens: 20, Stop: []int32{4}}

// Sequences have the same bits for any number of ranks, between steps, and
// disturb none.
func TestSharedWriting(t *testing.T) {
	r := brief("quick")
	alone := begin(t, r)
	steps(t, alone, 2)
	want := alone.Write(begins(17), freely, nil)
	losses := steps(t, alone, 2)
	if n := sequences(begins(17)); len(want) != n {
		t.Fatalf("%d sequences are written, want %d", len(want), n)
	}
	for size := 2; size <= 4; size++ {
		run := shared(t, r, size, Goroutines)
		same := begin(t, r)
		if err := same.Share(size, Goroutines); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(same.Close)
		steps(t, run, 2)
		steps(t, same, 2)
		one := run.Write(begins(17), freely, nil)
		if two := same.Write(begins(17), freely, nil); !reflect.DeepEqual(one, two) || len(one) != len(want) {
			t.Errorf("%d ranks write %v, and again %v", size, one, two)
		}
		if got := steps(t, run, 2); got[1]-losses[1] > ranksTolerance || losses[1]-got[1] > ranksTolerance {
			t.Errorf("after writing %d ranks go to %v, one to %v", size, got, losses)
		}
	}
}

// Before the first step all ranks have the lead's weights, so that what is
// written is the same to the bit for one rank and for more.
func TestWritingDoesNotDependOnRanks(t *testing.T) {
	r := brief("quick")
	want := begin(t, r).Write(begins(17), freely, nil)
	for size := 2; size <= 4; size++ {
		if got := shared(t, r, size, Goroutines).Write(begins(17), freely, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("%d ranks write %v, one %v", size, got, want)
		}
	}
}

// What the board has no room for is written in portions, or by the lead.
func TestLongWriting(t *testing.T) {
	if testing.Short() {
		t.Skip("72,000 tokens are not for -short")
	}
	r := brief("quick")
	long := model.Rule{Tokens: 1800} // 40 sequences of them are more than room
	want := begin(t, r).Write(begins(20), long, nil)
	if got := shared(t, r, 2, Goroutines).Write(begins(20), long, nil); !reflect.DeepEqual(got, want) {
		t.Error("portions write otherwise")
	}
	long.Tokens = room
	one := []model.Prompt{{IDs: []int32{1}, Seeds: []uint64{3}}}
	calls := 0
	got := shared(t, r, 2, Goroutines).Write(one, long, func() bool { calls++; return calls < 5 })
	if len(got) != 1 || len(got[0]) != 5 {
		t.Errorf("after %d passes the lead alone has written %d", calls, len(got[0]))
	}
}

func TestLostRankInWriting(t *testing.T) {
	r := brief("quick")
	want := begin(t, r).Write(begins(17), freely, nil)
	for lost := int64(3); lost <= 5; lost++ {
		syncs := new(atomic.Int64)
		syncs.Store(lost)
		run := shared(t, r, 3, func(task Task, size int) (Crew, error) {
			c, err := Goroutines(task, size)
			return frail{c, syncs}, err
		})
		if got := run.Write(begins(17), freely, nil); !reflect.DeepEqual(got, want) || run.Ranks() != 2 {
			t.Errorf("lost at meeting %d: %d ranks write %v, want %v", lost, run.Ranks(), got, want)
		}
		steps(t, run, 2)
	}
}

// A job reads as it was written, to the bit.
func TestJobs(t *testing.T) {
	rule := freely
	rule.Temperature = 0.1 + 0.2
	prompts := begins(9)
	prompts[3].Seeds = append(prompts[3].Seeds, 1<<64-1, 0xFEDC_BA98_7654_3210)
	job := encodeJob(prompts, rule)
	if len(job) != jobLen(prompts, rule) {
		t.Errorf("a job of %d floats was said to have %d", len(job), jobLen(prompts, rule))
	}
	again, theirs := decodeJob(job)
	for i := range again {
		if !slices.Equal(again[i].IDs, prompts[i].IDs) || !slices.Equal(again[i].Seeds, prompts[i].Seeds) {
			t.Errorf("prompt %d comes as %+v", i, again[i])
		}
	}
	if !reflect.DeepEqual(theirs, rule) {
		t.Errorf("the rule comes as %+v", theirs)
	}
	for ranks := 1; ranks <= 5; ranks++ {
		n, all := 0, []model.Prompt(nil)
		for _, part := range deal(prompts, ranks) {
			all = append(all, part...)
			n += sequences(part)
		}
		if n != sequences(prompts) || !reflect.DeepEqual(all, prompts) {
			t.Errorf("%d ranks are dealt %+v", ranks, all)
		}
	}
}
