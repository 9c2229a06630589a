package wording

import (
	"fmt"
	"strings"

	"hornbook/web/protocol"
)

// The panel that measures this browser.
const (
	SpeedTitle     = "How fast is this browser?"
	SpeedLead      = "Measure it beside programs that do the same work. Your text and your model stay as they are."
	MeasureBrowser = "Measure this browser"
	MeasureLarge   = "The large model too (half a minute or more)"
	MeasureNow     = "It takes about ten seconds. Other programs and tabs make it slower, so close them first."
	MeasureLater   = "A training is going on. Once it is done or stopped, the browser can be measured."
	MeasuringCore  = "Measuring products of matrices and writing…"
	StepsTitle     = "Milliseconds a training step (fewer is faster)"
	Program        = "Program"
	ThisBrowser    = "This browser"
	NotMeasured    = "–"
	PublishedAbout = "The lines below “This browser” were measured on one computer with two cores. PyTorch and llm.c ran outside a browser, jax-js and TensorFlow.js in one, all on the CPU in numbers of 32 bits (f32). A step of the first model reads 768 tokens, of the others 1,024. Yours may be a slower or a faster computer."
	CoreTitle      = "What one core does"
	PeakSpeed      = "Fastest arithmetic (peak)"
	CopyJSON       = "Copy as JSON"
)

// Programs that others wrote.
const (
	PyTorch      = "PyTorch 1.13"
	LLMC         = "llm.c"
	JaxJS        = "jax-js"
	TensorFlowJS = "TensorFlow.js"
)

// Work names a model whose steps are measured.
func Work(layers, channels int) string {
	return fmt.Sprintf("%d layers, %d channels", layers, channels)
}

// ByWorkers and ByThreads name a program and how many share its work.
func ByWorkers(program string, n int) string {
	return program + ", " + CountOf(n, "worker", "workers")
}
func ByThreads(program string, n int) string {
	return program + ", " + CountOf(n, "thread", "threads")
}

// MeasuringStep says what is being measured.
func MeasuringStep(work string, workers int) string {
	return fmt.Sprintf("Measuring a training step of %s with %s…", work, CountOf(workers, "worker", "workers"))
}

// SpeedDone says what matters of what was measured.
func SpeedDone(milliseconds, tokens float64) string {
	return fmt.Sprintf("Measured. A training step of the first model takes %s milliseconds, and a model writes %s.",
		Milliseconds(milliseconds), PerSecond(tokens))
}

// Milliseconds writes a time without its unit.
func Milliseconds(ms float64) string {
	if ms < 9.95 {
		return fmt.Sprintf("%.1f", ms)
	}
	return Count(int(ms + 0.5))
}

// GFLOPS is a speed of arithmetic.
func GFLOPS(x float64) string { return fmt.Sprintf("%.1f GFLOP/s", x) }

// ProductOf names a product of matrices for the page.
func ProductOf(p protocol.Product) string {
	use := map[string]string{"forward": "forward", "input": "backward, to the input", "weight": "backward, to the weights"}[p.Form]
	return fmt.Sprintf("Product of %d×%d by %d×%d (%s)", p.M, p.K, p.K, p.N, use)
}

// WritingOf names the measure of writing.
func WritingOf(preset string) string { return "Writing (preset " + preset + ")" }

// WritingMany names the measure of writing many sequences at once.
func WritingMany(sequences int) string { return Count(sequences) + " writings at once" }

// Measured is what one core can do, in a line, and what all cores write.
func Measured(m *protocol.Core) string {
	var parts []string
	for _, p := range m.Products {
		parts = append(parts, fmt.Sprintf("%s %d×%d×%d %.0f", p.Form, p.M, p.N, p.K, p.GFLOPS))
	}
	return fmt.Sprintf("at most %.0f GFLOP/s; products %s; writes %.0f tokens/s (%s), %.0f of %s with %s",
		m.PeakGFLOPS, strings.Join(parts, ", "), m.WritingTokens, m.WritingPreset, m.SequencesTokens, CountOf(m.Sequences, "sequence", "sequences"),
		CountOf(m.SequencesRanks, "worker", "workers"))
}
