package task

import (
	"math/rand/v2"
	"strings"
)

// brackets asks whether each of ten to fourteen brackets is closed by its like, in
// order. Where not, two of a balanced row have changed places, neither of them
// at an end: who counts brackets, or looks at the ends, learns nothing. The
// working is what is open after each.
func brackets(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0xB2))
	return func() (Example, string) {
		row, answer := balanced(rng), "yes"
		if rng.IntN(2) == 0 {
			row, answer = broken(rng), "no"
		}
		working, _ := open(row)
		return Example{Prompt: "Is " + string(row) + " balanced, yes or no?", Answer: answer, Working: working}, string(row)
	}
}

// balanced is a row of five to seven pairs.
func balanced(rng *rand.Rand) (row []byte) {
	var closing []byte // what is to come, the next at the end
	for pairs := 5 + rng.IntN(3); pairs > 0 || len(closing) > 0; {
		if last := len(closing) - 1; last >= 0 && (pairs == 0 || rng.IntN(2) == 0) {
			row, closing = append(row, closing[last]), closing[:last]
			continue
		}
		kind := rng.IntN(2)
		row, closing = append(row, "(["[kind]), append(closing, ")]"[kind])
		pairs--
	}
	return row
}

func broken(rng *rand.Rand) []byte {
	for {
		row := balanced(rng)
		i, j := 1+rng.IntN(len(row)-2), 1+rng.IntN(len(row)-2)
		row[i], row[j] = row[j], row[i]
		if _, whole := open(row); !whole {
			return row
		}
	}
}

// open tells what is open after each bracket, "-" for nothing, up to one that
// closes what is not, "x"; and whether row is balanced.
func open(row []byte) (after string, whole bool) {
	var stack []byte
	var list []string
	for _, b := range row {
		kind, last := strings.IndexByte(")]", b), len(stack)-1
		switch {
		case kind < 0:
			stack = append(stack, b)
		case last >= 0 && stack[last] == "(["[kind]:
			stack = stack[:last]
		default:
			return strings.Join(append(list, "x"), " "), false
		}
		if list = append(list, string(stack)); len(stack) == 0 {
			list[len(list)-1] = "-"
		}
	}
	return strings.Join(list, " "), len(stack) == 0
}
