package train

import (
	"math"
	"slices"
	"time"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Peak is the most multiply-adds that one core does, in GFLOP/s: the fastest of
// some calls, since whatever else the machine does only slows them. between is
// called after each.
func Peak(between func()) float64 {
	const turns = 1 << 19
	var operations int
	times := timed(10, func() { operations = cpu.MultiplyAdds(turns) }, between)
	return float64(operations) / slices.Min(times).Seconds() / 1e9
}

// Product is one product of matrices, C (M,N) = A·B over K, in one of the
// three forms that training has: "forward" is A·Bᵀ, "input" is A·B and
// "weight" is Aᵀ·B, with every matrix dense in memory.
type Product struct {
	Form    string
	M, N, K int
}

// GFLOPS is how fast the product is: the median of some calls, the packing of
// its operands included. between is called after each.
func (p Product) GFLOPS(between func()) float64 {
	return p.operations() / median(p.times(between)).Seconds() / 1e9
}

func (p Product) operations() float64 { return 2 * float64(p.M) * float64(p.N) * float64(p.K) }

func (p Product) times(between func()) []time.Duration {
	return timed(15, cpu.Product(p.Form, p.M, p.N, p.K), between)
}

// Writing is how many tokens a second one stream of a new model of r writes,
// sampling included: the median of some stretches. A new model's tokens are
// nearly all as likely, which is the most work for sampling. between is called
// after each stretch.
func Writing(r recipe.Recipe, between func()) float64 { return writing(cpu.New(), r, 128, between) }

// WritingOn is Writing on a device, in shorter stretches.
func WritingOn(b tensor.Backend, r recipe.Recipe, between func()) (speed float64, err error) {
	defer func() { err = lostOr(recover(), err) }()
	return writing(b, r, 32, between), nil
}

func writing(b tensor.Backend, r recipe.Recipe, stretch int, between func()) float64 {
	r.Model.Vocab = r.VocabSize
	m := model.New(b, r.Model)
	m.Init(r.Init, r.Seed)
	g, s := model.NewGenerator(m), model.Sampling{Temperature: 0.8, TopP: 0.95, Seed: r.Seed}
	rng, logits := s.Rand(), g.Prompt(nil)
	times := timed(5, func() {
		for range stretch {
			logits = g.Next(g.Pick(logits, s, rng))
		}
	}, between)
	return float64(stretch) / median(times).Seconds()
}

// longest is the time after which timed calls no more, but for so many calls
// besides the first.
const (
	longest = 400 * time.Millisecond
	fewest  = 3
)

// timed is how long each of up to n calls of f takes, after one that fills the
// caches; fewer where they take long. between is not timed.
func timed(n int, f, between func()) []time.Duration {
	var times []time.Duration
	for begin := time.Now(); len(times) <= n; {
		at := time.Now()
		f()
		times = append(times, time.Since(at))
		between()
		if len(times) > fewest && time.Since(begin) > longest {
			break
		}
	}
	return times[min(1, len(times)-1):]
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// SquareGFLOPS is the speed of products of square matrices, n numbers wide, on a device.
func SquareGFLOPS(b tensor.Backend, n int) (speed float64, err error) {
	defer func() { err = lostOr(recover(), err) }()
	x, w, y := tensor.Zeros(b, n, n), tensor.Zeros(b, n, n), tensor.Zeros(b, n, n)
	var last [1]float32
	took := func(times int) time.Duration {
		begin := time.Now()
		for range times {
			b.Linear(y, x, w, nil)
		}
		y.Storage.Download(last[:], 0) // which waits for them
		return time.Since(begin)
	}
	took(1)
	const times = 4
	return times * 2 * math.Pow(float64(n), 3) / took(times).Seconds() / 1e9, nil
}
