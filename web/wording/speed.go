package wording

import (
	"fmt"
	"strings"

	"hornbook/web/protocol"
)

// Work names a model whose steps are measured.
func (w *Words) Work(layers, channels int) string {
	return w.Say("work", "layers", layers, "channels", channels)
}

// ByWorkers and ByThreads name a program and how many share its work.
func (w *Words) ByWorkers(program string, n int) string {
	return w.Say("by", "program", program, "workers", w.Say("workers", "n", n))
}
func (w *Words) ByThreads(program string, n int) string {
	return w.Say("by", "program", program, "workers", w.Say("threads", "n", n))
}

// MeasuringStep says what is being measured.
func (w *Words) MeasuringStep(work string, workers int) string {
	return w.Say("measuring_step", "work", work, "workers", w.Say("workers", "n", workers))
}

// SpeedDone says what matters of what was measured.
func (w *Words) SpeedDone(milliseconds, tokens float64) string {
	return w.Say("speed_done", "ms", w.Milliseconds(milliseconds), "speed", w.PerSecond(tokens))
}

// Milliseconds writes a time without its unit.
func (w *Words) Milliseconds(ms float64) string {
	if ms < 9.95 {
		return w.Number(ms, 1)
	}
	return w.Count(int(ms + 0.5))
}

// GFLOPS is a speed of arithmetic.
func (w *Words) GFLOPS(x float64) string { return w.Say("gflops", "n", w.Number(x, 1)) }

// ProductOf names a product of matrices for the page.
func (w *Words) ProductOf(p protocol.Product) string {
	return w.Say("product_of", "m", p.M, "k", p.K, "n", p.N, "use", w.Say("product_"+p.Form))
}

// Measured is what one core can do, in a line, and what all cores write.
func (w *Words) Measured(m *protocol.Core) string {
	var parts []string
	for _, p := range m.Products {
		parts = append(parts, fmt.Sprintf("%s %d×%d×%d %.0f", p.Form, p.M, p.N, p.K, p.GFLOPS))
	}
	return fmt.Sprintf("at most %.0f GFLOP/s; products %s; writes %.0f tokens/s (%s), %.0f of %d sequences with %s",
		m.PeakGFLOPS, strings.Join(parts, ", "), m.WritingTokens, m.WritingPreset, m.SequencesTokens, m.Sequences, w.Say("workers", "n", m.SequencesRanks))
}
