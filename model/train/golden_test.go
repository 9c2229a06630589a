package train

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// golden.json is PyTorch's account of losses, gradients and short runs; golden.py made
// it, and says what each field is.
type golden struct {
	GRPO map[string]goldenGRPO `json:"grpo"`
	DPO  map[string]goldenDPO  `json:"dpo"`
	SFT  map[string]struct {
		Logits  [][]float64 `json:"logits"`
		Targets []int32     `json:"targets"`
		Mask    []float64   `json:"mask"`
		Loss    float64     `json:"loss"`
		Grad    [][]float64 `json:"grad"`
	} `json:"sft_logits"`
	GKD map[string]struct {
		Student     [][]float64 `json:"student"`
		Teacher     [][]float64 `json:"teacher"`
		Beta        float64     `json:"beta"`
		Temperature float64     `json:"temperature"`
		Loss        float64     `json:"loss"`
		Grad        [][]float64 `json:"grad"`
		Divergences []float64   `json:"divergences"`
	} `json:"gkd"`
	Entropy map[string]struct {
		Logits      [][]float64 `json:"logits"`
		Temperature float64     `json:"temperature"`
		Entropies   []float64   `json:"entropies"`
	} `json:"entropy"`
	LogProbs map[string]struct {
		Logits      [][]float64 `json:"logits"`
		Temperature float64     `json:"temperature"`
		Targets     []int32     `json:"targets"`
		Weights     []float64   `json:"weights"`
		LP          []float64   `json:"lp"`
		Sum         float64     `json:"sum"`
		Grad        [][]float64 `json:"grad"`
	} `json:"logprobs"`
}

type goldenGRPO struct {
	goldenRewards
	MaxLength  int         `json:"max_length"`
	Advantages [][]float64 `json:"advantages"`
	Groups     [][]struct {
		LP      []float64 `json:"lp"`
		Old     []float64 `json:"old"`
		Ref     []float64 `json:"ref"`
		Rewards []float64 `json:"rewards"`
		Ended   bool      `json:"ended"`
	} `json:"groups"`
	Loss float64       `json:"loss"`
	Grad [][][]float64 `json:"grad"`
	KL   float64       `json:"kl"`
	Low  float64       `json:"clip_low"`
	High float64       `json:"clip_high"`
	Flat *float64      `json:"frac_reward_zero_std"`
	Std  *float64      `json:"reward_std"`
	Mean *float64      `json:"reward"`
}

type goldenRewards struct {
	Loss      string    `json:"loss_type"`
	Scale     bool      `json:"scale_rewards"`
	Low       float64   `json:"epsilon_low"`
	High      float64   `json:"epsilon_high"`
	Beta      float64   `json:"beta"`
	Weights   []float64 `json:"reward_weights"`
	Truncated string    `json:"truncated"`
}

type goldenDPO struct {
	Beta  float64 `json:"beta"`
	Terms []struct {
		Loss      string  `json:"loss"`
		Weight    float64 `json:"weight"`
		Smoothing float64 `json:"smoothing"`
	} `json:"terms"`
	Pairs []struct {
		Chosen, Rejected struct{ LP, Ref []float64 }
	} `json:"pairs"`
	Loss float64 `json:"loss"`
	Grad []struct {
		Chosen, Rejected []float64
	} `json:"grad"`
	Chosen     float64 `json:"rewards_chosen"`
	Rejected   float64 `json:"rewards_rejected"`
	Margins    float64 `json:"margins"`
	Accuracies float64 `json:"accuracies"`
	LogpsC     float64 `json:"logps_chosen"`
	LogpsR     float64 `json:"logps_rejected"`
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// goldenTolerance is what is asked of every loss and gradient, relative to 1 and more:
// log probabilities pass as float32.
const goldenTolerance = 1e-6

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if off := math.Abs(got - want); !(off <= goldenTolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: %.9g, PyTorch has %.9g", what, got, want)
	}
}

// nats are log probabilities as losses of tokens.
func nats(lp []float64) (x []float32) {
	for _, v := range lp {
		x = append(x, float32(-v))
	}
	return x
}

