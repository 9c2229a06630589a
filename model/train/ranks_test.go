package train

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/optim"
	"hornbook/model/recipe"
)

// shared is a run of size ranks.
func shared(t *testing.T, r recipe.Recipe, size int, launch Launch) *Run {
	t.Helper()
	run := begin(t, r)
	if err := run.Share(size, launch); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	return run
}

func steps(t *testing.T, run *Run, n int) (losses []float64) {
	t.Helper()
	for range n {
		if err := run.Step(); err != nil {
			t.Fatal(err)
		}
		if err := run.Tell(); err != nil {
			t.Fatal(err)
		}
		losses = append(losses, run.Loss)
	}
	return losses
}

// Same seed and same number of ranks: same bits, whatever the share of each.
func TestSameRanksSameBits(t *testing.T) {
	names, most := []string{"nanogpt-cpu", "quick"}, 3
	if testing.Short() {
		names, most = names[1:], 2
	}
	for _, name := range names {
		r := brief(name)
		r.Batch = 7 // 3 and 4; 2, 2 and 3
		for size := 1; size <= most; size++ {
			var first []float32
			for range 2 {
				run := shared(t, r, size, Goroutines)
				steps(t, run, 6)
				if run.Ranks() != size {
					t.Fatalf("%d ranks, want %d", run.Ranks(), size)
				}
				if first == nil {
					first = run.Model.Weights.Numbers()
				} else if !slices.Equal(first, run.Model.Weights.Numbers()) {
					t.Errorf("%s: %d ranks gave two models", name, size)
				}
			}
		}
	}
}

// ranksTolerance is how far the loss of several ranks may be from that of one,
// nats a token, over 30 steps: sums are taken in another order, and training
// makes small differences larger.
const ranksTolerance = 1e-5

func TestRanksLearnAsOneDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("30 steps of each are not for -short")
	}
	for _, name := range []string{"nanogpt-cpu", "quick"} {
		r := brief(name)
		alone := steps(t, begin(t, r), 30)
		for _, size := range []int{2, 3} {
			worst := 0.0
			for i, loss := range steps(t, shared(t, r, size, Goroutines), 30) {
				worst = max(worst, math.Abs(loss-alone[i]))
			}
			if worst > ranksTolerance {
				t.Errorf("%s: the loss of %d ranks is off by %.2g", name, size, worst)
			}
			t.Logf("%s: %d ranks within %.2g of one", name, size, worst)
		}
	}
}

