package scale

import "math"

// studentBelow is the part of Student's t distribution with so many degrees of freedom
// that lies below t (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
func studentBelow(t float64, freedom int) float64 {
	angle := math.Atan(t / math.Sqrt(float64(freedom)))
	sin, cos := math.Sincos(angle)
	sum, term := 0.0, 1.0
	first := 2
	if freedom%2 == 1 {
		term, first = cos, 3
	}
	for k := first; k <= freedom; k += 2 {
		sum += term
		term *= cos * cos * float64(k-1) / float64(k)
	}
	within := sin * sum
	if freedom%2 == 1 {
		within = 2 / math.Pi * (angle + sin*sum)
	}
	return (1 + within) / 2
}
