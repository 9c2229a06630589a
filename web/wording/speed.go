package wording

import (
	"fmt"
	"strings"

	"hornbook/web/protocol"
)

// Measured is what one core can do, in a line.
func Measured(m *protocol.Measured) string {
	var parts []string
	for _, p := range m.Products {
		parts = append(parts, fmt.Sprintf("%s %.0f", Product(p), p.GFLOPS))
	}
	return fmt.Sprintf("at most %.0f GFLOP/s; products %s; writes %.0f tokens/s (%s)",
		m.PeakGFLOPS, strings.Join(parts, ", "), m.WritingTokens, m.WritingPreset)
}

// Product names a product of matrices by its form and sizes.
func Product(p protocol.Product) string { return fmt.Sprintf("%s %d×%d×%d", p.Form, p.M, p.N, p.K) }