func TestGoldenGRPO(t *testing.T) {
	cases := readGolden(t).GRPO
	if len(cases) < 40 {
		t.Fatalf("only %d cases", len(cases))
	}
	for name, g := range cases {
		if g.Truncated == "drop" {
			continue // replies that are left out count as replies, as TRL has it
		}
		c := clipped{Loss: g.goldenRewards.Loss, Scale: g.Scale, ClipLow: g.goldenRewards.Low, ClipHigh: g.goldenRewards.High, KL: g.Beta, ReplyMost: g.MaxLength, LeaveCut: g.Truncated == "zero"}
		var lengths [][]int
		for i, group := range g.Groups {
			var rewards []float64
			lengths = append(lengths, nil)
			for _, s := range group {
				sum := 0.0
				for k, r := range s.Rewards {
					sum += g.Weights[k] * r
				}
				rewards = append(rewards, sum)
				n := len(s.LP)
				if c.LeaveCut && !s.Ended {
					n = 0
				}
				lengths[i] = append(lengths[i], n)
			}
			if len(g.Weights) == 0 { // the advantages are given
				continue
			}
			for s, a := range advantages(rewards, g.Scale) {
				same(t, fmt.Sprintf("%s: advantage %d of group %d", name, s, i), a, g.Advantages[i][s])
			}
		}
		weights := c.weights(lengths)
		var all sums
		for i, group := range g.Groups {
			for s, one := range group {
				if lengths[i][s] == 0 {
					for _, d := range g.Grad[i][s] {
						same(t, name+": gradient of what is left out", 0, d)
					}
					continue
				}
				u := spoken{lesson: lesson{each: float32(weights[i][s]), advantage: float32(g.Advantages[i][s]), old: nats(one.Old)}, now: nats(one.LP), frozen: nats(one.Ref)}
				slopes := [][]float64{make([]float64, len(u.now))}
				all.add(c.reply([]spoken{u}, slopes))
				for k, d := range slopes[0] {
					same(t, fmt.Sprintf("%s: gradient %d of reply %d of group %d", name, k, s, i), -d, g.Grad[i][s][k])
				}
			}
		}
		same(t, name+": loss", all[sumLoss], g.Loss)
		n := max(1, all[sumTokens])
		same(t, name+": kl", all[sumKL]/n, g.KL)
		same(t, name+": clipped low", all[sumLow]/n, g.Low)
		same(t, name+": clipped high", all[sumHigh]/n, g.High)
	}
}

func TestGoldenDPO(t *testing.T) {
	for name, g := range readGolden(t).DPO {
		c := preferring{Loss: "sigmoid", Beta: g.Beta}
		share := 0.0
		for _, term := range g.Terms {
			if term.Loss == "sft" {
				c.SFT = term.Weight
				continue
			}
			c.Loss, c.Smoothing, share = term.Loss, term.Smoothing, term.Weight
		}
		var pairs []pairOf
		for _, p := range g.Pairs {
			long := func(n int) data.Sequence { return data.Sequence{IDs: make([]int32, 1+n), Prompt: 1} }
			pairs = append(pairs, pairOf{long(len(p.Chosen.LP)), long(len(p.Rejected.LP))})
		}
		var all sums
		for i, l := range slices.Collect(slices.Chunk(c.lessons(pairs), 2)) {
			p := g.Pairs[i]
			l[0].share *= float32(share) // a weight of the preference beside that of sft
			unit := []spoken{{lesson: l[0], now: nats(p.Chosen.LP), frozen: nats(p.Chosen.Ref)}, {lesson: l[1], now: nats(p.Rejected.LP), frozen: nats(p.Rejected.Ref)}}
			slopes := [][]float64{make([]float64, len(p.Chosen.LP)), make([]float64, len(p.Rejected.LP))}
			all.add(c.pair(unit, slopes))
			for k, d := range slopes[0] {
				same(t, fmt.Sprintf("%s: gradient %d of chosen %d", name, k, i), -d, g.Grad[i].Chosen[k])
			}
			for k, d := range slopes[1] {
				same(t, fmt.Sprintf("%s: gradient %d of rejected %d", name, k, i), -d, g.Grad[i].Rejected[k])
			}
		}
		n := all[sumPairs]
		for _, m := range []struct {
			what      string
			got, want float64
		}{{"loss", all[sumLoss], g.Loss}, {"chosen", all[sumChosen] / n, g.Chosen}, {"rejected", all[sumRejected] / n, g.Rejected},
			{"margins", (all[sumChosen] - all[sumRejected]) / n, g.Margins}, {"accuracies", all[sumAccurate] / n, g.Accuracies},
			{"log p chosen", all[sumChosenLogP] / n, g.LogpsC}, {"log p rejected", all[sumRejectedLogP] / n, g.LogpsR}} {
			same(t, name+": "+m.what, m.got, m.want)
		}
	}
}