// After a step all ranks hold the same weights.
func TestReplicasAgree(t *testing.T) {
	const size = 3
	r := brief("quick")
	d := newDesk(size, BoardLen(r, size))
	replicas := make([]replica, size)
	done := make(chan error, size)
	for rank := range replicas {
		go func() {
			p, err := newReplica(nil, r, text(5000))
			p.Model.Init(r.Init, 1)
			p.join(newGroup(seat{d, rank}, r, p.Model))
			none := make([][2][]float32, size)
			for s := range none {
				n := p.group.shards[s].hi - p.group.shards[s].lo
				none[s] = [2][]float32{make([]float32, n), make([]float32, n)}
			}
			err = errors.Join(err, p.group.share(none, p.optimizer))
			for range 3 {
				err = errors.Join(err, p.gradients(), p.update())
			}
			replicas[rank] = p
			done <- err
		}()
	}
	for range size {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	for rank, p := range replicas {
		if !slices.Equal(p.Model.Weights.Numbers(), replicas[0].Model.Weights.Numbers()) || p.Loss != replicas[0].Loss || p.GradNorm != replicas[0].GradNorm {
			t.Errorf("rank %d has gone its own way", rank)
		}
	}
}

// An evaluation is the same to the bit however many ranks share it, of any
// number of batches, and disturbs no step.
func TestSharedEvaluation(t *testing.T) {
	all, most := []int{1, 3, 8}, 4
	if testing.Short() {
		all, most = all[:2], 3
	}
	for _, batches := range all {
		r := brief("quick")
		r.EvalBatches = batches
		alone := begin(t, r)
		want := measures(alone)
		loss := steps(t, alone, 3)
		for size := 2; size <= most; size++ {
			run := shared(t, r, size, Goroutines)
			calls := 0
			if got, _ := run.Evaluate(func() bool { calls++; return true }); !slices.Equal(got.Measures, want) {
				t.Errorf("%d ranks measure %v, one %v", size, got, want)
			}
			if calls != 2*batches/size {
				t.Errorf("the lead of %d ranks did %d of %d batches", size, calls, 2*batches)
			}
			if got := steps(t, run, 3); math.Abs(got[2]-loss[2]) > ranksTolerance {
				t.Errorf("after an evaluation %d ranks go to %v, one to %v", size, got[2], loss[2])
			}
			measures(run)
			steps(t, run, 1)
		}
	}
}

func TestSharedStepAllocatesNothing(t *testing.T) {
	for _, name := range []string{"nanogpt-cpu", "quick"} {
		run := shared(t, brief(name), 2, Goroutines)
		steps(t, run, 2)
		n := testing.AllocsPerRun(20, func() {
			if err := run.Step(); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: a step of two ranks allocates %v times", name, n)
		}
	}
}

// frail is a crew whose board fails at one meeting, as when a rank has gone.
type frail struct {
	Crew
	syncs *atomic.Int64 // until it fails
}

func (f frail) Sync(patience time.Duration) error {
	if f.syncs.Add(-1) == 0 {
		return ErrRankLost
	}
	return f.Crew.Sync(patience)
}

// A lost rank ends nothing, at whichever meeting it does not come: the step is
// taken with a rank less, and the loss goes on as it would have.
func TestLostRank(t *testing.T) {
	r := brief("quick")
	want := steps(t, begin(t, r), 12)
	last := int64(8)
	if testing.Short() {
		last = 5
	}
	for lost := int64(3); lost <= last; lost++ { // at the first two meetings ranks begin
		syncs := new(atomic.Int64)
		syncs.Store(3*4 + lost)
		run := shared(t, r, 3, func(task Task, size int) (Crew, error) {
			c, err := Goroutines(task, size)
			return frail{c, syncs}, err
		})
		got := steps(t, run, 12)
		if run.Ranks() != 2 || run.Done != 12 {
			t.Errorf("%d ranks go on and have taken %d steps", run.Ranks(), run.Done)
		}
		retaken := 4 + int(lost-3)/3
		for i := range retaken + 1 { // the weights that it begins with are those before
			if math.Abs(got[i]-want[i]) > ranksTolerance {
				t.Errorf("lost at meeting %d: step %d is off by %v", lost, i+1, got[i]-want[i])
			}
		}
		if math.Abs(got[11]-want[11]) > 0.3 || got[11] > got[0] {
			t.Errorf("lost at meeting %d: the loss goes to %v, without the loss to %v", lost, got[11], want[11])
		}
	}
}

// A rank that is lost during an evaluation costs it nothing.
func TestLostRankInEvaluation(t *testing.T) {
	r := brief("quick")
	want := measures(begin(t, r))
	for lost := int64(3); lost <= 4; lost++ {
		syncs := new(atomic.Int64)
		syncs.Store(lost)
		run := shared(t, r, 3, func(task Task, size int) (Crew, error) {
			c, err := Goroutines(task, size)
			return frail{c, syncs}, err
		})
		if got := measures(run); !slices.Equal(got, want) || run.Ranks() != 2 {
			t.Errorf("lost at meeting %d: %d ranks measure %v, want %v", lost, run.Ranks(), got, want)
		}
		steps(t, run, 2)
	}
}

// Where no other rank can be started, the lead goes on alone.
func TestNoRankLeft(t *testing.T) {
	syncs := new(atomic.Int64)
	syncs.Store(6)
	first := true
	run := shared(t, brief("nanogpt-cpu"), 4, func(task Task, size int) (Crew, error) {
		if !first {
			return nil, fmt.Errorf("no memory")
		}
		first = false
		c, err := Goroutines(task, size)
		return frail{c, syncs}, err
	})
	steps(t, run, 5)
	if run.Ranks() != 1 || run.Done != 5 {
		t.Errorf("%d ranks have taken %d steps", run.Ranks(), run.Done)
	}
	run = begin(t, brief("quick"))
	err := run.Share(2, func(Task, int) (Crew, error) { return nil, fmt.Errorf("no worker") })
	if err == nil || run.Ranks() != 1 {
		t.Errorf("a crew that cannot begin: %v, %d ranks", err, run.Ranks())
	}
	steps(t, run, 2)
}

// All ranks see that the loss is no number, and end.
func TestSharedDivergence(t *testing.T) {
	run := shared(t, brief("quick"), 2, Goroutines)
	steps(t, run, 3)
	poison(run.Model.Parameters[2])
	if err := run.Step(); !errors.Is(err, ErrDiverged) {
		t.Fatalf("a step with a weight that is no number gave %v", err)
	}
	if l := measures(run); !finite(l.Value(recipe.ValLoss)) {
		t.Errorf("the kept weights have a loss of %v", l.Value(recipe.ValLoss))
	}
}

// The shards follow one another, leave nothing out, and cost about the same.
func TestShards(t *testing.T) {
	for _, r := range recipe.Presets() {
		r.Model.Vocab = 300
		m := model.New(cpu.New(), r.Model)
		m.Train(r)
		for n := 1; n <= MostRanks; n++ {
			shards, list := cut(r, m.Parameters, n), r.Tensors()
			at, params, worst, all := 0, 0, 0.0, 0.0
			for _, s := range shards {
				cost, length := 0.0, 0
				for i, p := range s.params {
					cost += optim.Cost(r, list[params+i])
					length += p.Len()
				}
				if s.lo != at || s.hi-s.lo != length {
					t.Fatalf("%s: of %d shards one is %d to %d, after %d", r.Preset, n, s.lo, s.hi, at)
				}
				at, params, worst, all = s.hi, params+len(s.params), max(worst, cost), all+cost
			}
			if at != m.Weights.Len() || params != len(m.Parameters) {
				t.Errorf("%s: %d shards hold %d of %d weights", r.Preset, n, at, m.Weights.Len())
			}
			if n <= 4 && worst > 1.5*all/float64(n) {
				t.Errorf("%s: the dearest of %d shards costs %.2f of the mean", r.Preset, n, worst*float64(n)/all)
			}
		}
	}
}

func TestHowManyRanks(t *testing.T) {
	const gib = 1 << 30
	stories, _ := recipe.ByName("stories")
	tiny, _ := recipe.ByName("tiny")
	small, _ := recipe.ByName("small")
	for _, r := range []*recipe.Recipe{&stories, &tiny, &small} {
		r.Model.Vocab = 500
	}
	idle := tiny
	idle.Model.Layers, idle.Model.Channels, idle.Model.Hidden, idle.Batch = 1, 16, 16, 2
	for _, c := range []struct {
		r             recipe.Recipe
		tokens, cores int
		memory        float64
		ranks, limit  int
	}{
		{stories, 0, 1, gib, 1, 1}, {stories, 0, 2, gib, 2, 2}, {stories, 0, 4, gib, 3, 4}, {stories, 0, 64, gib, 6, 6},
		{tiny, 0, 4, gib, 4, 4}, {tiny, 0, 64, gib, 8, 8}, {idle, 0, 4, gib, 1, 2}, {small, 0, 8, small.BytesOn(2), 2, 2},
		{stories, 0, 8, 1, 1, 1}, {stories, 64 << 20, 8, 1.5 * gib, 3, 5},
	} {
		if got := Ranks(c.r, c.tokens, c.cores, c.memory); got != c.ranks {
			t.Errorf("%s on %d cores with %.0f bytes: %d ranks, want %d", c.r.Preset, c.cores, c.memory, got, c.ranks)
		}
		if got := MaxRanks(c.r, c.tokens, c.cores, c.memory); got != c.limit {
			t.Errorf("%s on %d cores with %.0f bytes: at most %d ranks, want %d", c.r.Preset, c.cores, c.memory, got, c.limit)
		}
	}
}
