package scale

import "math"

// Axes are logarithmic: operations across, losses upwards.
type Axes struct{ Left, Right, Bottom, Top float64 }

// AxesOf has room for a plan's sizes, the next one and these losses.
func AxesOf(sizes []Size, next Size, losses ...float64) Axes {
	least, most := math.Inf(1), 0.0
	for _, l := range losses {
		least, most = min(least, l), max(most, l)
	}
	room := math.Pow(next.Ops/sizes[0].Ops, 0.08)
	return Axes{sizes[0].Ops / room, next.Ops * room, least / math.Pow(most/least, 0.08), most * math.Pow(most/least, 0.15)}
}

// X and Y are where a value stands, in parts of the way from the left and from the top.
func (a Axes) X(ops float64) float64 { return math.Log(ops/a.Left) / math.Log(a.Right/a.Left) }

// Y is that of a loss.
func (a Axes) Y(loss float64) float64 { return math.Log(a.Top/loss) / math.Log(a.Top/a.Bottom) }

// OpsTicks are powers of ten on the axis, with twos and fives where these are few.
func (a Axes) OpsTicks() (ticks []float64) {
	for _, digits := range [][]float64{{1}, {1, 3}, {1, 2, 5}} {
		ticks = nil
		for power := math.Floor(math.Log10(a.Left)); power <= math.Log10(a.Right); power++ {
			for _, d := range digits {
				if v := d * math.Pow(10, power); v >= a.Left && v <= a.Right {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) >= 3 {
			break
		}
	}
	return ticks
}

// LossTicks are round losses on the axis, four to eight of them.
func (a Axes) LossTicks() (ticks []float64) {
	for _, step := range []float64{2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001} {
		ticks = nil
		for k := math.Ceil(a.Bottom / step); k*step <= a.Top; k++ {
			ticks = append(ticks, math.Round(k*step*1e4)/1e4)
		}
		if len(ticks) >= 4 {
			break
		}
	}
	return ticks
}

// Between are so many operations from the smallest size to the next, in even steps on
// the axis.
func Between(sizes []Size, next Size, n int) (ops []float64) {
	for i := range n + 1 {
		ops = append(ops, sizes[0].Ops*math.Pow(next.Ops/sizes[0].Ops, float64(i)/float64(n)))
	}
	return ops
}
