package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
	"unicode/utf8"

	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/scale"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/session"
)

// ladder is a scaling lab in a folder: runs of some sizes, a law, a forecast for the next
// size, and the run that tests it.
type ladder struct {
	dir   string
	text  *protocol.SetText
	ranks int
	test  bool
	law   *scale.Law // nil: not fitted yet
	kept  ladderFile
	out   io.Writer
	errs  io.Writer
	ctx   context.Context // ends when the program is asked to
	stop  func()          // from then on that ends it at once
}

// scaleFlags are those of scale.
type scaleFlags struct {
	*flag.FlagSet
	data                fileList
	encoding, dir       *string
	sizes, seeds, ranks *int
	budget, ops, ratio  *float64
	test                *bool
}

func addScaleFlags(f *flag.FlagSet) *scaleFlags {
	s := &scaleFlags{FlagSet: f}
	f.Var(&s.data, "text", "the text to learn from, as -data of train: a `FILE`, several times for several")
	f.Var(&s.data, "data", "the same as -text")
	s.encoding = f.String("encoding", "", "of -text where it is plain text (default: found out)")
	s.dir = f.String("out", "", "folder for the runs, the numbers (scale.json, scale.csv) and the picture (scale.svg); a ladder that is there already goes on")
	s.sizes = f.Int("sizes", scale.LeastSizes, "how many sizes the law is fitted to")
	s.seeds = f.Int("seeds", 2, "runs of each size: more make the forecast surer and cost as much again")
	s.budget = f.Float64("budget", 5, "`MINUTES` for all runs, that of the next size included; 480 is a night")
	s.ops = f.Float64("ops", 0, "`OPERATIONS` for all runs, in place of -budget: the same ladder on every machine, as 3e12")
	s.ratio = f.Float64("ratio", scale.Ratio, "tokens that a model reads for each of its weights")
	s.test = f.Bool("test", true, "train the next size too, to see whether the forecast holds; -test=false only forecasts")
	s.ranks = f.Int("ranks", 0, "workers that train together; 0 for as many as help")
	return s
}

// wrong refuses what no ladder can be of.
func (s *scaleFlags) wrong() error {
	switch {
	case len(s.data) == 0:
		return wrongUsage("scale needs a text: -text FILE")
	case *s.dir == "":
		return wrongUsage("scale needs a folder for its runs: -out DIR")
	case *s.sizes < scale.LeastSizes || *s.sizes > mostSizes:
		return wrongUsage("-sizes %d: a line through fewer than %d says nothing, and more than %d are too many; give 3 to 6", *s.sizes, scale.LeastSizes, mostSizes)
	case *s.seeds < 1 || *s.seeds > mostSeeds:
		return wrongUsage("-seeds %d: give 1 to %d", *s.seeds, mostSeeds)
	case !(*s.budget > 0 && *s.budget <= mostMinutes):
		return wrongUsage("-budget %g: give minutes, up to %d, a week", *s.budget, mostMinutes)
	case !(*s.ops >= 0 && *s.ops <= mostOps):
		return wrongUsage("-ops %g: give operations, up to %g", *s.ops, mostOps)
	case !(*s.ratio >= 0.1 && *s.ratio <= 1000):
		return wrongUsage("-ratio %g: give 0.1 to 1000 tokens a weight; 20 is usual", *s.ratio)
	case *s.ranks < 0:
		return wrongUsage("-ranks %d: give a number of workers, or 0 for as many as help", *s.ranks)
	}
	return nil
}

const mostSizes, mostSeeds, mostMinutes, mostOps = 6, 8, 7 * 24 * 60, 1e18

