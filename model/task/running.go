package task

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// The tasks of this file read a prompt from left to right. Their working is the
// answer to as much of it as has been read, sign by sign.

// parity asks whether the number of ones among 12 bits is even, E, or odd, O. To
// say it at once is hard for a small model; to say how it stands after each bit is
// easy.
func parity(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0x2B))
	return func() (Example, string) {
		bits := strconv.FormatInt(1<<12+rng.Int64N(1<<12), 2)[1:]
		ones := 0
		working := running(bits, func(bit byte) byte {
			ones += int(bit - '0')
			return "EO"[ones%2]
		})
		return Example{Prompt: bits, Answer: working[len(bits)-1:], Working: working}, bits
	}
}

// clock asks for the last digit of the sum of six digits, as a clock of ten hours
// adds them.
func clock(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0xC1))
	return func() (Example, string) {
		digits := fmt.Sprintf("%06d", rng.IntN(1_000_000))
		hour := 0
		working := running(digits, func(digit byte) byte {
			hour = (hour + int(digit-'0')) % 10
			return '0' + byte(hour)
		})
		return Example{Prompt: digits, Answer: working[len(digits)-1:], Working: working}, digits
	}
}

// running is what is read after each sign.
func running(signs string, read func(sign byte) byte) string {
	after := make([]byte, len(signs))
	for i := range len(signs) {
		after[i] = read(signs[i])
	}
	return string(after)
}

// sorting asks for four to seven letters in the order of the alphabet.
func sorting(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0x50F7))
	return func() (Example, string) {
		letters := make([]byte, 4+rng.IntN(4))
		var sorted []byte
		var working []string
		for i := range letters {
			letters[i] = 'a' + byte(rng.IntN(26))
			at, _ := slices.BinarySearch(sorted, letters[i])
			sorted = slices.Insert(sorted, at, letters[i])
			working = append(working, string(sorted))
		}
		return Example{Prompt: "Sort " + string(letters) + ".", Answer: string(sorted), Working: strings.Join(working, " ")}, string(letters)
	}
}
