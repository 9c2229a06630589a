package main

import (
	"bufio"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// unknownMemory is what a model may take where the system does not say what there is.
const unknownMemory = 8e9

// memory is what a model may take to be trained or opened, in bytes: what GOMEMLIMIT allows,
// or what Linux says is available.
func memory() float64 {
	if limit := allowed; limit < math.MaxInt64 {
		return float64(limit)
	}
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return unknownMemory
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, is := strings.CutPrefix(s.Text(), "MemAvailable:"); is {
			if kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
				return 1024 * kib
			}
		}
	}
	return unknownMemory
}

// allowed is GOMEMLIMIT, as it was when the program began: a session sets it lower.
var allowed = debug.SetMemoryLimit(-1)