// scaleCommand trains models of growing sizes, forecasts the next and tests that. An
// interrupt keeps what there is; the same command goes on.
func scaleCommand(args []string, out, errs io.Writer) error {
	s := addScaleFlags(flag.NewFlagSet("scale", flag.ContinueOnError))
	if err := parse(s.FlagSet, args, errs); err != nil {
		return err
	}
	if err := s.wrong(); err != nil {
		return err
	}
	text, err := texts(s.data, *s.encoding, errs)
	if err != nil {
		return err
	}
	release, err := hold(*s.dir)
	if err != nil {
		return err
	}
	defer release()
	ctx, stop := interrupted()
	defer stop()
	l := &ladder{ctx: ctx, stop: stop, dir: *s.dir, text: text, ranks: *s.ranks, test: *s.test, out: out, errs: errs}
	if err := l.plan(s); err != nil {
		return err
	}
	return l.climb()
}

// plan reads the plan of the ladder that is there, or makes one.
func (l *ladder) plan(s *scaleFlags) error {
	there, err := l.read()
	switch sum := session.TextSum(l.text.Data); {
	case err != nil:
		return err
	case there && l.kept.TextSHA256 != sum:
		return fmt.Errorf("%s holds a ladder on another text, which was called %s; give that one by -text, or another folder by -out", l.dir, l.kept.Text)
	case there:
		return l.samePlan(s)
	default:
		l.kept = ladderFile{Text: l.text.Name, TextSHA256: sum}
	}
	of := scale.TextOf(utf8.RuneCount(l.text.Data), kinds(l.text.Data), len(l.text.Data))
	var short *scale.TooShort
	if _, err := scale.New(of, *s.sizes, *s.seeds, *s.ratio, 0); errors.As(err, &short) {
		return fmt.Errorf("%s has %s characters or bytes. The smallest ladder needs %s, so that no model reads the text more than %d times: give a longer text, or less to read by -ratio",
			l.text.Name, english.Count(short.Has), english.Count(short.Needs), scale.MostReadings)
	}
	may, err := *s.ops, error(nil)
	if may == 0 {
		if may, err = l.within(of, *s.budget); err != nil {
			return err
		}
	}
	l.kept.Plan, err = scale.New(of, *s.sizes, *s.seeds, *s.ratio, may)
	var dear *scale.TooDear
	if errors.As(err, &dear) {
		return fmt.Errorf("the smallest ladder takes %s operations, and there may be %s: give a larger -budget or -ops, or fewer -seeds", operations(dear.Needs), operations(dear.May))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(l.errs, "%s operations in all.\n", operations(l.kept.Plan.Ops()))
	if l.kept.Plan.Short {
		fmt.Fprintf(l.errs, "Larger models would read the text more than %d times, so these are smaller than the time allows.\n", scale.MostReadings)
	}
	return l.write()
}

// within is how many operations this machine does in so many minutes of training, by some
// steps of a small model.
func (l *ladder) within(t scale.Text, minutes float64) (float64, error) {
	const steps = 12
	r := scale.Trial(t)
	run, err := train.New(r, train.Data{Text: data.Corpus{IDs: make([]int32, data.MinTokens(r.Model.Context))}})
	if err != nil {
		return 0, err
	}
	if err := run.Share(train.Ranks(r, l.ranks, runtime.GOMAXPROCS(0), protocol.MaxMemory), train.Goroutines); err != nil {
		return 0, err
	}
	defer run.Close()
	timing, err := train.Bench(run, steps, nil)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(l.errs, "%.1f GFLOP/s, measured here.\n", timing.GFLOPS)
	return minutes * 60 * timing.GFLOPS * 1e9, nil
}

// samePlan refuses flags that would make another plan of the one that goes on.
func (l *ladder) samePlan(s *scaleFlags) (err error) {
	is := map[string]string{"sizes": fmt.Sprint(len(l.kept.Plan.Sizes)), "seeds": fmt.Sprint(l.kept.Plan.Seeds), "ratio": fmt.Sprintf("%g", l.kept.Plan.Ratio)}
	s.Visit(func(set *flag.Flag) {
		if was, fixed := is[set.Name]; fixed && was != set.Value.String() {
			err = wrongUsage("-%s %s: the ladder in %s has %s; leave the flag out, or begin anew in another folder", set.Name, set.Value, l.dir, was)
		}
	})
	return err
}

// kinds is how many different characters a text has.
func kinds(text []byte) int {
	seen := map[rune]bool{}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		seen[r], text = true, text[n:]
	}
	return len(seen)
}

