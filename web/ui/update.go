package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"hornbook/web/protocol"
)

// One update worked out by numbers, from the newest group.

// worked tells whether it is shown: while the run rests, so that one can follow.
func (t *Rewards) worked() bool {
	r := t.round()
	return r != nil && len(r.Replies) > 1 && t.Page.Run.State != "training" && t.Page.Run.State != "preparing"
}

// workedRound is the newest whose group teaches something, else the newest.
func (t *Rewards) workedRound() *protocol.Round {
	if r := t.Page.Uneven; r != nil {
		return r
	}
	return t.round()
}

func uneven(replies []protocol.Scored) bool {
	return slices.ContainsFunc(replies, func(r protocol.Scored) bool { return r.Reward != replies[0].Reward })
}

// spread are the mean and the deviation of the rewards of a group, the latter
// with n-1 as GRPO takes it.
func spread(replies []protocol.Scored) (mean, deviation float64) {
	for _, r := range replies {
		mean += r.Reward / float64(len(replies))
	}
	for _, r := range replies {
		deviation += (r.Reward - mean) * (r.Reward - mean)
	}
	return mean, math.Sqrt(deviation / float64(max(1, len(replies)-1)))
}

// workedSteps are the lines of the sum.
func (t *Rewards) workedSteps() (lines []string) {
	r, w := t.workedRound(), t.Page.W
	mean, deviation := spread(r.Replies)
	var rewards []string
	for _, one := range r.Replies {
		rewards = append(rewards, t.short(one.Reward))
	}
	lines = append(lines, w.Say("rewards_sum_mean", "rewards", strings.Join(rewards, " + "), "n", w.Count(len(rewards)), "mean", t.short(mean)))
	if t.groupOf().Scale {
		lines = append(lines, w.Say("rewards_sum_deviation", "deviation", t.short(deviation)))
	}
	if deviation == 0 {
		return append(lines, w.Say("rewards_sum_flat"))
	}
	best, worst := ends(r.Replies)
	for _, i := range []int{best, worst} {
		one := r.Replies[i]
		key := "rewards_sum_up"
		if one.Advantage < 0 {
			key = "rewards_sum_down"
		}
		lines = append(lines, w.Say(key, "which", w.Count(i+1), "sum", t.sum(one, mean, deviation), "tokens", w.Count(one.Tokens)))
	}
	return lines
}

// ends are the places of the replies with the greatest and the least advantage.
func ends(replies []protocol.Scored) (best, worst int) {
	for i, r := range replies {
		if r.Advantage > replies[best].Advantage {
			best = i
		}
		if r.Advantage < replies[worst].Advantage {
			worst = i
		}
	}
	return best, worst
}

// sum is how the advantage of a reply comes about.
func (t *Rewards) sum(r protocol.Scored, mean, deviation float64) string {
	above := t.short(r.Reward) + " − " + t.short(mean)
	if t.groupOf().Scale {
		above = "(" + above + ") / " + t.short(deviation)
	}
	return above + " = " + t.signed(r.Advantage)
}

// short writes a number with at most three digits after the point.
func (t *Rewards) short(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 3, 64), 64)
	return strings.Replace(t.Page.W.Decimal(rounded), "-", "−", 1)
}

// signed is short with its sign.
func (t *Rewards) signed(x float64) string {
	if text := t.short(x); x <= 0 || text == "0" {
		return text
	}
	return "+" + t.short(x)
}

// formula is what the run does with an advantage, in the field's signs.
func (t *Rewards) formula() string {
	low, high := t.groupOf().ClipLow, t.groupOf().ClipHigh
	text := "loss = −min(ρ·A, clip(ρ, " + t.short(1-low) + ", " + t.short(1+high) + ")·A)"
	if kl := t.groupOf().KL; kl > 0 {
		text += " + " + t.short(kl) + "·KL"
	}
	return text
}

// Places of the bar of an advantage: from −1 to 1, the middle is 0.

func barFrom(r protocol.Scored) string { return fixed(min(0, clamped(r.Advantage))) }
func barLong(r protocol.Scored) string { return fixed(math.Abs(clamped(r.Advantage))) }

// clamped brings advantages that are divided by a deviation into sight too.
func clamped(a float64) float64 { return max(-1, min(1, a)) }

func fixed(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