// logitsOf are rows on a backend, whose gradient is wanted.
func logitsOf(b tensor.Backend, rows [][]float64) *tensor.Tensor {
	p := tensor.Parameter(b, "logits", len(rows), len(rows[0]))
	p.Upload(flat(rows))
	return p
}

func flat(rows [][]float64) (x []float32) {
	for _, row := range rows {
		for _, v := range row {
			x = append(x, float32(v))
		}
	}
	return x
}

func allSame(t *testing.T, what string, got []float32, rows [][]float64) {
	t.Helper()
	for i, v := range slices.Concat(rows...) {
		same(t, fmt.Sprintf("%s, %d", what, i), float64(got[i]), v)
	}
}

func floats32(x []float64, by float64) (y []float32) {
	for _, v := range x {
		y = append(y, float32(by*v))
	}
	return y
}

func TestGoldenLogits(t *testing.T) {
	g := readGolden(t)
	b := cpu.New()
	tape := tensor.NewTape(b)
	begin := func(rows [][]float64, temperature float64) (x, logits *tensor.Tensor) {
		tape.Reset(true)
		x = logitsOf(b, rows)
		return x, cooled(tape, x, temperature)
	}
	for name, c := range g.LogProbs {
		x, logits := begin(c.Logits, c.Temperature)
		losses := tape.TokenLoss(logits, c.Targets)
		allSame(t, name+": log p", losses.Numbers(), [][]float64{scaled(c.LP, -1)})
		sum := tape.Weigh(losses, floats32(c.Weights, -1))
		same(t, name+": sum", float64(sum.Number()), c.Sum)
		tape.Backward(sum, []*tensor.Tensor{x})
		allSame(t, name+": gradient", x.Grad.Numbers(), c.Grad)
	}
	for name, c := range g.SFT {
		x, logits := begin(c.Logits, 1)
		n := 0.0
		for _, m := range c.Mask {
			n += m
		}
		loss := tape.Weigh(tape.TokenLoss(logits, c.Targets), floats32(c.Mask, 1/n))
		same(t, name+": loss", float64(loss.Number()), c.Loss)
		tape.Backward(loss, []*tensor.Tensor{x})
		allSame(t, name+": gradient", x.Grad.Numbers(), c.Grad)
	}
	for name, c := range g.GKD {
		x, logits := begin(c.Student, c.Temperature)
		d := tape.Divergence(logits, cooled(tape, tensor.From(b, flat(c.Teacher), len(c.Teacher), len(c.Teacher[0])), c.Temperature), float32(c.Beta))
		allSame(t, name+": divergences", d.Numbers(), [][]float64{c.Divergences})
		even := make([]float32, d.Len())
		for i := range even {
			even[i] = 1 / float32(len(even))
		}
		loss := tape.Weigh(d, even)
		same(t, name+": loss", float64(loss.Number()), c.Loss)
		tape.Backward(loss, []*tensor.Tensor{x})
		allSame(t, name+": gradient", x.Grad.Numbers(), c.Grad)
	}
	for name, c := range g.Entropy {
		_, logits := begin(c.Logits, c.Temperature)
		allSame(t, name+": entropy", tape.Entropy(logits).Numbers(), [][]float64{c.Entropies})
	}
}

func scaled(x []float64, by float64) (y []float64) {
	for _, v := range x {
		y = append(y, by*v)
	}
	return y
}
