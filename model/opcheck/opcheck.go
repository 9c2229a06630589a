// Package opcheck compares a backend with another, operation by operation, on small
// awkward shapes: what a device is asked before it is trusted. Others met cards, or
// drivers and browsers, that computed something else without a word.
package opcheck

import (
	"fmt"
	"math"
	"math/rand/v2"

	"hornbook/model/tensor"
)

// tolerance is how far a number may be off, by 1 + its size.
const tolerance = 2e-4

// Wrong is an operation by which a device computes something else.
type Wrong struct {
	Op        string
	At        int // the number
	Got, Want float32
}

func (w *Wrong) Error() string {
	if w.At < 0 {
		return fmt.Sprintf("%s writes where it should not", w.Op)
	}
	return fmt.Sprintf("%s gives %v where it should be %v", w.Op, w.Got, w.Want)
}

// Compare does each operation with both; the error is a *Wrong, or what the device failed
// of. between, unless nil, is told after each how many of all are done.
func Compare(device, host tensor.Backend, between func(done, all int) error) (err error) {
	defer func() {
		switch lost := recover().(type) {
		case nil:
		case tensor.Lost:
			err = lost
		default:
			panic(lost)
		}
	}()
	all := checks()
	for i, c := range all {
		if err := c.compare(device, host); err != nil {
			return err
		}
		if between != nil {
			if err := between(i+1, len(all)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A check does one operation. Its inputs are of these shapes, and so are its outputs,
// which hold something before: numbers where they are added to, else NaN.
type check struct {
	op       string
	in, out  [][]int
	add      bool    // outputs are added to
	spread   float64 // of the inputs; 0 is 1
	positive bool    // the inputs are
	do       func(b tensor.Backend, out, in []*tensor.Tensor)
}

func (c check) compare(device, host tensor.Backend) error {
	got, stray := c.run(device)
	want, _ := c.run(host)
	if stray {
		return &Wrong{Op: c.op, At: -1}
	}
	for i := range want {
		if off := math.Abs(float64(got[i]) - float64(want[i])); !(off <= tolerance*(1+math.Abs(float64(want[i])))) {
			return &Wrong{c.op, i, got[i], want[i]}
		}
	}
	return nil
}

// guard is what stands before and behind every output, and must stand there after.
const guard, guards = -12345, 64

// run gives the numbers of the outputs, and whether what stands beside them was changed.
func (c check) run(b tensor.Backend) (numbers []float32, stray bool) {
	rng := rand.New(rand.NewPCG(uint64(len(c.op)), 7))
	var in, out, rooms []*tensor.Tensor
	draw := func(t *tensor.Tensor) {
		x := make([]float32, t.Len())
		for i := range x {
			x[i] = float32(rng.NormFloat64() * max(c.spread, 1))
			if c.positive {
				x[i] = float32(math.Abs(float64(x[i]))) + 0.1
			}
		}
		t.Upload(x)
	}
	for _, dims := range c.in {
		t := tensor.Zeros(b, dims...)
		draw(t)
		in = append(in, t)
	}
	for _, dims := range c.out {
		inner := tensor.Weight(nil, 0, "", dims...).Len()
		room := tensor.Zeros(b, inner+2*guards)
		b.Fill(room, guard)
		t := tensor.Weight(room.Storage, guards, "", dims...)
		if c.add {
			draw(t)
		} else {
			x := make([]float32, inner)
			for i := range x {
				x[i] = float32(math.NaN())
			}
			t.Upload(x)
		}
		out, rooms = append(out, t), append(rooms, room)
	}
	c.do(b, out, in)
	b.Reset()
	for _, room := range rooms {
		x := room.Numbers()
		for i := range guards {
			stray = stray || x[i] != guard || x[len(x)-1-i] != guard
		}
		numbers = append(numbers, x[guards:len(x)-guards]...)
	}
	return numbers, stray
}