// climb trains what is missing, rung by rung, and tells what comes of it.
func (l *ladder) climb() error {
	p := l.kept.Plan
	for i, size := range p.Sizes {
		for seed := range p.Seeds {
			if err := l.train(size, seed+1, &l.kept.Runs, fmt.Sprintf("size %d of %d, run %d of %d", i+1, len(p.Sizes), seed+1, p.Seeds)); err != nil {
				return err
			}
		}
	}
	if err := l.foretell(); err != nil || !l.test {
		return err
	}
	var tested []ladderRun
	if err := l.train(p.Next, 1, &tested, "the next size"); err != nil {
		return err
	}
	l.kept.Tested = &tested[0]
	return l.verdict()
}

// train trains a size by a seed, goes on with a run that was interrupted, or takes over
// one that is there, and notes it.
func (l *ladder) train(size scale.Size, seed int, runs *[]ladderRun, says string) error {
	r := size.Recipe(l.kept.Plan.Text, seed)
	dir := filepath.Join(l.dir, fmt.Sprintf("width-%d-seed-%d", r.Model.Channels, seed))
	kept, err := checkpoint.Describe(os.DirFS(dir))
	if err != nil || kept.State != "done" {
		if l.ctx.Err() != nil { // asked to end as the run before did
			return l.stopped()
		}
		if err := l.run(dir, r, says); err != nil {
			return err
		}
		if kept, err = checkpoint.Describe(os.DirFS(dir)); err != nil {
			return err
		}
	}
	switch {
	case kept.State != "done":
		return l.stopped()
	case kept.Step < kept.Recipe.Steps || kept.TextSHA256 != l.kept.TextSHA256 || kept.Recipe.Model.Channels != r.Model.Channels || kept.Recipe.Steps != r.Steps:
		return fmt.Errorf("%s holds another run than this ladder's; move it away, and give the same command again", dir)
	}
	one := ladderRun{Folder: filepath.Base(dir), Width: r.Model.Channels, Weights: size.Weights, Seed: seed, Tokens: kept.Tokens, Seconds: kept.Seconds,
		Point: scale.Point{Ops: size.Ops, Loss: kept.Measures.Value(recipe.ValLoss)}}
	*runs = append(*runs, one)
	_, err = fmt.Fprintf(l.out, "%s: width %d, %s weights, %s operations: loss %.4f (%s)\n", says, one.Width, english.Count(one.Weights), operations(one.Ops), one.Loss, english.Duration(one.Seconds))
	return err
}

func (l *ladder) stopped() error {
	return fmt.Errorf("stopped; what is finished is kept in %s, and the same command goes on", l.dir)
}

// run trains one, or goes on with it; an interrupt pauses it.
func (l *ladder) run(dir string, r recipe.Recipe, says string) error {
	j := newJob(dir, l.ranks, l.errs, l.progress(says))
	j.text, j.recipe, j.quiet = l.text, r, true
	return j.heed(l.ctx, l.stop, func() error { return l.begin(l.ctx, j) })
}

func (l *ladder) begin(ctx context.Context, j *job) error {
	kept, err := checkpoint.Load(j.dir)
	if err == nil && (kept.State == "training" || kept.State == "paused") {
		j.from, j.going, j.saved = j.dir, true, kept.Step
		return j.run(ctx)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the run in %s cannot be read (%w); delete it, and give the same command again", j.dir, err)
	}
	if err := spare(j.dir); err != nil {
		return err
	}
	return j.run(ctx)
}

// progress tells now and then how far a run is.
func (l *ladder) progress(says string) func(protocol.Event) error {
	const every = 10 * time.Second
	last := time.Now()
	return func(e protocol.Event) error {
		step, is := e.(*protocol.Step)
		if !is || time.Since(last) < every {
			return nil
		}
		last = time.Now()
		_, err := fmt.Fprintf(l.errs, "%s: step %s of %s, loss %.3f\n", says, english.Count(step.Step), english.Count(step.Steps), step.Loss)
		return err
	}
}
