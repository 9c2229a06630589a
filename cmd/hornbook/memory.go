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
	if available := systemSays("/proc/meminfo", "MemAvailable:"); available > 0 {
		return available
	}
	return unknownMemory
}

// resident is the most memory that the program has had at once, 0 where the system does not
// say. Go's own figure counts what it has given back too.
func resident() int { return int(systemSays("/proc/self/status", "VmHWM:")) }

// systemSays is the number of bytes that Linux says under a name in a file, 0 for none.
func systemSays(file, name string) float64 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, is := strings.CutPrefix(s.Text(), name); is {
			if kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
				return 1024 * kib
			}
		}
	}
	return 0
}

// allowed is GOMEMLIMIT, as it was when the program began: a session sets it lower.
var allowed = debug.SetMemoryLimit(-1)
